import { OperandError } from "../density-matrix/operand-error.ts";
import type { Amplitudes } from "../density-matrix/pivoted-cholesky.ts";
import { type PauliRows, parityOf, wordOf } from "./pauli-rows.ts";
import type { Tableau } from "./tableau.ts";

/** The most qubits of which amplitudes are written out: what a state vector can hold. */
const AMPLITUDES_QUBITS_MAX = 24;

/** i^phase · X^x Z^z of up to 24 qubits as masks, qubit 0 the most significant bit. */
export interface MaskedPauli {
  x: number;
  z: number;
  /** A power of i, modulo 4. */
  phase: number;
}

/** The stabilizers of a state of up to 24 qubits as masks. @throws OperandError when there are more. */
export function maskedStabilizers({ rows }: Tableau): MaskedPauli[] {
  if (rows.size > AMPLITUDES_QUBITS_MAX) {
    const rule = `amplitudes are written out for at most ${AMPLITUDES_QUBITS_MAX} qubits`;
    throw new OperandError("too-many-qubits", "the number of qubits", rows.size, rule);
  }
  return Array.from({ length: rows.size }, (_, row) => masked(rows, row));
}

/**
 * The amplitudes of a stabilizer state of up to 24 qubits; its global phase is arbitrary.
 * @throws OperandError when there are more qubits
 */
export function amplitudesOf(tableau: Tableau): Amplitudes {
  const support = supportOf(tableau);
  const real = new Float64Array(1 << tableau.size);
  const imaginary = new Float64Array(1 << tableau.size);
  walk(support, (basis, re, im) => {
    real[basis] = re;
    imaginary[basis] = im;
  });
  return { real, imaginary };
}

/**
 * The same, written where a state vector already has its room, so that nothing of its size is held twice.
 * @param into 2^n pairs of real and imaginary part; what is there is overwritten
 * @throws OperandError when there are more than 24 qubits, or the room is of another size
 */
export function writeAmplitudes(tableau: Tableau, into: Float64Array): void {
  const support = supportOf(tableau);
  if (into.length !== 2 << tableau.size) {
    const rule = `a state of ${tableau.size} qubits has ${1 << tableau.size} amplitudes, of two numbers each`;
    throw new OperandError("wrong-size", "the length of into", into.length, rule);
  }
  into.fill(0);
  walk(support, (basis, re, im) => {
    into[2 * basis] = re;
    into[2 * basis + 1] = im;
  });
}

/** Where a stabilizer state's amplitudes are not 0: one basis state, and the stabilizers that lead on from it. */
interface Support {
  readonly basis: number;
  readonly moves: readonly MaskedPauli[];
}

/**
 * The amplitudes of a stabilizer state have one modulus on an affine space of basis states (Dehaene & De Moor 2003).
 * One of these solves the stabilizers without X; the stabilizers with X lead from it to all others.
 */
function supportOf(tableau: Tableau): Support {
  const generators = maskedStabilizers(tableau);
  const moving = eliminated(generators, (pauli) => pauli.x);
  const diagonal = generators.slice(moving);
  eliminated(diagonal, (pauli) => pauli.z);
  let basis = 0;
  // Each has its own leading qubit, which no other has: setting that qubit makes its eigenvalue right.
  for (const { z, phase } of diagonal) if (phase === 2) basis |= leading(z);
  return { basis, moves: generators.slice(0, moving) };
}

/** Goes through a support, one stabilizer a step in the order of a Gray code. */
function walk({ basis, moves }: Support, visit: (basis: number, real: number, imaginary: number) => void): void {
  const steps = 1 << moves.length;
  const modulus = Math.sqrt(1 / steps);
  let at = basis;
  let phase = 0;
  for (let step = 1; ; step += 1) {
    const value = phase & 2 ? -modulus : modulus;
    if (phase & 1) visit(at, 0, value);
    else visit(at, value, 0);
    if (step === steps) return;
    const move = moves[31 - Math.clz32(step & -step)] as MaskedPauli;
    phase = (phase + move.phase + 2 * parityOf(move.z & at)) & 3;
    at ^= move.x;
  }
}

/** The product of two Paulis: Z of the first passes X of the second. */
export function times(first: MaskedPauli, second: MaskedPauli): MaskedPauli {
  return {
    x: first.x ^ second.x,
    z: first.z ^ second.z,
    phase: (first.phase + second.phase + 2 * parityOf(first.z & second.x)) & 3,
  };
}

/**
 * Multiplies Paulis by one another until, of those with a part, each has a leading bit that no other has; they come
 * first.
 * @returns how many have it
 */
function eliminated(paulis: MaskedPauli[], partOf: (pauli: MaskedPauli) => number): number {
  let done = 0;
  for (let place = 0; place < paulis.length; place += 1) {
    const pivot = paulis[place] as MaskedPauli;
    if (partOf(pivot) === 0) continue;
    const bit = leading(partOf(pivot));
    paulis[place] = paulis[done] as MaskedPauli;
    paulis[done] = pivot;
    for (const [other, pauli] of paulis.entries()) {
      if (other !== done && partOf(pauli) & bit) paulis[other] = times(pauli, pivot);
    }
    done += 1;
  }
  return done;
}

/** The highest one of a mask that is not 0. */
function leading(mask: number): number {
  return 1 << (31 - Math.clz32(mask));
}

function masked(rows: PauliRows, row: number): MaskedPauli {
  const word = wordOf(row);
  const place = row & 31;
  let x = 0;
  let z = 0;
  for (let qubit = 0; qubit < rows.size; qubit += 1) {
    x = (x << 1) | rows.bit(qubit, 0, word, place);
    z = (z << 1) | rows.bit(qubit, 1, word, place);
  }
  const low = ((rows.low[word] as number) >>> place) & 1;
  const high = ((rows.high[word] as number) >>> place) & 1;
  return { x, z, phase: low + 2 * high };
}
