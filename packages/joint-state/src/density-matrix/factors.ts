import type { DensityMatrix } from "./density-matrix.ts";
import { spread } from "./partial-trace.ts";

/** By how much an entry may differ from the product's for a state to be taken for a product: rounding, no more. */
export const PRODUCT_TOLERANCE = 1e-14;

/** A product state's two sides. */
export interface Parts {
  readonly part: DensityMatrix;
  readonly rest: DensityMatrix;
}

/**
 * The two sides of a register, if ρ is their product: every entry within PRODUCT_TOLERANCE.
 * @param qubits those of the part, in the order of its matrix; the rest keep theirs
 * @returns undefined when the sides are correlated, classically or quantum.
 */
export function productParts(matrix: DensityMatrix, qubits: readonly number[]): Parts | undefined {
  const others = range(matrix.qubits).filter((qubit) => !qubits.includes(qubit));
  const part = matrix.reduced(qubits);
  const rest = matrix.reduced(others);
  return isProduct(matrix, qubits, others, part, rest) ? { part, rest } : undefined;
}

/**
 * The finest split of a register into groups of qubits of which ρ is the product, each group and the list in
 * ascending order. It is unique: two products have their common refinement as a product too.
 * Qubits correlated two by two stay together without a trial; of the groups that remain, unions are tried from the
 * smallest on, since three qubits can be correlated though no two of them are.
 */
export function factorsOf(matrix: DensityMatrix): number[][] {
  const factors: number[][] = [];
  let rest = matrix;
  let labels = range(matrix.qubits);
  while (labels.length > 0) {
    const [factor, remaining] = splitFirst(rest);
    factors.push(factor.map((qubit) => labels[qubit] as number));
    labels = labels.filter((_label, qubit) => !factor.includes(qubit));
    if (remaining) rest = remaining;
  }
  return factors;
}

/** The smallest group with the first qubit in it of which ρ is a product with the others, and the others without it. */
function splitFirst(matrix: DensityMatrix): readonly [factor: number[], rest: DensityMatrix | undefined] {
  const [first = [], ...more] = correlatedGroups(matrix);
  const unions = Array.from({ length: 1 << more.length }, (_, bits) => more.filter((_group, at) => (bits >> at) & 1));
  unions.sort((a, b) => a.length - b.length);
  for (const union of unions) {
    if (union.length === more.length) break;
    const factor = ascending([first, ...union].flat());
    const parts = productParts(matrix, factor);
    if (parts) return [factor, parts.rest];
  }
  return [range(matrix.qubits), undefined];
}

/** Qubits joined wherever the state of two of them is no product. */
function correlatedGroups(matrix: DensityMatrix): number[][] {
  const groups = range(matrix.qubits).map((qubit) => [qubit]);
  for (let first = 0; first < matrix.qubits; first += 1) {
    for (let second = first + 1; second < matrix.qubits; second += 1) {
      const one = groups.findIndex((group) => group.includes(first));
      const other = groups.findIndex((group) => group.includes(second));
      if (one === other || productParts(matrix.reduced([first, second]), [0])) continue;
      groups[Math.min(one, other)]?.push(...(groups[Math.max(one, other)] ?? []));
      groups.splice(Math.max(one, other), 1);
    }
  }
  return groups;
}

function isProduct(
  matrix: DensityMatrix,
  qubits: readonly number[],
  others: readonly number[],
  part: DensityMatrix,
  rest: DensityMatrix,
): boolean {
  const inPart = spread(qubits.map((qubit) => 1 << (matrix.qubits - 1 - qubit)));
  const inRest = spread(others.map((qubit) => 1 << (matrix.qubits - 1 - qubit)));
  for (let row = 0; row < part.dimension; row += 1) {
    for (let column = 0; column < part.dimension; column += 1) {
      const corner = (inPart[row] as number) * matrix.dimension + (inPart[column] as number);
      const entry = row * part.dimension + column;
      if (!isMultiple(matrix, corner, inRest, rest, part.real[entry] as number, part.imaginary[entry] as number)) {
        return false;
      }
    }
  }
  return true;
}

/** Whether the block at a corner is the rest's matrix times this number. */
function isMultiple(
  { dimension, real, imaginary }: DensityMatrix,
  corner: number,
  inRest: Int32Array,
  rest: DensityMatrix,
  timesReal: number,
  timesImaginary: number,
): boolean {
  for (let row = 0; row < rest.dimension; row += 1) {
    const from = corner + (inRest[row] as number) * dimension;
    for (let column = 0; column < rest.dimension; column += 1) {
      const at = from + (inRest[column] as number);
      const re = rest.real[row * rest.dimension + column] as number;
      const im = rest.imaginary[row * rest.dimension + column] as number;
      const missedReal = (real[at] as number) - (timesReal * re - timesImaginary * im);
      const missedImaginary = (imaginary[at] as number) - (timesReal * im + timesImaginary * re);
      if (Math.abs(missedReal) > PRODUCT_TOLERANCE || Math.abs(missedImaginary) > PRODUCT_TOLERANCE) return false;
    }
  }
  return true;
}

function ascending(values: number[]): number[] {
  return values.sort((a, b) => a - b);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, place) => place);
}
