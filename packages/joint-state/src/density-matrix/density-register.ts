import type { Axis, BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import type { Chance } from "../chance.ts";
import type { Qubit } from "../qubit.ts";
import type { PauliWeights, Register } from "../register.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import type { Channel } from "./channel.ts";
import { DensityMatrix, QUBITS_MAX } from "./density-matrix.ts";
import type { Direction } from "./direction.ts";
import { factorsOf, productParts } from "./factors.ts";
import { OperandError, requireProbability } from "./operand-error.ts";
import type { Amplitudes } from "./pivoted-cholesky.ts";

/**
 * Any state of up to QUBITS_MAX qubits, as an exact density matrix. No operation draws: what a report hides is mixed.
 * Every operation refuses a wrong operand with an OperandError that names it; then the register is as it was.
 */
export class DensityRegister implements Register {
  /** By position. */
  readonly qubits: Qubit[];
  #matrix: DensityMatrix;

  /** @throws OperandError when the matrix describes another number of qubits. */
  constructor(qubits: Qubit[], matrix: DensityMatrix) {
    if (qubits.length !== matrix.qubits) {
      const rule = `a register holds as many as its matrix describes, ${matrix.qubits}`;
      throw new OperandError("wrong-size", "the number of qubits", qubits.length, rule);
    }
    this.qubits = qubits;
    this.#matrix = matrix;
    this.#renumber();
  }

  /** One fresh qubit in |0⟩. */
  static initialised(qubit: Qubit): DensityRegister {
    const matrix = new DensityMatrix(1);
    matrix.real[0] = 1;
    return new DensityRegister([qubit], matrix);
  }

  get engine(): "density-matrix" {
    return "density-matrix";
  }

  /** How many qubits it holds that still exist. */
  get size(): number {
    return this.qubits.length;
  }

  /** An exact state, not one sample of a mixture. */
  get isTrajectory(): false {
    return false;
  }

  /** Every operation of a register is exact here. */
  canWait(): true {
    return true;
  }

  canApply(): true {
    return true;
  }

  canApplyPair(): true {
    return true;
  }

  canControl(): true {
    return true;
  }

  /** The state itself, for reading. */
  get matrix(): DensityMatrix {
    return this.#matrix;
  }

  wait(position: number, decay: PauliEigenvalues): void {
    this.#matrix.wait(position, decay);
  }

  pauli(position: number, applied: BellIndex): void {
    this.#matrix.pauli(position, applied);
  }

  depolarise(position: number, probability: number): void {
    this.#matrix.depolarise(position, probability);
  }

  /** Replaces two qubits by the maximally mixed state with this probability. */
  depolarisePair(first: number, second: number, probability: number): void {
    this.#matrix.depolarisePair(first, second, probability);
  }

  /** Applies I, X, Y or Z with these probabilities, which sum to 1. */
  pauliChannel(position: number, weights: PauliWeights): void {
    this.#matrix.pauliChannel(position, weights);
  }

  /** Any channel of one or two qubits, given by its Kraus operators. */
  applyChannel(positions: readonly number[], channel: Channel): void {
    this.#matrix.applyChannel(positions, channel);
  }

  /** A one-qubit unitary, without noise. */
  apply(position: number, unitary: Matrix2): void {
    this.#matrix.apply(position, unitary);
  }

  /** A two-qubit unitary, without noise; the first qubit is the more significant one. */
  applyPair(first: number, second: number, unitary: Matrix4): void {
    this.#matrix.applyPair(first, second, unitary);
  }

  /** Controlled-X or controlled-Z, then two-qubit depolarising. */
  controlled(control: number, target: number, axis: "x" | "z", depolarising = 0): void {
    requireProbability("depolarising", depolarising);
    if (axis === "x") this.#matrix.controlledX(control, target);
    else this.#matrix.controlledZ(control, target);
    this.#matrix.depolarisePair(control, target, depolarising);
  }

  probabilityOfZero(position: number): number {
    return this.#matrix.probabilityOfZero(position);
  }

  /** The probability that a perfect measurement gives the state along this direction, and not its opposite. */
  probabilityAlong(position: number, along: Axis | Direction): number {
    return this.#matrix.probabilityAlong(position, along);
  }

  /**
   * Takes a qubit out after a Z measurement whose true outcomes have these weights given what was reported.
   * @throws OperandError when what was reported has probability 0.
   */
  collapse(position: number, weightOfZero: number, weightOfOne: number): void {
    this.#remove(position, this.#matrix.collapsed(position, weightOfZero, weightOfOne));
  }

  /** The same after a measurement along any direction; the outcome along it is 0. */
  collapseAlong(position: number, along: Axis | Direction, weightOfZero: number, weightOfOne: number): void {
    this.#remove(position, this.#matrix.collapsed(position, weightOfZero, weightOfOne, along));
  }

  discard(position: number): void {
    this.collapse(position, 1, 1);
  }

  fidelity(
    first: number,
    second: number,
    index: BellIndex,
    firstDecay: PauliEigenvalues,
    secondDecay: PauliEigenvalues,
  ): number {
    return this.#matrix.fidelity(first, second, index, firstDecay, secondDecay);
  }

  /** The state of some of the qubits, in the order given; a copy. */
  reduced(positions: readonly number[]): DensityMatrix {
    return this.#matrix.reduced(positions);
  }

  /** One pure state of an ensemble that is this register's state exactly, drawn with its probability. */
  sampleColumn(chance: Chance): Amplitudes {
    return this.#matrix.sampleColumn(chance);
  }

  promote(): DensityRegister {
    return this;
  }

  /**
   * Takes over all qubits of the other register, which is empty afterwards.
   * @throws OperandError when it is this register, or both hold more than QUBITS_MAX qubits together.
   */
  absorb(other: DensityRegister): void {
    if (other === this) {
      throw new OperandError("repeated", "other", "this register", "a register absorbs another one");
    }
    const size = this.size + other.size;
    if (size > QUBITS_MAX) {
      const rule = `a density matrix holds at most ${QUBITS_MAX} qubits`;
      throw new OperandError("too-many-qubits", "the number of qubits", size, rule);
    }
    this.#matrix = this.#matrix.tensor(other.#matrix);
    this.qubits.push(...other.qubits.splice(0));
    other.#matrix = emptied();
    this.#renumber();
  }

  /**
   * The finest split into groups of positions of which the state is the product, within 10⁻¹⁴ per entry.
   * One group of all positions: nothing can be split off.
   */
  factors(): number[][] {
    return factorsOf(this.#matrix);
  }

  /**
   * Moves qubits to a register of their own, if the state is a product of theirs and the rest's.
   * @param positions some, but not all, in the order of the new register
   * @returns the new register; undefined when they are correlated with the rest, and then nothing has changed.
   */
  splitOff(positions: readonly number[]): DensityRegister | undefined {
    if (positions.length === 0 || positions.length >= this.size) return undefined;
    const parts = productParts(this.#matrix, positions);
    if (!parts) return undefined;
    const moved = positions.map((position) => this.qubits[position] as Qubit);
    const kept = this.qubits.filter((qubit) => !moved.includes(qubit));
    this.qubits.splice(0, this.qubits.length, ...kept);
    this.#matrix = parts.rest;
    this.#renumber();
    return new DensityRegister(moved, parts.part);
  }

  #remove(position: number, rest: DensityMatrix): void {
    this.#matrix = rest;
    const [gone] = this.qubits.splice(position, 1);
    if (gone) gone.register = undefined;
    this.#renumber();
  }

  #renumber(): void {
    for (const [position, qubit] of this.qubits.entries()) {
      qubit.register = this;
      qubit.position = position;
    }
  }
}

/** The state of no qubits. */
function emptied(): DensityMatrix {
  const matrix = new DensityMatrix(0);
  matrix.real[0] = 1;
  return matrix;
}
