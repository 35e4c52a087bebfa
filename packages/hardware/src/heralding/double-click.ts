import { psiMinus, psiPlus } from "@bellmesh/bell";
import { checkProbabilityFields } from "../parameter-error.ts";
import { type DetectorKind, isNumberResolving } from "./detector-kind.ts";
import { bellDiagonalPair, type HeraldedPair } from "./heralded-pair.ts";

/** Shares of the pairs of clicks that lie close enough together in time to be accepted. */
export interface CoincidenceFactors {
  /** When photons made both. */
  readonly photonPhoton: number;
  /** When a photon made one and a dark count the other. */
  readonly photonDark: number;
  /** When dark counts made both. */
  readonly darkDark: number;
}

/** A double-click link at one attempt. */
export interface DoubleClickParameters {
  /** Probability that a photon emitted at this end would click: emission, collection, fibre and detector. */
  readonly etaA: number;
  readonly etaB: number;
  /** Of a dark count, per detector and detection window. */
  readonly darkCountProbability: number;
  /** Hong-Ou-Mandel visibility |⟨a|b⟩|² of the two photons. */
  readonly visibility: number;
  /** Fidelity of the spin-photon pair emitted at this end with the ideal one; its error is depolarising. */
  readonly emissionFidelityA: number;
  readonly emissionFidelityB: number;
  /** Threshold detectors when absent. */
  readonly detectors?: DetectorKind;
  /** Every pair of clicks is accepted when absent. */
  readonly coincidence?: CoincidenceFactors;
}

/** What is accepted without a coincidence window. */
const everyPair: CoincidenceFactors = { photonPhoton: 1, photonDark: 1, darkDark: 1 };

/**
 * Barrett & Kok 2005 (formulas of Avis et al. 2023, appendix): one click in each of two time bins is announced as Ψ+
 * when the same detector fired twice, as Ψ− when both did; each with probability ½. The state is Bell-diagonal also
 * for unequal arms, because each end emits just once.
 * An attempt that can never succeed has success probability 0 and the maximally mixed weights.
 * @throws ParameterError when a probability, the visibility or a fidelity is outside [0, 1].
 */
export function doubleClick(parameters: DoubleClickParameters): HeraldedPair {
  const { etaA, etaB, darkCountProbability: d, visibility } = parameters;
  const { emissionFidelityA, emissionFidelityB, coincidence = everyPair } = parameters;
  checkProbabilityFields({
    ...{ etaA, etaB, darkCountProbability: d, visibility, emissionFidelityA, emissionFidelityB },
    ...coincidence,
  });
  const isResolving = isNumberResolving(parameters.detectors);
  const silent = (1 - d) * (1 - d);
  // A number-resolving detector that a photon reached notices a dark count in the same window too.
  const bothArrive = 0.5 * etaA * etaB * (isResolving ? silent * silent : silent);
  /** Two photons interfered: the announced state. */
  const interfered = bothArrive * visibility * coincidence.photonPhoton;
  /** Two photons in different bins did not interfere: the announced state and its phase-flipped twin, mixed. */
  const dephased = bothArrive * (1 - visibility) * coincidence.photonPhoton;
  /** Two photons in one bin bunched into one click, a dark count made the other: Φ+ and Φ−, mixed. */
  const bunched = isResolving ? 0 : bothArrive * (1 + visibility) * d * coincidence.photonDark;
  const oneArrives = 2 * d * (etaA * (1 - etaB) + etaB * (1 - etaA)) * silent;
  const onePhoton = oneArrives * (isResolving ? 1 - d : 1) * coincidence.photonDark;
  const noPhoton = 4 * d * d * (1 - etaA) * (1 - etaB) * silent * coincidence.darkDark;
  const successProbability = interfered + dephased + bunched + onePhoton + noPhoton;
  const emitted = ((4 * emissionFidelityA - 1) / 3) * ((4 * emissionFidelityB - 1) / 3);
  const mixed = 0.25 * ((1 - emitted) * (interfered + dephased + bunched) + onePhoton + noPhoton);
  return bellDiagonalPair(
    successProbability,
    [
      (emitted * (interfered + 0.5 * dephased) + mixed) / successProbability,
      (emitted * 0.5 * bunched + mixed) / successProbability,
      (emitted * 0.5 * dephased + mixed) / successProbability,
      (emitted * 0.5 * bunched + mixed) / successProbability,
    ],
    [psiPlus, psiMinus],
  );
}
