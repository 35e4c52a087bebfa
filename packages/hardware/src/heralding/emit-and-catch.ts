import { psiPlus } from "@bellmesh/bell";
import { checkNotNegativeFields, checkProbabilityFields } from "../parameter-error.ts";
import { type HeraldedPair, xStatePair } from "./heralded-pair.ts";

/** Half an excitation, emitted at one end and caught at the other. */
export interface EmitAndCatchParameters {
  /** Probability that an emitted excitation is caught: emission, line and catch. */
  readonly transmission: number;
  /** Thermal photons that line and catch add; 0 when absent. */
  readonly addedPhotons?: number;
}

/**
 * Deterministic entanglement by a shaped microwave photon (Cirac et al. 1997; Kurpiers et al. 2018): the first end
 * emits with amplitude ½√2, the second catches, which makes Ψ+ without a herald. Loss damps the second qubit's
 * amplitude: F = (1 + √η)²/4, and what is lost ends in |00⟩, so the state is not Bell-diagonal.
 * Thermal photons are counted coarsely, as replacing the pair by white noise with probability 1 − 1/(1 + 2n): an
 * engineering estimate, not a model from the literature.
 * @throws ParameterError when the transmission is outside [0, 1] or the number of photons negative.
 */
export function emitAndCatch({ transmission, addedPhotons = 0 }: EmitAndCatchParameters): HeraldedPair {
  checkProbabilityFields({ transmission });
  checkNotNegativeFields({ addedPhotons });
  const kept = 1 / (1 + 2 * addedPhotons);
  const noise = (1 - kept) / 4;
  const matrix = {
    p00: kept * 0.5 * (1 - transmission) + noise,
    p01: kept * 0.5 * transmission + noise,
    p10: kept * 0.5 + noise,
    p11: noise,
    ...{ innerRe: kept * 0.5 * Math.sqrt(transmission), innerIm: 0, outerRe: 0, outerIm: 0 },
  };
  return xStatePair(1, [{ index: psiPlus, probability: 1, matrix }]);
}
