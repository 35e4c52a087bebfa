import { psiMinus, psiPlus, type XMatrix } from "@bellmesh/bell";
import { cos, exp, sin } from "@bellmesh/numerics";
import { checkFiniteFields, checkNotNegativeFields, checkProbabilityFields } from "../parameter-error.ts";
import { type DetectorKind, isNumberResolving } from "./detector-kind.ts";
import { type HeraldedPair, NEVER, xStatePair } from "./heralded-pair.ts";

/** A single-click link at one attempt. */
export interface SingleClickParameters {
  /** Population of the bright state |1⟩, the one that emits, at this end: the qubit is √(1−α)|0⟩ + √α|1⟩ at first. */
  readonly alphaA: number;
  readonly alphaB: number;
  /** Probability that a photon emitted at this end would click: emission, collection, fibre and detector. */
  readonly etaA: number;
  readonly etaB: number;
  /** Of a dark count, per detector and detection window. */
  readonly darkCountProbability: number;
  /** Hong-Ou-Mandel visibility |⟨a|b⟩|² of the two photons; the coherence is proportional to its root. */
  readonly visibility: number;
  /** Standard deviation of the optical phase between the two arms, normally distributed; 0 when absent. */
  readonly phaseStdRad?: number;
  /** Mean of that phase, the first arm's less the second's; 0 when absent, which is what stabilisation aims at. */
  readonly phaseRad?: number;
  /** Probability that an end emits a second photon, which tells the environment that it was bright; 0 when absent. */
  readonly doubleExcitationA?: number;
  readonly doubleExcitationB?: number;
  /** Threshold detectors when absent. */
  readonly detectors?: DetectorKind;
}

/**
 * Cabrillo et al. 1999 and Bose et al. 1999, exactly: success is a click of just one of the two detectors behind the
 * beam splitter, announced as Ψ+ for the first and Ψ− for the second, each with probability ½. The coherence follows
 * from which paths the environment cannot tell apart; two photons in the same detector bunch with (1 + V)/2.
 * The optical phase dephases by e^(−σ²/2). A double excitation dephases the qubit of its end completely, as
 * Humphreys et al. 2018 count it; the second photon is taken not to click.
 * Far from Bell-diagonal: both ends bright is much more probable than both dark.
 * @throws ParameterError when a probability or the visibility is outside [0, 1], or a phase is not finite.
 */
export function singleClick(parameters: SingleClickParameters): HeraldedPair {
  const { alphaA, alphaB, etaA, etaB, darkCountProbability: d, visibility } = parameters;
  const { phaseStdRad = 0, phaseRad = 0, doubleExcitationA = 0, doubleExcitationB = 0 } = parameters;
  checkProbabilityFields({ alphaA, alphaB, etaA, etaB, darkCountProbability: d, visibility });
  checkProbabilityFields({ doubleExcitationA, doubleExcitationB });
  checkNotNegativeFields({ phaseStdRad });
  checkFiniteFields({ phaseRad });
  const isResolving = isNumberResolving(parameters.detectors);
  /** One dark count, and the other detector silent. */
  const dark = 2 * d * (1 - d);
  /** A photon in one detector is announced when the dark counts leave it alone. */
  const heard = isResolving ? (1 - d) * (1 - d) : 1 - d;
  const oneOfTwo = etaA * (1 - etaB) + etaB * (1 - etaA);
  const bunched = isResolving ? 0 : 0.5 * (1 + visibility) * etaA * etaB;
  const p11 = alphaA * alphaB * ((oneOfTwo + bunched) * heard + (1 - etaA) * (1 - etaB) * dark);
  const p10 = alphaA * (1 - alphaB) * (etaA * heard + (1 - etaA) * dark);
  const p01 = alphaB * (1 - alphaA) * (etaB * heard + (1 - etaB) * dark);
  const p00 = (1 - alphaA) * (1 - alphaB) * dark;
  const interfering = Math.sqrt(alphaA * (1 - alphaA) * alphaB * (1 - alphaB) * etaA * etaB * visibility) * heard;
  const dephasing = (1 - doubleExcitationA) * (1 - doubleExcitationB) * exp(-0.5 * phaseStdRad * phaseStdRad);
  const coherence = interfering * dephasing;
  // ⟨01|ρ|10⟩ is the conjugate of the term that has the first arm's phase.
  return singleClickPair({ p00, p01, p10, p11 }, coherence * cos(phaseRad), -coherence * sin(phaseRad));
}

/** The pair of these populations, not yet divided by their sum; the coherence is that after a click of the first. */
export function singleClickPair(
  { p00, p01, p10, p11 }: Pick<XMatrix, "p00" | "p01" | "p10" | "p11">,
  innerRe: number,
  innerIm: number,
): HeraldedPair {
  const total = p00 + p01 + p10 + p11;
  const isPossible = total >= NEVER;
  const share = (weight: number) => (isPossible ? weight / total : 0);
  const announced = [psiPlus, psiMinus].map((index) => {
    const sign = index.z ? -1 : 1;
    const populations = isPossible
      ? { p00: share(p00), p01: share(p01), p10: share(p10), p11: share(p11) }
      : { p00: 0.25, p01: 0.25, p10: 0.25, p11: 0.25 };
    const coherence = { innerRe: sign * share(innerRe), innerIm: sign * share(innerIm), outerRe: 0, outerIm: 0 };
    return { index, probability: 0.5, matrix: { ...populations, ...coherence } };
  });
  return xStatePair(isPossible ? total : 0, announced);
}

/**
 * The bright-state population at the second end that balances the first: α_A·η_A(1−α_B) = α_B·η_B(1−α_A), so that a
 * single photon came from either end with the same probability. Without a photon from either end, the same population.
 * @throws ParameterError when an argument is outside [0, 1].
 */
export function balancedAlpha(alphaA: number, etaA: number, etaB: number): number {
  checkProbabilityFields({ alphaA, etaA, etaB });
  const [first, second] = [etaA * alphaA, etaB * (1 - alphaA)];
  return first + second > 0 ? first / (first + second) : alphaA;
}
