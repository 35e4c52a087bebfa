import { OPERAND_TOLERANCE, OperandError } from "./operand-error.ts";

/**
 * Refuses a matrix that is not unitary.
 * @param dimension 2 or 4
 * @throws OperandError when it has not 2·dimension² numbers, or U†U misses the identity by more than OPERAND_TOLERANCE.
 */
export function requireUnitary(operand: string, matrix: readonly number[], dimension: 2 | 4): void {
  requireLength(operand, matrix, dimension);
  const width = 2 * dimension;
  for (let left = 0; left < width; left += 2) {
    for (let right = left; right < width; right += 2) {
      let real = left === right ? -1 : 0;
      let imaginary = 0;
      for (let row = 0; row < matrix.length; row += width) {
        const leftReal = matrix[row + left] as number;
        const leftImaginary = matrix[row + left + 1] as number;
        const rightReal = matrix[row + right] as number;
        const rightImaginary = matrix[row + right + 1] as number;
        real += leftReal * rightReal + leftImaginary * rightImaginary;
        imaginary += leftReal * rightImaginary - leftImaginary * rightReal;
      }
      const missed = Math.abs(real) + Math.abs(imaginary);
      if (missed <= OPERAND_TOLERANCE) continue;
      const reason = Number.isNaN(missed) ? "not-a-number" : "not-unitary";
      const entry = `the entry (${left / 2}, ${right / 2}) of U†U − 1 for ${operand}`;
      throw new OperandError(reason, entry, missed, "a gate is a unitary matrix, so that U†U is the identity");
    }
  }
}

/**
 * Refuses a matrix of another size.
 * @throws OperandError when it has not 2·dimension² numbers.
 */
export function requireLength(operand: string, matrix: readonly number[], dimension: 2 | 4): void {
  const length = 2 * dimension * dimension;
  if (matrix.length === length) return;
  const rule = `a ${dimension}×${dimension} matrix is ${length} numbers, real and imaginary part of each entry in turn`;
  throw new OperandError("wrong-size", `the length of ${operand}`, matrix.length, rule);
}
