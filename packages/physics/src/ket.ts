import type { Amplitudes } from "@bellmesh/joint-state";
import type { FlatMatrix } from "./complex-matrix.ts";

/** A pure state of n qubits, the first leftmost: real and imaginary part of each of its 2^n amplitudes in turn. */
export type Ket = readonly number[];

const h = Math.sqrt(0.5);

/** The states that have a name, by the name; `ghz` goes by the number of qubits instead. */
export const namedKets: Readonly<Record<string, Ket>> = {
  "0": [1, 0, 0, 0],
  "1": [0, 0, 1, 0],
  "+": [h, 0, h, 0],
  "-": [h, 0, -h, 0],
  "+i": [h, 0, 0, h],
  "-i": [h, 0, 0, -h],
  "phi+": [h, 0, 0, 0, 0, 0, h, 0],
  "psi+": [0, 0, h, 0, h, 0, 0, 0],
  "phi-": [h, 0, 0, 0, 0, 0, -h, 0],
  "psi-": [0, 0, h, 0, -h, 0, 0, 0],
};

/** (|0…0⟩ + |1…1⟩)/√2. */
export function ghz(qubits: number): Ket {
  const ket = new Array<number>(2 << qubits).fill(0);
  ket[0] = h;
  ket[ket.length - 2] = h;
  return ket;
}

/** How many qubits it describes. */
export function qubitsOf(ket: Ket): number {
  return 30 - Math.clz32(ket.length);
}

/** The same as the engines take it. */
export function amplitudesOf(ket: Ket): Amplitudes {
  const part = (which: 0 | 1) =>
    Float64Array.from({ length: ket.length / 2 }, (_, at) => ket[2 * at + which] as number);
  return { real: part(0), imaginary: part(1) };
}

/** a ⊗ b. */
export function tensorKet(a: Ket, b: Ket): Ket {
  const result: number[] = [];
  for (let i = 0; i < a.length; i += 2) {
    const [ar, ai] = [a[i] as number, a[i + 1] as number];
    for (let j = 0; j < b.length; j += 2) {
      const [br, bi] = [b[j] as number, b[j + 1] as number];
      result.push(ar * br - ai * bi, ar * bi + ai * br);
    }
  }
  return result;
}

/** U applied to these positions, the first being U's leftmost qubit. */
export function applyToKet(ket: Ket, matrix: FlatMatrix, positions: readonly number[]): Ket {
  const masks = positions.map((position) => 1 << (qubitsOf(ket) - 1 - position));
  const dimension = 1 << masks.length;
  const result = new Array<number>(ket.length).fill(0);
  for (let basis = 0; basis < ket.length / 2; basis += 1) {
    const row = masks.reduce((bits, mask) => 2 * bits + ((basis & mask) === 0 ? 0 : 1), 0);
    for (let column = 0; column < dimension; column += 1) {
      const from = 2 * withBits(basis, masks, column);
      const entry = 2 * (row * dimension + column);
      const [ur, ui] = [matrix[entry] as number, matrix[entry + 1] as number];
      const [kr, ki] = [ket[from] as number, ket[from + 1] as number];
      result[2 * basis] = (result[2 * basis] as number) + ur * kr - ui * ki;
      result[2 * basis + 1] = (result[2 * basis + 1] as number) + ur * ki + ui * kr;
    }
  }
  return result;
}

/**
 * ⟨0| of one position on the ket, normalised: what a measurement that gives 0 leaves of the others.
 * @returns undefined when that never happens.
 */
export function projectedOnZero(ket: Ket, position: number): Ket | undefined {
  const mask = 1 << (qubitsOf(ket) - 1 - position);
  const kept: number[] = [];
  for (let basis = 0; basis < ket.length / 2; basis += 1) {
    if ((basis & mask) === 0) kept.push(ket[2 * basis] as number, ket[2 * basis + 1] as number);
  }
  return normalised(kept);
}

/** The ket with norm 1, undefined when it is as good as zero. */
export function normalised(ket: Ket): Ket | undefined {
  const norm = Math.sqrt(ket.reduce((sum, part) => sum + part * part, 0));
  return norm < 1e-12 ? undefined : ket.map((part) => part / norm);
}

/** The same state with its qubits in another order: the qubit at `order[i]` comes to place i. */
export function reorderedKet(ket: Ket, order: readonly number[]): Ket {
  const qubits = qubitsOf(ket);
  const result = new Array<number>(ket.length).fill(0);
  for (let basis = 0; basis < ket.length / 2; basis += 1) {
    let from = 0;
    for (const [place, position] of order.entries()) {
      if ((basis & (1 << (qubits - 1 - place))) !== 0) from |= 1 << (qubits - 1 - position);
    }
    result[2 * basis] = ket[2 * from] as number;
    result[2 * basis + 1] = ket[2 * from + 1] as number;
  }
  return result;
}

/** |⟨a|b⟩|². */
export function overlapOf(a: Ket, b: Ket): number {
  let [real, imaginary] = [0, 0];
  for (let at = 0; at < a.length; at += 2) {
    const [ar, ai, br, bi] = [a[at], a[at + 1], b[at], b[at + 1]] as [number, number, number, number];
    real += ar * br + ai * bi;
    imaginary += ar * bi - ai * br;
  }
  return real * real + imaginary * imaginary;
}

/** The name of a state that has one, up to its phase. */
export function nameOf(ket: Ket): string | undefined {
  const found = Object.entries(namedKets).find(
    ([, named]) => named.length === ket.length && overlapOf(named, ket) > 1 - 1e-12,
  );
  if (found) return found[0];
  return qubitsOf(ket) > 2 && overlapOf(ghz(qubitsOf(ket)), ket) > 1 - 1e-12 ? "ghz" : undefined;
}

function withBits(basis: number, masks: readonly number[], bits: number): number {
  let result = basis;
  for (const [place, mask] of masks.entries()) {
    const isOne = (bits & (1 << (masks.length - 1 - place))) !== 0;
    result = isOne ? result | mask : result & ~mask;
  }
  return result;
}
