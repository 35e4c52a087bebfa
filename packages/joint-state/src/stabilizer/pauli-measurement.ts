import type { Axis } from "@bellmesh/bell";
import type { Chance } from "../chance.ts";
import { OperandError } from "../density-matrix/operand-error.ts";
import { type PauliRows, wordOf } from "./pauli-rows.ts";
import type { PauliFactor } from "./pauli-string.ts";
import type { Tableau } from "./tableau.ts";

/**
 * The expectation value of a Pauli string: 1 or −1 when its outcome is certain, else 0.
 * @throws OperandError when a position is not in the state, or is there twice.
 */
export function expectation(tableau: Tableau, pauli: readonly PauliFactor[]): -1 | 0 | 1 {
  const { rows } = tableau;
  const mask = anticommuting(tableau, pauli);
  return rows.first(mask) >= 0 ? 0 : signOf(rows, mask, pauli);
}

/**
 * Measures a Pauli string.
 * @param chance asked once, and only when the outcome is not certain
 * @returns whether the eigenvalue −1 was found
 */
export function measure(tableau: Tableau, pauli: readonly PauliFactor[], chance: Chance): boolean {
  const { rows } = tableau;
  const mask = anticommuting(tableau, pauli);
  const pivot = rows.first(mask);
  if (pivot < 0) return signOf(rows, mask, pauli) < 0;
  const outcome = chance.uniform() >= 0.5;
  replace(rows, mask, pivot, pauli, outcome);
  return outcome;
}

/**
 * Measures a Pauli string with an outcome given beforehand.
 * @param outcome whether the eigenvalue is −1
 * @returns the probability that the outcome had: 1 or ½
 * @throws OperandError when it had probability 0; then nothing has changed.
 */
export function project(tableau: Tableau, pauli: readonly PauliFactor[], outcome: boolean): 0.5 | 1 {
  const { rows } = tableau;
  const mask = anticommuting(tableau, pauli);
  const pivot = rows.first(mask);
  if (pivot >= 0) {
    replace(rows, mask, pivot, pauli, outcome);
    return 0.5;
  }
  if (signOf(rows, mask, pauli) < 0 === outcome) return 1;
  throw new OperandError("impossible-outcome", "outcome", outcome, "in this state it has probability 0");
}

/**
 * Takes out a qubit that is in |0⟩ or |1⟩; the last qubit takes its position.
 * Rows are combined until Z of the qubit is a stabilizer and only its destabilizer has an X there: then the qubit's
 * column and that pair of rows hold nothing of the others.
 * @throws OperandError when Z of the qubit is not certain: measure it first.
 */
export function remove(tableau: Tableau, position: number): void {
  const { rows } = tableau;
  const z: PauliFactor[] = [{ position, axis: "z" }];
  const mask = anticommuting(tableau, z);
  if (rows.first(mask) >= 0) {
    const rule = "a qubit that is taken out is in |0⟩ or |1⟩: measure it first";
    throw new OperandError("outside-range", "the expectation value of Z", 0, rule);
  }
  const negative = signOf(rows, mask, z) < 0 ? -1 : 0;
  const row = firstDestabilizer(rows, mask);
  const word = wordOf(row);
  mask[word + 1] = (mask[word + 1] as number) & ~(1 << (row & 31));
  rows.multiply(mask, word + 1, row & 31);
  const column = (2 * position + 1) * rows.stride;
  for (let at = 0; at < rows.words; at += 2) {
    rows.high[at] = (rows.high[at] as number) ^ ((rows.bits[column + at] as number) & negative);
  }
  rows.remove(position, row);
}

/** The axis along which a qubit is in an eigenstate, so that it is entangled with nothing; undefined without one. */
export function certainAxis(tableau: Tableau, position: number): Axis | undefined {
  const { bits, stride, words } = tableau.rows;
  const x = tableau.column("position", position);
  let hasX = 0;
  let hasZ = 0;
  let differ = 0;
  for (let at = 0; at < words; at += 2) {
    const xs = bits[x + at] as number;
    const zs = bits[x + stride + at] as number;
    hasX |= xs;
    hasZ |= zs;
    differ |= xs ^ zs;
  }
  if (hasX === 0) return "z";
  if (hasZ === 0) return "x";
  return differ === 0 ? "y" : undefined;
}

/** Which rows anticommute with a Pauli string, in `rows.mask`. */
function anticommuting(tableau: Tableau, pauli: readonly PauliFactor[]): Int32Array {
  const { rows } = tableau;
  const { bits, mask, words, stride } = rows;
  for (const { position } of pauli) tableau.column("position", position);
  if (pauli.length > 1) requireDistinct(pauli);
  mask.fill(0, 0, words);
  for (const { position, axis } of pauli) {
    const x = 2 * position * stride;
    if (axis !== "x") for (let at = 0; at < words; at += 1) mask[at] = (mask[at] as number) ^ (bits[x + at] as number);
    const z = x + stride;
    if (axis !== "z") for (let at = 0; at < words; at += 1) mask[at] = (mask[at] as number) ^ (bits[z + at] as number);
  }
  return mask;
}

function requireDistinct(pauli: readonly PauliFactor[]): void {
  const seen = new Set<number>();
  for (const { position } of pauli) {
    if (seen.has(position)) {
      throw new OperandError("repeated", "position", position, "the factors of a Pauli string are on different qubits");
    }
    seen.add(position);
  }
}

/** The sign with which a Pauli string that commutes with all stabilizers is a product of them. */
function signOf(rows: PauliRows, mask: Int32Array, pauli: readonly PauliFactor[]): -1 | 1 {
  return ((rows.phaseOfProduct(mask) - phaseOf(pauli)) & 3) === 0 ? 1 : -1;
}

/** Of the p in i^p ∏ X^x Z^z: Y is i·XZ. */
function phaseOf(pauli: readonly PauliFactor[]): number {
  let phase = 0;
  for (const { axis } of pauli) if (axis === "y") phase += 1;
  return phase & 3;
}

/** Makes a Pauli string a stabilizer in place of one that anticommutes with it, which becomes its destabilizer. */
function replace(
  rows: PauliRows,
  mask: Int32Array,
  pivot: number,
  pauli: readonly PauliFactor[],
  negative: boolean,
): void {
  const word = wordOf(pivot);
  const place = pivot & 31;
  const bit = 1 << place;
  mask[word] = (mask[word] as number) & ~bit;
  mask[word + 1] = (mask[word + 1] as number) & ~bit;
  rows.multiply(mask, word, place);
  rows.stabilizerToDestabilizer(pivot);
  rows.clear(word, place);
  for (const { position, axis } of pauli) {
    const x = 2 * position * rows.stride + word;
    if (axis !== "z") rows.bits[x] = (rows.bits[x] as number) | bit;
    if (axis !== "x") rows.bits[x + rows.stride] = (rows.bits[x + rows.stride] as number) | bit;
  }
  const phase = phaseOf(pauli) + (negative ? 2 : 0);
  if (phase & 1) rows.low[word] = (rows.low[word] as number) | bit;
  if (phase & 2) rows.high[word] = (rows.high[word] as number) | bit;
}

/** The first destabilizer in a column of bits. */
function firstDestabilizer(rows: PauliRows, column: Int32Array): number {
  let word = 1;
  while (word < rows.words - 1 && column[word] === 0) word += 2;
  const value = column[word] as number;
  return 16 * (word - 1) + 31 - Math.clz32(value & -value);
}
