import type { Chance } from "../chance.ts";
import { OperandError } from "../density-matrix/operand-error.ts";
import { parityOf, wordOf } from "./pauli-rows.ts";
import { type MaskedPauli, maskedStabilizers, times } from "./stabilizer-amplitudes.ts";
import type { Tableau } from "./tableau.ts";
import { walshHadamard } from "./walsh-hadamard.ts";

/** A density matrix for reading, with its qubits in the order of the tableau; entry (r, c) stands at r·2^n + c. */
export interface ReadableMatrix {
  readonly dimension: number;
  readonly real: ArrayLike<number>;
  readonly imaginary: ArrayLike<number>;
}

/**
 * ⟨s|ρ|s⟩ for each of the 2^n states |s⟩ of a stabilizer basis. In |s⟩ stabilizer r has the tableau's eigenvalue times
 * (−1)^{s_r}, bit r of s; syndrome 0 is the tableau's own state.
 * |s⟩⟨s| = 2^−n Σ_g (−1)^{s·g} P_g over the stabilizer group, so this is the Walsh–Hadamard transform of Tr(P_g ρ);
 * each of those is a sum over one diagonal of ρ up to a permutation, 4^n steps in all.
 * @throws OperandError when ρ describes another number of qubits
 */
export function syndromeProbabilities(tableau: Tableau, matrix: ReadableMatrix): Float64Array {
  requireSameSize(tableau, matrix);
  const values = tracesWith(groupOf(maskedStabilizers(tableau)), matrix);
  for (const [place, value] of values.entries()) values[place] = value / values.length;
  walshHadamard(values);
  return values;
}

/**
 * Draws a syndrome with probability ⟨s|ρ|s⟩ and turns the tableau into that state. When ρ is diagonal in the tableau's
 * basis, what comes out is one pure sample of ρ, and ρ is exactly the mixture of such samples.
 * @returns the syndrome
 * @throws OperandError when ρ describes another number of qubits, or has no weight
 */
export function drawSyndrome(tableau: Tableau, matrix: ReadableMatrix, chance: Chance): number {
  const probabilities = syndromeProbabilities(tableau, matrix);
  let sum = 0;
  for (const probability of probabilities) sum += Math.max(0, probability);
  if (!(sum > 0)) throw new OperandError("impossible-outcome", "the trace of ρ", sum, "a state has a positive trace");
  let left = chance.uniform() * sum;
  let syndrome = 0;
  for (const [place, probability] of probabilities.entries()) {
    if (!(probability > 0)) continue;
    syndrome = place;
    left -= probability;
    if (left < 0) break;
  }
  flipEigenvalues(tableau, syndrome);
  return syndrome;
}

/** Makes the tableau the state of this syndrome: where bit r is set, stabilizer r changes its sign. */
function flipEigenvalues({ rows }: Tableau, syndrome: number): void {
  for (let row = 0; row < rows.size; row += 1) {
    if (((syndrome >>> row) & 1) === 0) continue;
    const word = wordOf(row);
    rows.high[word] = (rows.high[word] as number) ^ (1 << (row & 31));
  }
}

/** The stabilizer group: element g is the product of the generators r whose bit r is set in g. */
function groupOf(generators: readonly MaskedPauli[]): MaskedPauli[] {
  const group: MaskedPauli[] = [{ x: 0, z: 0, phase: 0 }];
  for (const generator of generators) {
    for (const element of group.slice()) group.push(times(element, generator));
  }
  return group;
}

/**
 * Tr(Pρ) = Re Σ_v i^p (−1)^{z·v} ⟨v|ρ|v + x⟩ for each P; it is real for a Hermitian P and ρ.
 * One row of ρ after the other for all P, because a row lies together in memory.
 */
function tracesWith(paulis: readonly MaskedPauli[], { dimension, real, imaginary }: ReadableMatrix): Float64Array {
  const xs = Int32Array.from(paulis, ({ x }) => x);
  const zs = Int32Array.from(paulis, ({ z }) => z);
  const imaginaries = Uint8Array.from(paulis, ({ phase }) => phase & 1);
  const sums = new Float64Array(paulis.length);
  for (let v = 0; v < dimension; v += 1) {
    const row = v * dimension;
    for (let place = 0; place < sums.length; place += 1) {
      const at = row + (v ^ (xs[place] as number));
      const value = (imaginaries[place] === 1 ? imaginary[at] : real[at]) as number;
      sums[place] = (sums[place] as number) + (1 - 2 * parityOf((zs[place] as number) & v)) * value;
    }
  }
  for (const [place, { phase }] of paulis.entries()) {
    if (phase === 1 || phase === 2) sums[place] = -(sums[place] as number);
  }
  return sums;
}

function requireSameSize(tableau: Tableau, matrix: ReadableMatrix): void {
  if (matrix.dimension === 1 << tableau.size) return;
  const rule = `a tableau of ${tableau.size} qubits reads one of dimension ${1 << tableau.size}`;
  throw new OperandError("wrong-size", "the dimension of ρ", matrix.dimension, rule);
}
