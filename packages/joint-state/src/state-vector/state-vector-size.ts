import { OperandError } from "../density-matrix/operand-error.ts";

/** The most qubits of a state vector: 2^24 complex amplitudes, 256 MiB. */
export const STATE_VECTOR_QUBITS_MAX = 24;

/** @throws OperandError unless a state vector can hold so many qubits */
export function requireSize(size: number): void {
  if (Number.isInteger(size) && size >= 0 && size <= STATE_VECTOR_QUBITS_MAX) return;
  const rule = `a state vector holds 0 to ${STATE_VECTOR_QUBITS_MAX} qubits`;
  throw new OperandError("too-many-qubits", "the number of qubits", size, rule);
}
