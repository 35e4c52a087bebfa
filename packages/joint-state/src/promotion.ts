import { QUBITS_MAX } from "./density-matrix/density-matrix.ts";
import type { DensityRegister } from "./density-matrix/density-register.ts";
import { PairRegister } from "./pair/pair-register.ts";
import type { Qubit } from "./qubit.ts";
import type { Register } from "./register.ts";

/** How many qubits a register holds that still exist. */
export function sizeOf(register: Register): number {
  if (register instanceof PairRegister) return (register.first ? 1 : 0) + (register.second ? 1 : 0);
  return (register as DensityRegister).qubits.length;
}

/** Whether one density matrix can hold all that is entangled with either qubit. */
export function canJoin(first: Qubit, second: Qubit): boolean {
  const one = registerOf(first);
  const other = registerOf(second);
  return one === other || sizeOf(one) + sizeOf(other) <= QUBITS_MAX;
}

/** The qubit's register as a density matrix; promotes it when it is something else. */
export function promoted(qubit: Qubit): DensityRegister {
  return registerOf(qubit).promote();
}

/** One density matrix that holds both qubits. @throws Error beyond QUBITS_MAX; ask `canJoin` first. */
export function joined(first: Qubit, second: Qubit): DensityRegister {
  if (!canJoin(first, second)) throw new Error(`a register holds at most ${QUBITS_MAX} qubits`);
  const register = promoted(first);
  if (second.register !== register) register.absorb(promoted(second));
  return register;
}

/** The register of a qubit that exists. @throws Error when it is gone. */
export function registerOf(qubit: Qubit): Register {
  if (!qubit.register) throw new Error("the qubit is gone");
  return qubit.register;
}
