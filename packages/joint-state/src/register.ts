import type { Axis, BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import type { Chance } from "./chance.ts";
import type { DensityMatrix } from "./density-matrix/density-matrix.ts";
import type { DensityRegister } from "./density-matrix/density-register.ts";
import type { Qubit } from "./qubit.ts";
import type { Matrix2, Matrix4 } from "./unitary.ts";

/** How a register is represented. */
export type Engine = "pair" | "density-matrix" | "stabilizer" | "state-vector";

/** Probabilities of I, X, Y, Z, in this order. */
export type PauliWeights = readonly [number, number, number, number];

/**
 * The joint state of a few qubits that may be entangled with one another and with nothing else.
 *
 * An engine does an operation exactly or not at all: where one of its `can…` predicates says no, the register is taken
 * over by a stronger engine first (`engine-choice.ts`); a predicate that is absent would always say yes.
 * Nothing is ever twirled or rounded to fit.
 *
 * A trajectory engine is exact on average: it holds one pure sample of the mixture and draws from `chance` wherever an
 * exact engine mixes; an exact engine draws nothing. Positions are indices into `qubits`.
 */
export interface Register {
  readonly engine: Engine;
  /** Qubits that still exist. */
  readonly size: number;
  /** One sample of a mixture: its probabilities are conditional on draws that nobody was told of. */
  readonly isTrajectory: boolean;
  /** By position; undefined at a place whose qubit is gone and whose position is not used again. */
  readonly qubits: readonly (Qubit | undefined)[];

  /** Whether `wait` is exact for this decay: a stabilizer state cannot relax. */
  canWait?(decay: PauliEigenvalues): boolean;
  canApply?(gate: Matrix2): boolean;
  canApplyPair?(gate: Matrix4): boolean;
  /** Whether controlled gates, of which both operands are here, are exact: a pair would leave its form. */
  canControl?(axis: "x" | "z"): boolean;

  /**
   * One qubit waits: amplitude damping towards |0⟩ and dephasing, both exact.
   * @param decay what `memoryDecay` gives for the wait: z is 1 − γ = e^(−t/T1), x is e^(−t/T2) with T2 total
   */
  wait(position: number, decay: PauliEigenvalues, chance: Chance): void;

  /** Applies X^x, then Z^z, to one qubit, without noise. */
  pauli(position: number, applied: BellIndex): void;

  /** Replaces one qubit by the maximally mixed state with this probability (p → (1 − p)ρ + p·I/2). */
  depolarise(position: number, probability: number, chance: Chance): void;

  /** Replaces two qubits by the maximally mixed state with this probability (p → (1 − p)ρ + p·I/4). */
  depolarisePair(first: number, second: number, probability: number, chance: Chance): void;

  /** Applies one Pauli of I, X, Y, Z with these probabilities. */
  pauliChannel(position: number, weights: PauliWeights, chance: Chance): void;

  /** A one-qubit unitary, without noise. */
  apply(position: number, gate: Matrix2): void;

  /** A two-qubit unitary, without noise; the first qubit is the more significant. */
  applyPair(first: number, second: number, gate: Matrix4): void;

  /** Controlled-X or controlled-Z, without noise. */
  controlled(control: number, target: number, axis: "x" | "z"): void;

  /** The probability of reading 0 from one qubit in the Z basis, by a perfect instrument. */
  probabilityOfZero(position: number): number;

  /**
   * Takes a qubit out after a Z measurement whose true outcomes have these weights given what was reported: mixed where
   * the engine is exact, drawn in a trajectory. Its `register` becomes undefined.
   */
  collapse(position: number, keepZero: number, keepOne: number, chance: Chance): void;

  /**
   * The same along any direction; absent where a turn into Z has to come first. The outcome along it is 0.
   * Only exact engines have it, so nothing is drawn.
   */
  collapseAlong?(position: number, along: Axis, keepZero: number, keepOne: number): void;
  probabilityAlong?(position: number, along: Axis): number;

  /** Traces one qubit out; its `register` becomes undefined. */
  discard(position: number, chance: Chance): void;

  /**
   * ⟨B|ρ|B⟩ of two of the register's qubits after each has waited a little more; the register does not change.
   * With decays of 1 it is the fidelity now. Undefined for a trajectory: one sample has none.
   */
  fidelity(
    first: number,
    second: number,
    index: BellIndex,
    firstDecay: PauliEigenvalues,
    secondDecay: PauliEigenvalues,
  ): number | undefined;

  /** ρ of these qubits in this order, the others traced out; for dumps, and for samples of a trajectory's fidelity. */
  reduced(positions: readonly number[]): DensityMatrix;

  /**
   * The same state as a density matrix; the qubits move to the new register.
   * @throws EmulatorLimitError when it is too large, or a sample of a mixture.
   */
  promote(): DensityRegister;
}
