import type { Axis } from "@bellmesh/bell";
import { OperandError } from "../density-matrix/operand-error.ts";

/** X, Y or Z of one qubit. A list of them on different qubits is their product, a Pauli string. */
export interface PauliFactor {
  readonly position: number;
  readonly axis: Axis;
}

/** A Pauli string from letters, one a qubit from position 0 on, such as "XIZ". @throws OperandError */
export function pauliString(letters: string): PauliFactor[] {
  const factors: PauliFactor[] = [];
  for (const [position, letter] of [...letters].entries()) {
    if (letter === "I") continue;
    if (letter !== "X" && letter !== "Y" && letter !== "Z") {
      throw new OperandError(
        "outside-range",
        `letter ${position}`,
        letter,
        "a Pauli string has the letters I, X, Y, Z",
      );
    }
    factors.push({ position, axis: letter === "X" ? "x" : letter === "Y" ? "y" : "z" });
  }
  return factors;
}
