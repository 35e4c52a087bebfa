import type { DensityMatrix } from "@bellmesh/joint-state";
import type { FlatMatrix } from "./complex-matrix.ts";

/** ρ → UρU† with U acting on two qubits, `first` being U's leftmost. */
export function applyTwo(state: DensityMatrix, matrix: FlatMatrix, first: number, second: number): void {
  const { dimension, qubits } = state;
  const [high, low] = [1 << (qubits - 1 - first), 1 << (qubits - 1 - second)];
  const conjugate = matrix.map((part, at) => (at % 2 === 0 ? part : -part));
  applyToEntries(state, matrix, high * dimension, low * dimension);
  applyToEntries(state, conjugate, high, low);
}

/** Transforms every four entries that differ in these two bits of their number. */
function applyToEntries({ real, imaginary }: DensityMatrix, matrix: FlatMatrix, high: number, low: number): void {
  for (let entry = 0; entry < real.length; entry += 1) {
    if ((entry & (high | low)) !== 0) continue;
    const places = [entry, entry | low, entry | high, entry | high | low];
    const before = places.map((place) => [real[place] as number, imaginary[place] as number] as const);
    for (const [row, place] of places.entries()) {
      let [sumReal, sumImaginary] = [0, 0];
      for (const [column, [r, i]] of before.entries()) {
        const at = 2 * (4 * row + column);
        const [ur, ui] = [matrix[at] as number, matrix[at + 1] as number];
        sumReal += ur * r - ui * i;
        sumImaginary += ur * i + ui * r;
      }
      real[place] = sumReal;
      imaginary[place] = sumImaginary;
    }
  }
}
