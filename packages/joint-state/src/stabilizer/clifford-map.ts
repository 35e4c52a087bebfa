import type { Matrix2, Matrix4 } from "../unitary.ts";

/**
 * What a Clifford gate on one or two qubits does to X and Z of each of them: X₁ ↦, Z₁ ↦, X₂ ↦, Z₂ ↦ in this order.
 * It says all about the gate but a global phase.
 */
export type CliffordMap = readonly PauliImage[];

/** i^phase · ∏ X^x Z^z on one or two qubits. */
export interface PauliImage {
  /** By qubit of the gate. */
  readonly x: readonly (0 | 1)[];
  readonly z: readonly (0 | 1)[];
  readonly phase: 0 | 1 | 2 | 3;
}

/**
 * By how much an entry of U P U† may miss that of a Pauli, from rounding of a few products. A rotation that is farther
 * from a Clifford gate than this is no Clifford gate: it is never rounded to one.
 */
const CLIFFORD_TOLERANCE = 1e-12;

/** The Clifford gate that a one-qubit matrix is, up to a global phase; undefined when it is none. */
export function cliffordOf(gate: Matrix2): CliffordMap | undefined {
  return imagesOf(gate, 1);
}

/** The Clifford gate that a two-qubit matrix is, up to a global phase; undefined when it is none. */
export function cliffordOfPair(gate: Matrix4): CliffordMap | undefined {
  return imagesOf(gate, 2);
}

/** A gate maps Paulis to Paulis when it does so with X and Z of each qubit, and the identity to itself. */
function imagesOf(gate: readonly number[], qubits: 1 | 2): CliffordMap | undefined {
  if (gate.length !== 2 << (2 * qubits)) return undefined;
  const identity = imageOf(gate, qubits, 0, 0);
  if (identity?.phase !== 0 || [...identity.x, ...identity.z].includes(1)) return undefined;
  const images: PauliImage[] = [];
  for (let qubit = 0; qubit < qubits; qubit += 1) {
    const mask = 1 << (qubits - 1 - qubit);
    const x = imageOf(gate, qubits, mask, 0);
    const z = x && imageOf(gate, qubits, 0, mask);
    if (!z) return undefined;
    images.push(x, z);
  }
  return images;
}

/** U·X^x Z^z·U† as a Pauli; undefined when it is none. Masks: qubit 0 is the most significant bit. */
function imageOf(gate: readonly number[], qubits: 1 | 2, x: number, z: number): PauliImage | undefined {
  const dimension = 1 << qubits;
  const [real, imaginary] = conjugated(gate, dimension, x, z);
  // A Pauli i^p X^a Z^b takes |0⟩ to i^p |a⟩, and |e⟩ with one bit set to i^p (−1)^(b·e) |a + e⟩.
  let flip = 0;
  while (flip < dimension && Math.abs(real[flip * dimension] ?? 0) + Math.abs(imaginary[flip * dimension] ?? 0) < 0.5) {
    flip += 1;
  }
  if (flip === dimension) return undefined;
  const phase = powerOfI(real[flip * dimension] as number, imaginary[flip * dimension] as number);
  const reference = phase & 1 ? imaginary : real;
  const sign = reference[flip * dimension] as number;
  let signs = 0;
  for (let bit = 1; bit < dimension; bit <<= 1) {
    if ((reference[(flip ^ bit) * dimension + bit] as number) * sign < 0) signs |= bit;
  }
  for (let row = 0; row < dimension; row += 1) {
    for (let column = 0; column < dimension; column += 1) {
      const place = row * dimension + column;
      const power = (phase + (odd(signs & column) ? 2 : 0)) & 3;
      const there = (row ^ column) === flip;
      const missed =
        Math.abs((real[place] as number) - (there ? (realPartOfPower[power] as number) : 0)) +
        Math.abs((imaginary[place] as number) - (there ? (imaginaryPartOfPower[power] as number) : 0));
      if (!(missed <= CLIFFORD_TOLERANCE)) return undefined;
    }
  }
  const bitsOf = (mask: number): (0 | 1)[] =>
    Array.from({ length: qubits }, (_, qubit) => ((mask >> (qubits - 1 - qubit)) & 1) as 0 | 1);
  return { x: bitsOf(flip), z: bitsOf(signs), phase };
}

/** U·X^x Z^z·U†: the Pauli takes |k⟩ to (−1)^(z·k) |k + x⟩. */
function conjugated(
  gate: readonly number[],
  dimension: number,
  x: number,
  z: number,
): readonly [Float64Array, Float64Array] {
  const real = new Float64Array(dimension * dimension);
  const imaginary = new Float64Array(dimension * dimension);
  for (let row = 0; row < dimension; row += 1) {
    for (let k = 0; k < dimension; k += 1) {
      const left = 2 * (row * dimension + (k ^ x));
      const sign = odd(z & k) ? -1 : 1;
      const a = sign * (gate[left] as number);
      const b = sign * (gate[left + 1] as number);
      if (a === 0 && b === 0) continue;
      for (let column = 0; column < dimension; column += 1) {
        const right = 2 * (column * dimension + k);
        const c = gate[right] as number;
        const d = gate[right + 1] as number;
        const place = row * dimension + column;
        real[place] = (real[place] as number) + a * c + b * d;
        imaginary[place] = (imaginary[place] as number) + b * c - a * d;
      }
    }
  }
  return [real, imaginary];
}

const realPartOfPower = [1, 0, -1, 0];
const imaginaryPartOfPower = [0, 1, 0, -1];

/** The p of the i^p that is nearest to a complex number of modulus 1. */
function powerOfI(real: number, imaginary: number): 0 | 1 | 2 | 3 {
  if (Math.abs(real) >= Math.abs(imaginary)) return real > 0 ? 0 : 2;
  return imaginary > 0 ? 1 : 3;
}

/** Whether a mask of up to two bits has an odd number of ones. */
function odd(mask: number): boolean {
  return mask === 1 || mask === 2;
}
