import type { Chance } from "../chance.ts";
import type { Entries } from "./one-qubit-blocks.ts";

/** A pure state by its amplitudes: entry i belongs to the basis state i. */
export interface Amplitudes {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** What is left of the trace is taken for rounding below this share of it. */
const NEGLIGIBLE = 1e-14;

/**
 * One pure state of an ensemble that is ρ exactly: a column of the Cholesky factor L of ρ = LL†, normalised, drawn with
 * the column's squared norm as its probability. Every ensemble of ρ predicts the same (Hughston, Jozsa & Wootters
 * 1993), so nothing is lost by the choice. Pivoting takes the greatest remaining diagonal entry first, which keeps the
 * factor of a singular ρ exact (Higham 2002, §10.3) and puts the likely columns in front: those after the one drawn
 * are never computed, and a pure state costs one column.
 */
export function sampleColumn({ dimension, real, imaginary }: Entries, chance: Chance): Amplitudes {
  const remaining = Float64Array.from({ length: dimension }, (_, row) => real[row * (dimension + 1)] as number);
  const trace = remaining.reduce((sum, value) => sum + value, 0);
  let left = chance.uniform() * trace;
  let unexplained = trace;
  const columns: Amplitudes[] = [];
  for (;;) {
    const pivot = greatest(remaining);
    const column = nextColumn(real, imaginary, dimension, pivot, columns, remaining);
    const weight = squaredNorm(column);
    left -= weight;
    unexplained -= weight;
    columns.push(column);
    if (left < 0 || unexplained <= NEGLIGIBLE * trace || columns.length === dimension)
      return normalised(column, weight);
  }
}

function greatest(values: Float64Array): number {
  let best = 0;
  for (let place = 1; place < values.length; place += 1) {
    if ((values[place] as number) > (values[best] as number)) best = place;
  }
  return best;
}

/** The pivot's column of what the columns before do not explain, over the root of its diagonal entry. */
function nextColumn(
  real: Float64Array,
  imaginary: Float64Array,
  dimension: number,
  pivot: number,
  before: readonly Amplitudes[],
  remaining: Float64Array,
): Amplitudes {
  // ρ is Hermitian: its column is its row conjugated, and a row lies together in memory.
  const columnReal = real.slice(pivot * dimension, (pivot + 1) * dimension);
  const columnImaginary = imaginary.slice(pivot * dimension, (pivot + 1) * dimension);
  for (let row = 0; row < dimension; row += 1) columnImaginary[row] = -(columnImaginary[row] as number);
  for (const column of before) subtract(columnReal, columnImaginary, column, pivot);
  const scale = 1 / Math.sqrt(Math.max(remaining[pivot] as number, Number.MIN_VALUE));
  for (let row = 0; row < dimension; row += 1) {
    const re = (columnReal[row] as number) * scale;
    const im = (columnImaginary[row] as number) * scale;
    columnReal[row] = re;
    columnImaginary[row] = im;
    remaining[row] = (remaining[row] as number) - re * re - im * im;
  }
  remaining[pivot] = 0;
  return { real: columnReal, imaginary: columnImaginary };
}

/** Takes one column times the conjugate of its entry at the pivot away. */
function subtract(targetReal: Float64Array, targetImaginary: Float64Array, column: Amplitudes, pivot: number): void {
  const pivotReal = column.real[pivot] as number;
  const pivotImaginary = column.imaginary[pivot] as number;
  if (pivotReal === 0 && pivotImaginary === 0) return;
  for (let row = 0; row < targetReal.length; row += 1) {
    const re = column.real[row] as number;
    const im = column.imaginary[row] as number;
    targetReal[row] = (targetReal[row] as number) - re * pivotReal - im * pivotImaginary;
    targetImaginary[row] = (targetImaginary[row] as number) - im * pivotReal + re * pivotImaginary;
  }
}

function squaredNorm({ real, imaginary }: Amplitudes): number {
  let sum = 0;
  for (let place = 0; place < real.length; place += 1) {
    const re = real[place] as number;
    const im = imaginary[place] as number;
    sum += re * re + im * im;
  }
  return sum;
}

function normalised(column: Amplitudes, squared: number): Amplitudes {
  const scale = 1 / Math.sqrt(squared);
  return { real: column.real.map((value) => value * scale), imaginary: column.imaginary.map((value) => value * scale) };
}
