import type { DensityMatrix } from "@bellmesh/joint-state";

const TOLERANCE = 1e-9;

/** What keeps a matrix from being a state: not Hermitian, not of trace 1, or not positive. Undefined when it is one. */
export function whyNoState({ real, imaginary, dimension }: DensityMatrix): string | undefined {
  let trace = 0;
  for (let row = 0; row < dimension; row += 1) {
    trace += real[row * (dimension + 1)] as number;
    for (let column = 0; column <= row; column += 1) {
      const [at, mirrored] = [row * dimension + column, column * dimension + row];
      const difference = Math.max(
        Math.abs((real[at] as number) - (real[mirrored] as number)),
        Math.abs((imaginary[at] as number) + (imaginary[mirrored] as number)),
      );
      if (!(difference <= TOLERANCE)) return `row ${row}, column ${column} is not the conjugate of its mirror image`;
    }
  }
  if (!(Math.abs(trace - 1) <= TOLERANCE)) return `the trace is ${trace}, not 1`;
  return isPositive(real.slice(), imaginary.slice(), dimension) ? undefined : "it has a negative eigenvalue";
}

/** Cholesky's elimination with the largest diagonal entry as pivot: when ρ is not positive, a negative one is left. */
function isPositive(real: Float64Array, imaginary: Float64Array, dimension: number): boolean {
  const open = new Set(Array.from({ length: dimension }, (_, row) => row));
  while (open.size > 0) {
    const diagonal = (row: number) => real[row * (dimension + 1)] as number;
    const rows = [...open];
    if (rows.some((row) => diagonal(row) < -TOLERANCE)) return false;
    const pivot = rows.reduce((best, row) => (diagonal(row) > diagonal(best) ? row : best));
    open.delete(pivot);
    const weight = diagonal(pivot);
    if (weight <= TOLERANCE) {
      // With nothing on the diagonal, a positive matrix has nothing beside it.
      return rows.every((row) => rows.every((column) => modulus(row * dimension + column) <= Math.sqrt(TOLERANCE)));
    }
    eliminate(pivot, weight);
  }
  return true;

  function modulus(at: number): number {
    return Math.abs(real[at] as number) + Math.abs(imaginary[at] as number);
  }

  function eliminate(pivot: number, weight: number): void {
    for (const row of open) {
      const [lr, li] = [real[row * dimension + pivot] as number, imaginary[row * dimension + pivot] as number];
      for (const column of open) {
        const [ur, ui] = [real[pivot * dimension + column] as number, imaginary[pivot * dimension + column] as number];
        const at = row * dimension + column;
        real[at] = (real[at] as number) - (lr * ur - li * ui) / weight;
        imaginary[at] = (imaginary[at] as number) - (lr * ui + li * ur) / weight;
      }
    }
  }
}
