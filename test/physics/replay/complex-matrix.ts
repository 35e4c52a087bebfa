/** A square complex matrix: real and imaginary parts row by row. */
export interface ComplexMatrix {
  readonly size: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** All entries 0. */
export function zeros(size: number): ComplexMatrix {
  return { size, re: new Float64Array(size * size), im: new Float64Array(size * size) };
}

/** Real entries, row by row. */
export function real(size: number, entries: readonly number[]): ComplexMatrix {
  const matrix = zeros(size);
  matrix.re.set(entries);
  return matrix;
}

/** into + factor·matrix, in place. */
export function add(into: ComplexMatrix, matrix: ComplexMatrix, factor: number): void {
  for (let at = 0; at < into.re.length; at += 1) {
    into.re[at] = (into.re[at] as number) + factor * (matrix.re[at] as number);
    into.im[at] = (into.im[at] as number) + factor * (matrix.im[at] as number);
  }
}

/** left ⊗ right; the left factor has the more significant digits. */
export function tensor(left: ComplexMatrix, right: ComplexMatrix): ComplexMatrix {
  const size = left.size * right.size;
  const result = zeros(size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const one = Math.floor(row / right.size) * left.size + Math.floor(column / right.size);
      const other = (row % right.size) * right.size + (column % right.size);
      const [a, b] = [left.re[one] as number, left.im[one] as number];
      const [c, d] = [right.re[other] as number, right.im[other] as number];
      result.re[row * size + column] = a * c - b * d;
      result.im[row * size + column] = a * d + b * c;
    }
  }
  return result;
}
