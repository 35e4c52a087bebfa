import type { BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import type { Qubit } from "../qubit.ts";
import type { Register } from "../register.ts";
import { DensityMatrix, type Matrix2 } from "./density-matrix.ts";

/** The most qubits one register can hold: a density matrix of 4^6 complex entries. */
export const QUBITS_MAX = 6;

/** Any state of up to QUBITS_MAX qubits, as an exact density matrix. */
export class DensityRegister implements Register {
  /** By position. */
  readonly qubits: Qubit[];
  #matrix: DensityMatrix;

  constructor(qubits: Qubit[], matrix: DensityMatrix) {
    if (qubits.length !== matrix.qubits) throw new Error("a register holds as many qubits as its matrix describes");
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
    if (first === second) throw new Error("a pair has two different halves");
    return this.#matrix.fidelity(first, second, index, firstDecay, secondDecay);
  }

  probabilityOfZero(position: number): number {
    return this.#matrix.probabilityOfZero(position);
  }

  promote(): DensityRegister {
    return this;
  }

  /** A one-qubit unitary, without noise. */
  apply(position: number, unitary: Matrix2): void {
    this.#matrix.apply(position, unitary);
  }

  /** Controlled-X or controlled-Z, then two-qubit depolarising. */
  controlled(control: number, target: number, axis: "x" | "z", depolarising: number): void {
    if (axis === "x") this.#matrix.controlledX(control, target);
    else this.#matrix.controlledZ(control, target);
    this.#matrix.depolariseTwo(control, target, depolarising);
  }

  /** Takes a qubit out after a Z measurement whose true outcomes have these weights given what was reported. */
  collapse(position: number, weightOfZero: number, weightOfOne: number): void {
    this.#matrix = this.#matrix.collapsed(position, weightOfZero, weightOfOne);
    const [gone] = this.qubits.splice(position, 1);
    if (gone) gone.register = undefined;
    this.#renumber();
  }

  /** Takes over all qubits of the other register, which is empty afterwards. */
  absorb(other: DensityRegister): void {
    this.#matrix = this.#matrix.tensor(other.#matrix);
    this.qubits.push(...other.qubits.splice(0));
    this.#renumber();
  }

  #renumber(): void {
    for (const [position, qubit] of this.qubits.entries()) {
      qubit.register = this;
      qubit.position = position;
    }
  }
}
