import type { Axis, BellIndex, BellWeights, PauliEigenvalues } from "@bellmesh/bell";
import type { Chance } from "../chance.ts";
import { fidelityAfterWaiting } from "../correlations.ts";
import { DensityMatrix, QUBITS_MAX } from "../density-matrix/density-matrix.ts";
import { DensityRegister } from "../density-matrix/density-register.ts";
import { requireUnitary } from "../density-matrix/gate-check.ts";
import {
  OperandError,
  requireDecay,
  requireProbabilities,
  requireProbability,
} from "../density-matrix/operand-error.ts";
import type { Amplitudes } from "../density-matrix/pivoted-cholesky.ts";
import { EmulatorLimitError } from "../emulator-limit-error.ts";
import type { Qubit } from "../qubit.ts";
import type { PauliWeights, Register } from "../register.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { factorsOf, productParts, splitOne } from "./canonical-form.ts";
import { cliffordOf, cliffordOfPair } from "./clifford-map.ts";
import { expectation, measure, project, remove } from "./pauli-measurement.ts";
import type { PauliFactor } from "./pauli-string.ts";
import { reducedState } from "./reduced-state.ts";
import { drawnAmong, drawnPauli } from "./sampled-pauli.ts";
import { amplitudesOf, writeAmplitudes } from "./stabilizer-amplitudes.ts";
import { Tableau } from "./tableau.ts";

/**
 * A stabilizer state of up to STABILIZER_QUBITS_MAX qubits: Clifford gates and measurements are exact, Pauli noise is
 * drawn, one Pauli for each place where an exact engine mixes. Once something was drawn of which nobody was told, the
 * register is one sample of a mixture.
 * When a qubit goes, the last one takes its position.
 * Every operation refuses a wrong operand with an OperandError that names it; then the register is as it was.
 */
export class StabilizerRegister implements Register {
  /** By position. */
  readonly qubits: Qubit[];
  #tableau: Tableau;
  #isTrajectory: boolean;

  /**
   * @param tableau becomes the register's own
   * @param isTrajectory whether it is one sample of a mixture
   * @throws OperandError when the tableau describes another number of qubits
   */
  constructor(qubits: Qubit[], tableau: Tableau, isTrajectory: boolean) {
    if (qubits.length !== tableau.size) {
      const rule = `a register holds as many as its tableau describes, ${tableau.size}`;
      throw new OperandError("wrong-size", "the number of qubits", qubits.length, rule);
    }
    this.qubits = qubits;
    this.#tableau = tableau;
    this.#isTrajectory = isTrajectory;
    this.#takeFrom(0);
  }

  /** One fresh qubit in |0⟩. */
  static initialised(qubit: Qubit): StabilizerRegister {
    return new StabilizerRegister([qubit], Tableau.zeros(1), false);
  }

  /**
   * A Bell-diagonal pair: which Bell state it is, is drawn.
   * @param weights in k = 2z + x order @throws OperandError when they are no probabilities that sum to 1
   */
  static bellPair(first: Qubit, second: Qubit, weights: BellWeights, chance: Chance): StabilizerRegister {
    requireProbabilities("weights", weights);
    const index = drawnAmong(weights, chance);
    const tableau = Tableau.zeros(2);
    tableau.h(0);
    tableau.cx(0, 1);
    if (index & 1) tableau.x(1);
    if (index & 2) tableau.z(1);
    return new StabilizerRegister([first, second], tableau, !weights.includes(1));
  }

  get engine(): "stabilizer" {
    return "stabilizer";
  }

  /** How many qubits it holds that still exist. */
  get size(): number {
    return this.qubits.length;
  }

  /** Whether something was drawn of which nobody was told. */
  get isTrajectory(): boolean {
    return this.#isTrajectory;
  }

  /** The state itself, for reading. */
  get tableau(): Tableau {
    return this.#tableau;
  }

  /** A stabilizer state can lose phase, not energy: only while T1 is infinite. */
  canWait(decay: PauliEigenvalues): boolean {
    return decay.z === 1;
  }

  /** Clifford gates only. */
  canApply(gate: Matrix2): boolean {
    return cliffordOf(gate) !== undefined;
  }

  /** Clifford gates only. */
  canApplyPair(gate: Matrix4): boolean {
    return cliffordOfPair(gate) !== undefined;
  }

  canControl(): true {
    return true;
  }

  /** Dephasing: Z with probability ½(1 − e^(−t/T2)). @throws OperandError when T1 is finite: ask `canWait` first. */
  wait(position: number, decay: PauliEigenvalues, chance: Chance): void {
    requireDecay("decay", decay);
    if (!this.canWait(decay)) {
      const rule = "a stabilizer state does not relax, so T1 is infinite here; ask canWait first";
      throw new OperandError("outside-range", "decay.z", decay.z, rule);
    }
    const flipped = Math.max(0, (1 - decay.x) / 2);
    this.pauliChannel(position, [1 - flipped, 0, 0, flipped], chance);
  }

  pauli(position: number, applied: BellIndex): void {
    this.#tableau.column("position", position);
    if (applied.x) this.#tableau.x(position);
    if (applied.z) this.#tableau.z(position);
  }

  depolarise(position: number, probability: number, chance: Chance): void {
    this.#tableau.column("position", position);
    requireProbability("probability", probability);
    this.#applyDrawn(position, drawnPauli(probability, 4, chance));
    this.#isTrajectory ||= probability > 0;
  }

  depolarisePair(first: number, second: number, probability: number, chance: Chance): void {
    this.#tableau.column("first", first);
    this.#tableau.otherColumn("second", second, first);
    requireProbability("probability", probability);
    const drawn = drawnPauli(probability, 16, chance);
    this.#applyDrawn(first, drawn >> 2);
    this.#applyDrawn(second, drawn & 3);
    this.#isTrajectory ||= probability > 0;
  }

  pauliChannel(position: number, weights: PauliWeights, chance: Chance): void {
    this.#tableau.column("position", position);
    requireProbabilities("weights", weights);
    const drawn = drawnAmong(weights, chance);
    // I, X, Y, Z by 2z + x: the last two change places.
    this.#applyDrawn(position, drawn ^ (drawn >> 1));
    this.#isTrajectory ||= !weights.includes(1);
  }

  /** A Clifford gate. @throws OperandError when it is not unitary, or not Clifford: ask `canApply` first. */
  apply(position: number, gate: Matrix2): void {
    const map = cliffordOf(gate);
    if (!map) refuse(gate, 2);
    this.#tableau.one(position, map);
  }

  /** A Clifford gate. @throws OperandError when it is not unitary, or not Clifford: ask `canApplyPair` first. */
  applyPair(first: number, second: number, gate: Matrix4): void {
    const map = cliffordOfPair(gate);
    if (!map) refuse(gate, 4);
    this.#tableau.two(first, second, map);
  }

  controlled(control: number, target: number, axis: "x" | "z"): void {
    if (axis === "x") this.#tableau.cx(control, target);
    else this.#tableau.cz(control, target);
  }

  probabilityOfZero(position: number): number {
    return (1 + expectation(this.#tableau, [{ position, axis: "z" }])) / 2;
  }

  /** The expectation value of a Pauli string. */
  expectation(pauli: readonly PauliFactor[]): -1 | 0 | 1 {
    return expectation(this.#tableau, pauli);
  }

  /** Measures a Pauli string and tells: whether the eigenvalue −1 was found. Draws only when it is not certain. */
  measure(pauli: readonly PauliFactor[], chance: Chance): boolean {
    return measure(this.#tableau, pauli, chance);
  }

  /** Measures a Pauli string with an outcome given beforehand, and gives its probability: ½ or 1. */
  project(pauli: readonly PauliFactor[], outcome: boolean): 0.5 | 1 {
    return project(this.#tableau, pauli, outcome);
  }

  /** @throws OperandError when what was reported has probability 0. */
  collapse(position: number, keepZero: number, keepOne: number, chance: Chance): void {
    const zero = this.probabilityOfZero(position);
    requireProbability("keepZero", keepZero);
    requireProbability("keepOne", keepOne);
    const reported = zero * keepZero + (1 - zero) * keepOne;
    if (!(reported > 0)) {
      const rule = "what was reported has probability 0 in this state";
      throw new OperandError("impossible-outcome", "the weight of the outcome", reported, rule);
    }
    const oneGivenReport = ((1 - zero) * keepOne) / reported;
    const hidden = oneGivenReport > 0 && oneGivenReport < 1;
    const outcome = hidden ? chance.uniform() < oneGivenReport : oneGivenReport === 1;
    project(this.#tableau, [{ position, axis: "z" }], outcome);
    remove(this.#tableau, position);
    this.#isTrajectory ||= hidden;
    this.#forget(position);
  }

  /** A measurement that nobody hears of; nothing is drawn for a qubit that is entangled with nothing. */
  discard(position: number, chance: Chance): void {
    if (this.#splitOne(position)) return;
    this.collapse(position, 1, 1, chance);
  }

  fidelity(
    first: number,
    second: number,
    index: BellIndex,
    firstDecay: PauliEigenvalues,
    secondDecay: PauliEigenvalues,
  ): number | undefined {
    this.#tableau.column("first", first);
    this.#tableau.otherColumn("second", second, first);
    requireDecay("firstDecay", firstDecay);
    requireDecay("secondDecay", secondDecay);
    if (this.#isTrajectory) return undefined;
    const both = (axis: Axis): number =>
      this.expectation([
        { position: first, axis },
        { position: second, axis },
      ]);
    const zFirst = this.expectation([{ position: first, axis: "z" }]);
    const zSecond = this.expectation([{ position: second, axis: "z" }]);
    return fidelityAfterWaiting(both("x"), both("y"), both("z"), zFirst, zSecond, index, firstDecay, secondDecay);
  }

  /** ρ of up to REDUCED_QUBITS_MAX qubits; of a trajectory, that of this sample. */
  reduced(positions: readonly number[]): DensityMatrix {
    return reducedState(this.#tableau, positions);
  }

  /** The amplitudes of up to 24 qubits, for a state vector to take over; the global phase is arbitrary. */
  amplitudes(): Amplitudes {
    return amplitudesOf(this.#tableau);
  }

  /** The same, written where a state vector has its room. @throws OperandError as `amplitudes` does */
  writeAmplitudes(into: Float64Array): void {
    writeAmplitudes(this.#tableau, into);
  }

  promote(): DensityRegister {
    if (this.#isTrajectory) throw new EmulatorLimitError(this.size, "exactly: it is one sample of a mixture");
    if (this.size > QUBITS_MAX) throw new EmulatorLimitError(this.size, "exactly");
    const matrix = DensityMatrix.ofAmplitudes(this.amplitudes());
    return new DensityRegister(this.#emptied(), matrix);
  }

  /** Adds a fresh qubit in |0⟩ at the last position. @throws OperandError beyond STABILIZER_QUBITS_MAX */
  grow(qubit: Qubit): void {
    this.#tableau.grow(1);
    this.qubits.push(qubit);
    this.#takeFrom(this.size - 1);
  }

  /**
   * Takes over all qubits of the other register, which is empty afterwards.
   * @throws OperandError when it is this register, or both hold more than STABILIZER_QUBITS_MAX qubits together.
   */
  absorb(other: StabilizerRegister): void {
    this.#tableau.absorb(other.#tableau);
    const before = this.size;
    this.#isTrajectory ||= other.#isTrajectory;
    this.qubits.push(...other.#emptied());
    this.#takeFrom(before);
  }

  /** The finest split into groups of positions of which the state is the product. */
  factors(): number[][] {
    return factorsOf(this.#tableau);
  }

  /**
   * Moves qubits to a register of their own, if the state is a product of theirs and the rest's.
   * Positions of the rest change: one qubit's is taken by the last; of several, the rest keeps its order.
   * @param positions some different ones, but not all, in the order of the new register
   * @returns the new register; undefined when they are entangled with the rest, and then nothing has changed.
   */
  splitOff(positions: readonly number[]): StabilizerRegister | undefined {
    if (positions.length === 0 || positions.length >= this.size) return undefined;
    const moved = positions.map((position) => this.qubits[position] as Qubit);
    const isTrajectory = this.#isTrajectory;
    if (positions.length === 1) {
      const single = this.#splitOne(positions[0] as number);
      return single && new StabilizerRegister(moved, single, isTrajectory);
    }
    const parts = productParts(this.#tableau, positions);
    if (!parts) return undefined;
    const kept = this.qubits.filter((_, position) => !positions.includes(position));
    this.qubits.splice(0, this.size, ...kept);
    this.#tableau = parts.rest;
    this.#takeFrom(0);
    return new StabilizerRegister(moved, parts.part, isTrajectory);
  }

  #splitOne(position: number): Tableau | undefined {
    const single = splitOne(this.#tableau, position);
    if (single) this.#forget(position);
    return single;
  }

  /** A Pauli by 2z + x. */
  #applyDrawn(position: number, drawn: number): void {
    if (drawn & 1) this.#tableau.x(position);
    if (drawn & 2) this.#tableau.z(position);
  }

  /** The qubit at a position is gone, and the last one is in its place. */
  #forget(position: number): void {
    const gone = this.qubits[position] as Qubit;
    const last = this.qubits.pop() as Qubit;
    gone.register = undefined;
    if (last === gone) return;
    this.qubits[position] = last;
    last.position = position;
  }

  #emptied(): Qubit[] {
    this.#tableau = Tableau.zeros(0);
    return this.qubits.splice(0);
  }

  #takeFrom(first: number): void {
    for (let position = first; position < this.qubits.length; position += 1) {
      const qubit = this.qubits[position] as Qubit;
      qubit.register = this;
      qubit.position = position;
    }
  }
}

/** Says what is wrong with a gate that is no Clifford gate. */
function refuse(gate: readonly number[], dimension: 2 | 4): never {
  requireUnitary("gate", gate, dimension);
  const rule = "a stabilizer state takes Clifford gates; ask canApply first, and use another engine";
  throw new OperandError("outside-range", "gate", `[${gate.join(", ")}]`, rule);
}
