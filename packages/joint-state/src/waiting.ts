import type { PauliEigenvalues } from "@bellmesh/bell";
import { type Chance, undrawn } from "./chance.ts";
import { registerFor, registerOf, separate } from "./engine-choice.ts";
import type { Qubit } from "./qubit.ts";

/**
 * One qubit waits: amplitude damping towards |0⟩ and dephasing, both exact.
 * @param decay what `memoryDecay` gives for the wait: z is 1 − γ = e^(−t/T1), x is e^(−t/T2) with T2 total
 * @throws EmulatorLimitError when its register can hold no relaxation and no other can hold its register
 */
export function wait(qubit: Qubit, decay: PauliEigenvalues, chance: Chance = undrawn): void {
  let register = registerOf(qubit);
  if (register.canWait && !register.canWait(decay)) {
    const because = "one of its qubits relaxed";
    register = registerFor([qubit], { able: (one) => one.canWait?.(decay) ?? true, because }, chance);
  }
  register.wait(qubit.position, decay, chance);
}

/** Traces a qubit out; what that separates goes its own way. Does nothing to a qubit that is gone. */
export function discard(qubit: Qubit, chance: Chance = undrawn): void {
  const { register } = qubit;
  if (!register) return;
  register.discard(qubit.position, chance);
  separate(register);
}
