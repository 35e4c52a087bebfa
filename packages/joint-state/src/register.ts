import type { BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import type { DensityRegister } from "./density-matrix/density-register.ts";

/** How a register is represented. */
export type Engine = "pair" | "density-matrix";

/** The joint state of a few qubits that may be entangled with one another and with nothing else. */
export interface Register {
  readonly engine: Engine;

  /**
   * One qubit waits: amplitude damping towards |0⟩ and dephasing, both exact.
   * @param decay what `memoryDecay` gives for the wait: z is 1 − γ = e^(−t/T1), x is e^(−t/T2) with T2 total.
   */
  wait(position: number, decay: PauliEigenvalues): void;

  /** Applies X^x, then Z^z, to one qubit, without noise. */
  pauli(position: number, applied: BellIndex): void;

  /** Replaces one qubit by the maximally mixed state with this probability (p → (1 − p)ρ + p·I/2). */
  depolarise(position: number, probability: number): void;

  /** Traces one qubit out; its `register` becomes undefined. */
  discard(position: number): void;

  /**
   * ⟨B|ρ|B⟩ of two of the register's qubits after each has waited a little more; the register does not change.
   * With decays of 1 it is the fidelity now.
   */
  fidelity(
    first: number,
    second: number,
    index: BellIndex,
    firstDecay: PauliEigenvalues,
    secondDecay: PauliEigenvalues,
  ): number;

  /** The probability of reading 0 from one qubit in the Z basis, by a perfect instrument. */
  probabilityOfZero(position: number): number;

  /** The same state as a density matrix; the qubits move to the new register. */
  promote(): DensityRegister;
}
