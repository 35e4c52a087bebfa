import type { Matrix2, Matrix4 } from "../unitary.ts";
import { entry, isOne, isZero } from "./complex.ts";

/**
 * The unitary applied where one qubit is 1, if that is all that the matrix does.
 * @param off the rows where the qubit is 0; @param on those where it is 1
 */
export function controlledBlock(unitary: Matrix4, off: readonly number[], on: readonly number[]): Matrix2 | undefined {
  const at = (row: number, column: number) => entry(unitary, 4 * row + column);
  const isIdentity = off.every((row) => isOne(at(row, row)));
  const isApart = [0, 1, 2, 3].every((row) =>
    [0, 1, 2, 3].every(
      (column) => row === column || (on.includes(row) && on.includes(column)) || isZero(at(row, column)),
    ),
  );
  if (!isIdentity || !isApart) return undefined;
  const [zero = 0, one = 0] = on;
  const [a, b, c, d] = [at(zero, zero), at(zero, one), at(one, zero), at(one, one)];
  return [a.real, a.imaginary, b.real, b.imaginary, c.real, c.imaginary, d.real, d.imaginary];
}

/** Whether all entries off the diagonal are exactly 0. */
export function isDiagonal(unitary: Matrix4): boolean {
  return [0, 1, 2, 3].every((row) =>
    [0, 1, 2, 3].every((column) => row === column || isZero(entry(unitary, 4 * row + column))),
  );
}

/** Whether it exchanges the two qubits, exactly. */
export function isSwap(unitary: Matrix4): boolean {
  return [0, 2, 1, 3].every((column, row) => isOne(entry(unitary, 4 * row + column)));
}
