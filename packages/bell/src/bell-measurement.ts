import type { BellWeights, PauliEigenvalues } from "./bell-diagonal.ts";
import type { BellIndex } from "./bell-index.ts";

/** The imperfections of CNOT(first → second), H(first), measure both: first gives the z bit, second the x bit. */
export interface BellMeasurementNoise {
  /** Probability that the two qubits are replaced by the maximally mixed state after the CNOT. */
  readonly twoQubitDepolarising: number;
  /** Probability of reading 1 when the qubit is in |0⟩. */
  readonly p01: number;
  /** Probability of reading 0 when the qubit is in |1⟩. */
  readonly p10: number;
  /** Probability that the first qubit is replaced by the maximally mixed one after its H; absent is 0. */
  readonly oneQubitDepolarising?: number;
}

/** What a swap yields for one reported outcome. */
export interface SwapResult {
  /** Of this outcome being reported. */
  readonly probability: number;
  /** Absolute Bell weights of the far halves A–C, given that this outcome was reported. */
  readonly weights: BellWeights;
}

/**
 * What a Bell measurement does to the swapped pair on average over its outcomes: with G = 1 − p and
 * l = 1 − (p01 + p10), the eigenvalues x and z shrink by G·l and y, which needs both bits, by G·l². Depolarising after
 * the H spoils the z bit only, on which x and y depend.
 */
export function bellMeasurementDecay(
  twoQubitDepolarising: number,
  p01: number,
  p10: number,
  oneQubitDepolarising = 0,
): PauliEigenvalues {
  const kept = 1 - twoQubitDepolarising;
  const readout = 1 - (p01 + p10);
  const turned = kept * (1 - oneQubitDepolarising);
  return { x: turned * readout, y: turned * readout * readout, z: kept * readout };
}

/**
 * Swaps a pair A–B1 with absolute Bell weights `p` and a pair B2–C with `q`, given the outcome that was reported.
 * The true outcome is hidden: when p01 and p10 differ, how far a reported bit can be trusted depends on the bit.
 * Bayes' rule over the true bits gives the weights; their mean over the outcomes is `bellMeasurementDecay`.
 */
export function swapWeights(
  p: BellWeights,
  q: BellWeights,
  outcome: BellIndex,
  noise: BellMeasurementNoise,
): SwapResult {
  const { p01, p10, twoQubitDepolarising } = noise;
  const [p0, p1, p2, p3] = p;
  const [q0, q1, q2, q3] = q;
  // Bell-diagonal pairs have maximally mixed halves, so each true bit is 0 or 1 with probability one half.
  const readsX = outcome.x ? 1 - p10 + p01 : 1 - p01 + p10;
  const readsZ = outcome.z ? 1 - p10 + p01 : 1 - p01 + p10;
  const probability = 0.25 * readsX * readsZ;
  const xIsOne = readsX === 0 ? 0.5 : (outcome.x ? 1 - p10 : p10) / readsX;
  // A qubit replaced after its H is reported as either bit, whatever was true.
  const replaced = noise.oneQubitDepolarising ?? 0;
  const misreadOne = p10 + replaced * 0.5 * (1 - p01 - p10);
  const zIsOne = readsZ === 0 ? 0.5 : (outcome.z ? 1 - misreadOne : misreadOne) / readsZ;
  const kept = 1 - twoQubitDepolarising;
  const t0 = kept * (1 - zIsOne) * (1 - xIsOne);
  const t1 = kept * (1 - zIsOne) * xIsOne;
  const t2 = kept * zIsOne * (1 - xIsOne);
  const t3 = kept * zIsOne * xIsOne;
  // c: the sum of the two hidden Bell indices; then the true outcome t is added to it.
  // Each sum is bracketed such that exchanging the pairs gives the same bits.
  const c0 = p0 * q0 + p1 * q1 + p2 * q2 + p3 * q3;
  const c1 = p0 * q1 + p1 * q0 + (p2 * q3 + p3 * q2);
  const c2 = p0 * q2 + p2 * q0 + (p1 * q3 + p3 * q1);
  const c3 = p0 * q3 + p3 * q0 + (p1 * q2 + p2 * q1);
  const mixed = 0.25 * twoQubitDepolarising;
  return {
    probability,
    weights: [
      t0 * c0 + t1 * c1 + t2 * c2 + t3 * c3 + mixed,
      t0 * c1 + t1 * c0 + t2 * c3 + t3 * c2 + mixed,
      t0 * c2 + t2 * c0 + t1 * c3 + t3 * c1 + mixed,
      t0 * c3 + t3 * c0 + t1 * c2 + t2 * c1 + mixed,
    ],
  };
}
