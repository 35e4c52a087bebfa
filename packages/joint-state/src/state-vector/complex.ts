/** A complex number. */
export interface Complex {
  readonly real: number;
  readonly imaginary: number;
}

/** 1. */
export const one: Complex = { real: 1, imaginary: 0 };

/** Entry number `index` of a matrix, row by row, that is given as real and imaginary parts in turn. */
export function entry(matrix: readonly number[], index: number): Complex {
  return { real: matrix[2 * index] as number, imaginary: matrix[2 * index + 1] as number };
}

/** |c|². */
export function squared({ real, imaginary }: Complex): number {
  return real * real + imaginary * imaginary;
}

/** a · b. */
export function product(a: Complex, b: Complex): Complex {
  return {
    real: a.real * b.real - a.imaginary * b.imaginary,
    imaginary: a.real * b.imaginary + a.imaginary * b.real,
  };
}

/** The complex conjugate. */
export function conjugate({ real, imaginary }: Complex): Complex {
  return { real, imaginary: -imaginary };
}

/** c / |c|, for a c that is not 0. */
export function unit(c: Complex): Complex {
  const size = Math.sqrt(squared(c));
  return { real: c.real / size, imaginary: c.imaginary / size };
}

/** a / b. */
export function ratio(a: Complex, b: Complex): Complex {
  const size = squared(b);
  return {
    real: (a.real * b.real + a.imaginary * b.imaginary) / size,
    imaginary: (a.imaginary * b.real - a.real * b.imaginary) / size,
  };
}

/** Whether it is exactly 0. */
export function isZero({ real, imaginary }: Complex): boolean {
  return real === 0 && imaginary === 0;
}

/** Whether it is exactly 1. */
export function isOne({ real, imaginary }: Complex): boolean {
  return real === 1 && imaginary === 0;
}
