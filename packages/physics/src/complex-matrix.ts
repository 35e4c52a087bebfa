import type { DensityMatrix } from "@bellmesh/joint-state";

/** A square complex matrix, row by row: real and imaginary part of each entry in turn. */
export type FlatMatrix = readonly number[];

/** A complex number as a program writes it: a plain number, or [real, imaginary]. */
export type WrittenComplex = number | readonly [number, number];

/** Real and imaginary part of what a program wrote. */
export function complexOf(written: WrittenComplex): readonly [number, number] {
  return typeof written === "number" ? [written, 0] : written;
}

/** Rows of complex numbers as one flat matrix. */
export function flatMatrix(rows: readonly (readonly WrittenComplex[])[]): FlatMatrix {
  return rows.flatMap((row) => row.flatMap((entry) => [...complexOf(entry)]));
}

/** The number of rows. */
export function dimensionOf(matrix: FlatMatrix): number {
  return Math.round(Math.sqrt(matrix.length / 2));
}

/** The product a·b of two matrices of one dimension. */
export function product(a: FlatMatrix, b: FlatMatrix): FlatMatrix {
  const dimension = dimensionOf(a);
  const result = new Array<number>(a.length).fill(0);
  for (let row = 0; row < dimension; row += 1) {
    for (let column = 0; column < dimension; column += 1) {
      let [real, imaginary] = [0, 0];
      for (let inner = 0; inner < dimension; inner += 1) {
        const left = 2 * (row * dimension + inner);
        const right = 2 * (inner * dimension + column);
        const [ar, ai] = [a[left] as number, a[left + 1] as number];
        const [br, bi] = [b[right] as number, b[right + 1] as number];
        real += ar * br - ai * bi;
        imaginary += ar * bi + ai * br;
      }
      result[2 * (row * dimension + column)] = real;
      result[2 * (row * dimension + column) + 1] = imaginary;
    }
  }
  return result;
}

/** The conjugate transpose. */
export function adjoint(matrix: FlatMatrix): FlatMatrix {
  const dimension = dimensionOf(matrix);
  const result = new Array<number>(matrix.length).fill(0);
  for (let row = 0; row < dimension; row += 1) {
    for (let column = 0; column < dimension; column += 1) {
      const [from, to] = [2 * (row * dimension + column), 2 * (column * dimension + row)];
      result[to] = matrix[from] as number;
      result[to + 1] = -(matrix[from + 1] as number);
    }
  }
  return result;
}

/** The largest difference, real or imaginary, of U†U from the identity: 0 for a unitary. */
export function distanceFromUnitary(matrix: FlatMatrix): number {
  const dimension = dimensionOf(matrix);
  const square = product(adjoint(matrix), matrix);
  return Math.max(
    ...square.map((entry, at) => Math.abs(entry - (at % 2 === 0 && (at / 2) % (dimension + 1) === 0 ? 1 : 0))),
  );
}

/** a ⊗ b. */
export function tensorProduct(a: FlatMatrix, b: FlatMatrix): FlatMatrix {
  const [da, db] = [dimensionOf(a), dimensionOf(b)];
  const result: number[] = [];
  for (let row = 0; row < da * db; row += 1) {
    for (let column = 0; column < da * db; column += 1) {
      const left = 2 * (Math.floor(row / db) * da + Math.floor(column / db));
      const right = 2 * ((row % db) * db + (column % db));
      const [ar, ai] = [a[left] as number, a[left + 1] as number];
      const [br, bi] = [b[right] as number, b[right + 1] as number];
      result.push(ar * br - ai * bi, ar * bi + ai * br);
    }
  }
  return result;
}

/** A flat matrix of one qubit as the engine takes it. */
export function asMatrix2(matrix: FlatMatrix): Parameters<DensityMatrix["apply"]>[1] {
  if (matrix.length !== 8) throw new RangeError(`a one-qubit matrix has 8 numbers, not ${matrix.length}`);
  return matrix as unknown as Parameters<DensityMatrix["apply"]>[1];
}
