import type { BellWeights } from "@bellmesh/bell";

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
}

/** What one attempt yields. */
export interface HeraldedPair {
  /** Of an attempt being announced as a success. */
  readonly successProbability: number;
  /** Of the announced pair, relative to the announced index: the first is the right state. */
  readonly weights: BellWeights;
}

/**
 * Barrett & Kok 2005 with threshold detectors (formulas of Avis et al. 2023, appendix): one click in each of two time
 * bins is announced as Ψ+ when the same detector fired twice, as Ψ− when both did; each with probability ½.
 * An attempt that can never succeed has success probability 0 and the maximally mixed weights.
 * @throws RangeError when a probability, the visibility or a fidelity is outside [0, 1].
 */
export function doubleClick(parameters: DoubleClickParameters): HeraldedPair {
  const { etaA, etaB, darkCountProbability: d, visibility } = parameters;
  checkRanges(parameters);
  const silent = (1 - d) * (1 - d);
  const bothArrive = 0.5 * etaA * etaB * silent;
  /** Two photons interfered: the announced state. */
  const interfered = bothArrive * visibility;
  /** Two photons in different bins did not interfere: the announced state and its phase-flipped twin, mixed. */
  const dephased = bothArrive * (1 - visibility);
  /** Two photons in one bin bunched into one click, a dark count made the other: Φ+ and Φ−, mixed. */
  const bunched = bothArrive * (1 + visibility) * d;
  const onePhoton = 2 * d * (etaA * (1 - etaB) + etaB * (1 - etaA)) * silent;
  const noPhoton = 4 * d * d * (1 - etaA) * (1 - etaB) * silent;
  const successProbability = interfered + dephased + bunched + onePhoton + noPhoton;
  if (successProbability < NEVER) {
    return { successProbability: 0, weights: [0.25, 0.25, 0.25, 0.25] };
  }
  const emitted = ((4 * parameters.emissionFidelityA - 1) / 3) * ((4 * parameters.emissionFidelityB - 1) / 3);
  const mixed = 0.25 * ((1 - emitted) * (interfered + dephased + bunched) + onePhoton + noPhoton);
  return {
    successProbability,
    weights: [
      (emitted * (interfered + 0.5 * dephased) + mixed) / successProbability,
      (emitted * 0.5 * bunched + mixed) / successProbability,
      (emitted * 0.5 * dephased + mixed) / successProbability,
      (emitted * 0.5 * bunched + mixed) / successProbability,
    ],
  };
}

/** Below this a double has too few digits left to share out among the four states. */
const NEVER = 1e-290;

function checkRanges(parameters: DoubleClickParameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(`${name} lies in [0, 1], not ${value}`);
    }
  }
}
