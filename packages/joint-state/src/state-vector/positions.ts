import { OperandError, reasonOf } from "../density-matrix/operand-error.ts";

/** Refuses what is no position in a register of this size. @throws OperandError naming the operand */
export function requirePosition(operand: string, position: number, size: number): void {
  if (Number.isInteger(position) && position >= 0 && position < size) return;
  const rule = size === 0 ? "no qubit is left" : `positions are the whole numbers from 0 to ${size - 1}`;
  throw new OperandError(reasonOf(position), operand, position, rule);
}

/** Refuses positions of which one is not in the register, or two are the same. @throws OperandError */
export function requireDistinct(operands: readonly string[], positions: readonly number[], size: number): void {
  for (let place = 0; place < positions.length; place += 1) {
    const position = positions[place] as number;
    const operand = operands[place] ?? `positions[${place}]`;
    requirePosition(operand, position, size);
    if (positions.indexOf(position) < place) {
      throw new OperandError("repeated", operand, position, "the qubits of one operation are different");
    }
  }
}
