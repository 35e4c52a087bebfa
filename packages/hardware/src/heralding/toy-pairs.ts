import { phiPlus } from "@bellmesh/bell";
import { checkProbabilityFields } from "../parameter-error.ts";
import { bellDiagonalPair, type HeraldedPair } from "./heralded-pair.ts";

/** A link that is given by what it yields, not by what it is made of. */
export interface ToyPairParameters {
  readonly successProbability: number;
  /** With Φ+, which is what is announced. */
  readonly fidelity: number;
}

/**
 * Perfect pairs Φ+.
 * @throws ParameterError when the success probability is outside [0, 1].
 */
export function perfectPair({ successProbability }: Pick<ToyPairParameters, "successProbability">): HeraldedPair {
  checkProbabilityFields({ successProbability });
  return bellDiagonalPair(successProbability, [1, 0, 0, 0], [phiPlus]);
}

/**
 * Werner states about Φ+: replaced by white noise with probability 4(1 − F)/3.
 * @throws ParameterError when the success probability or the fidelity is outside [0, 1].
 */
export function depolarisedPair({ successProbability, fidelity }: ToyPairParameters): HeraldedPair {
  checkProbabilityFields({ successProbability, fidelity });
  const error = (1 - fidelity) / 3;
  return bellDiagonalPair(successProbability, [fidelity, error, error, error], [phiPlus]);
}

/**
 * Φ+ with probability F, Ψ+ otherwise.
 * @throws ParameterError when the success probability or the fidelity is outside [0, 1].
 */
export function bitFlippedPair({ successProbability, fidelity }: ToyPairParameters): HeraldedPair {
  checkProbabilityFields({ successProbability, fidelity });
  return bellDiagonalPair(successProbability, [fidelity, 1 - fidelity, 0, 0], [phiPlus]);
}
