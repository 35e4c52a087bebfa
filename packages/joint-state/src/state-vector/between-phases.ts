import { type Complex, conjugate, product } from "./complex.ts";

/**
 * A matrix, row by row, as it acts on amplitudes before phases that wait: Φ† U Φ with Φ = diag(phases). The diagonal
 * stays as it is, to the bit.
 * @param phases one of each row; their moduli are 1
 */
export function betweenPhases(matrix: readonly Complex[], phases: readonly Complex[]): readonly Complex[] {
  const { length } = phases;
  return matrix.map((entry, index) => {
    const [row, column] = [Math.floor(index / length), index % length];
    if (row === column) return entry;
    return product(product(conjugate(phases[row] as Complex), entry), phases[column] as Complex);
  });
}
