import { psiMinus } from "@bellmesh/bell";
import { checkNotNegativeFields, checkProbabilityFields, ParameterError } from "../parameter-error.ts";
import { bellDiagonalPair, type HeraldedPair, NEVER } from "./heralded-pair.ts";

/** A source of polarisation-entangled photon pairs between two ends, at one pump pulse. */
export interface MidpointSourceParameters {
  /** Mean number µ of pairs that a pulse makes. */
  readonly meanPairs: number;
  /** Probability that a photon sent to this end would click there, or be caught: channel, memory and detector. */
  readonly etaA: number;
  readonly etaB: number;
  /** Of a dark count, per detector and detection window; each end has two detectors. */
  readonly darkCountProbability: number;
  /** Probability that a photon comes to the wrong one of the two detectors; 0 when absent. */
  readonly misalignment?: number;
}

/**
 * Type-II parametric down-conversion as two two-mode squeezers, each with a thermal number of pairs of mean λ = µ/2
 * (Kok & Braunstein 2000; gain and error rate as of Ma, Fung & Lo 2007, but dark counts exact instead of to first
 * order). Success is a click at both ends; an end where both detectors click reads a random bit.
 *
 * The state is the pair of qubits that reads as the ends do: the source is the same in all polarisation bases and so
 * are the losses, hence the error rate e is too, and the state is a Werner state about Ψ− with F = 1 − 3e/2. An end
 * that keeps its half must know of its arrival without measuring it, by a memory that heralds its catch; its
 * efficiency belongs in η.
 * @throws ParameterError when a probability is outside [0, 1], the mean not in [0, ∞) or the misalignment above ½.
 */
export function midpointSource(parameters: MidpointSourceParameters): HeraldedPair {
  const { meanPairs, etaA, etaB, darkCountProbability, misalignment = 0 } = parameters;
  checkNotNegativeFields({ meanPairs });
  checkProbabilityFields({ etaA, etaB, darkCountProbability });
  if (!(misalignment >= 0 && misalignment <= 0.5)) {
    throw new ParameterError("misalignment", misalignment, "it lies in [0, 0.5]: above, the detectors changed names");
  }
  const lambda = meanPairs / 2;
  const loudA = 1 + lambda * etaA;
  const loudB = 1 + lambda * etaB;
  const loudEither = 1 + lambda * (etaA + etaB - etaA * etaB);
  const silent = (1 - darkCountProbability) * (1 - darkCountProbability);
  /** Of a dark count at an end. */
  const dark = darkCountProbability * (2 - darkCountProbability);
  const clickOf = (mean: number) => (mean * (2 + mean) + dark) / ((1 + mean) * (1 + mean));
  /** How far silence at both ends goes together, in the photons of one polarisation. */
  const excess = (lambda * (1 + lambda) * etaA * etaB) / (loudA * loudB * loudEither);
  // 1 − P(A silent) − P(B silent) + P(both silent), arranged so that nothing cancels when clicks are rare.
  const together = silent * silent * excess * (1 / loudEither + 1 / (loudA * loudB));
  const successProbability = clickOf(lambda * etaA) * clickOf(lambda * etaB) + together;
  if (successProbability < NEVER) return bellDiagonalPair(0, [1, 0, 0, 0], [psiMinus]);
  /** How much more often the ends read opposite bits than equal ones. */
  const anticorrelation = ((1 - 2 * misalignment) * 2 * silent * excess) / successProbability;
  const werner = Math.min(1, anticorrelation);
  const error = (1 - werner) / 4;
  return bellDiagonalPair(successProbability, [(1 + 3 * werner) / 4, error, error, error], [psiMinus]);
}
