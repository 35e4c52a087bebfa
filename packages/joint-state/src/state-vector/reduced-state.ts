import { DensityMatrix } from "../density-matrix/density-matrix.ts";
import { OperandError } from "../density-matrix/operand-error.ts";
import { numbersOf, spreadOver } from "./basis-numbers.ts";

/** The most qubits whose ρ is given. */
export const REDUCED_QUBITS_MAX = 4;

/**
 * ρ of some qubits of a pure state, the others traced out.
 * @param amplitudes real and imaginary parts in turn, of squared norm 1
 * @param bits which bit of an amplitude's number each position is
 * @throws OperandError for more than REDUCED_QUBITS_MAX qubits
 */
export function reducedState(
  amplitudes: Float64Array,
  bits: readonly number[],
  positions: readonly number[],
): DensityMatrix {
  if (positions.length > REDUCED_QUBITS_MAX) {
    const rule = `a reduced state has at most ${REDUCED_QUBITS_MAX} qubits`;
    throw new OperandError("too-many-qubits", "the number of positions", positions.length, rule);
  }
  const { own, others } = numbersOf(bits, positions);
  const matrix = new DensityMatrix(positions.length);
  const { dimension, real, imaginary } = matrix;
  const rest = amplitudes.length / 2 / dimension;
  for (let index = 0; index < rest; index += 1) {
    const base = spreadOver(index, others);
    for (let row = 0; row < dimension; row += 1) {
      const a = 2 * (base + (own[row] as number));
      const [aReal, aImaginary] = [amplitudes[a] as number, amplitudes[a + 1] as number];
      for (let column = 0; column <= row; column += 1) {
        const b = 2 * (base + (own[column] as number));
        const [bReal, bImaginary] = [amplitudes[b] as number, amplitudes[b + 1] as number];
        const at = row * dimension + column;
        real[at] = (real[at] as number) + aReal * bReal + aImaginary * bImaginary;
        imaginary[at] = (imaginary[at] as number) + aImaginary * bReal - aReal * bImaginary;
      }
    }
  }
  for (let row = 0; row < dimension; row += 1) {
    for (let column = 0; column < row; column += 1) {
      real[column * dimension + row] = real[row * dimension + column] as number;
      imaginary[column * dimension + row] = -(imaginary[row * dimension + column] as number);
    }
  }
  return matrix;
}
