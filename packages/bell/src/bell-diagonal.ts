import { type BellIndex, ordinal } from "./bell-index.ts";

/** Probabilities of the four Bell states in the order k = 2z + x: Φ+, Ψ+, Φ−, Ψ−. They sum to 1. */
export type BellWeights = readonly [number, number, number, number];

/**
 * A Bell-diagonal pair relative to its Bell index, as the eigenvalues of the Pauli channel that teleporting through
 * it would be: 1, 1, 1 is perfect, 0, 0, 0 is maximally mixed. Pauli noise on either half multiplies them.
 */
export interface PauliEigenvalues {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The eigenvalues of weights that stand relative to the pair's index, the right state first. */
export function eigenvaluesOf(weights: BellWeights): PauliEigenvalues {
  const [w0, w1, w2, w3] = weights;
  return { x: w0 + w1 - w2 - w3, y: w0 - w1 - w2 + w3, z: w0 - w1 + w2 - w3 };
}

/**
 * The weights relative to the pair's index, the right state first. Rounding below zero is cut off.
 * @throws RangeError when a weight is clearly negative: no such state exists.
 */
export function weightsOf(eigenvalues: PauliEigenvalues): BellWeights {
  const { x, y, z } = eigenvalues;
  return [
    probability(0.25 * (1 + x + y + z)),
    probability(0.25 * (1 + x - y - z)),
    probability(0.25 * (1 - x - y + z)),
    probability(0.25 * (1 - x + y - z)),
  ];
}

/** ⟨B|ρ|B⟩ with the pair's own Bell state: (1 + x + y + z) / 4. */
export function fidelityOf(eigenvalues: PauliEigenvalues): number {
  return 0.25 * (1 + eigenvalues.x + eigenvalues.y + eigenvalues.z);
}

/** Two Pauli channels, one after the other. Also a noiseless swap of two pairs. */
export function multiply(a: PauliEigenvalues, b: PauliEigenvalues): PauliEigenvalues {
  return { x: a.x * b.x, y: a.y * b.y, z: a.z * b.z };
}

/** The weights after the Pauli of this index acted on one half: places are permuted by XOR. */
export function shifted(weights: BellWeights, by: BellIndex): BellWeights {
  const [w0, w1, w2, w3] = weights;
  switch (ordinal(by)) {
    case 0:
      return weights;
    case 1:
      return [w1, w0, w3, w2];
    case 2:
      return [w2, w3, w0, w1];
    case 3:
      return [w3, w2, w1, w0];
  }
}

const ROUNDING = 1e-9;

function probability(weight: number): number {
  if (weight >= 0) {
    return weight;
  }
  if (weight >= -ROUNDING) {
    return 0;
  }
  throw new RangeError(`no pair has these Pauli eigenvalues: a Bell weight would be ${weight}`);
}
