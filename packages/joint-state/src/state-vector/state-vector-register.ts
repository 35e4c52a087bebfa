import type { BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import type { Chance } from "../chance.ts";
import { DensityMatrix, QUBITS_MAX } from "../density-matrix/density-matrix.ts";
import { DensityRegister } from "../density-matrix/density-register.ts";
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
import { drawnAmong, drawnPauli } from "../stabilizer/sampled-pauli.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { requireDistinct, requirePosition } from "./positions.ts";
import { StateVector } from "./state-vector.ts";

/** Both take effect only on states so large that they are done sooner for it. */
const options = { fusion: true, severalThreads: true } as const;

/**
 * A pure state of up to STATE_VECTOR_QUBITS_MAX qubits: any gate and measurement is exact, noise is drawn. Averaged
 * over what is drawn it is the channel exactly, damping too, whose jumps are drawn with the probability that the state
 * gives them (Dalibard, Castin & Mølmer 1992). Once something was drawn of which nobody was told, the register is one
 * sample of a mixture. When a qubit goes, those after it move up by one position.
 * Every operation refuses a wrong operand with an OperandError that names it; then the register is as it was.
 */
export class StateVectorRegister implements Register {
  /** By position. */
  readonly qubits: Qubit[];
  #state: StateVector;
  #isTrajectory: boolean;

  /**
   * @param state becomes the register's own
   * @param isTrajectory whether it is one sample of a mixture
   * @throws OperandError when the state has another number of qubits
   */
  constructor(qubits: Qubit[], state: StateVector, isTrajectory: boolean) {
    if (qubits.length !== state.size) {
      const rule = `a register holds as many as its state has, ${state.size}`;
      throw new OperandError("wrong-size", "the number of qubits", qubits.length, rule);
    }
    this.qubits = qubits;
    this.#state = state;
    this.#isTrajectory = isTrajectory;
    this.#renumber();
  }

  /** One fresh qubit in |0⟩. */
  static initialised(qubit: Qubit): StateVectorRegister {
    return new StateVectorRegister([qubit], new StateVector(1, options), false);
  }

  /**
   * Qubits in a state given by its amplitudes, as another engine has them.
   * @param isTrajectory whether it was drawn, or is a sample of a mixture already
   */
  static ofAmplitudes(qubits: Qubit[], amplitudes: Amplitudes, isTrajectory: boolean): StateVectorRegister {
    return new StateVectorRegister(qubits, StateVector.ofAmplitudes(amplitudes, options), isTrajectory);
  }

  /** Qubits in a state that another engine writes where it will stand; see `StateVector.written`. */
  static written(qubits: Qubit[], write: (into: Float64Array) => void, isTrajectory: boolean): StateVectorRegister {
    return new StateVectorRegister(qubits, StateVector.written(qubits.length, write, options), isTrajectory);
  }

  get engine(): "state-vector" {
    return "state-vector";
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
  get state(): StateVector {
    return this.#state;
  }

  /**
   * Amplitude damping with γ = 1 − z, then Z with probability ½(1 − x/√z). The jump has probability γ·P(1), which is
   * worked out only when the draw is below γ; otherwise the qubit has not jumped, whatever P(1) is, and its |1⟩ fades.
   */
  wait(position: number, decay: PauliEigenvalues, chance: Chance): void {
    requirePosition("position", position, this.size);
    requireDecay("decay", decay);
    const left = Math.sqrt(decay.z);
    const damping = 1 - decay.z;
    if (damping > 0 && this.#jumps(position, damping, chance)) return;
    const flipped = left > 0 ? Math.max(0, (1 - decay.x / left) / 2) : 0;
    const sign = flipped > 0 && chance.uniform() < flipped ? -1 : 1;
    this.#state.weaken(position, sign * left);
    this.#isTrajectory ||= damping > 0 || flipped > 0;
  }

  pauli(position: number, applied: BellIndex): void {
    this.#state.pauli(position, applied);
  }

  depolarise(position: number, probability: number, chance: Chance): void {
    requirePosition("position", position, this.size);
    requireProbability("probability", probability);
    if (probability === 0) return;
    this.#applyDrawn(position, drawnPauli(probability, 4, chance));
    this.#isTrajectory = true;
  }

  depolarisePair(first: number, second: number, probability: number, chance: Chance): void {
    requireDistinct(["first", "second"], [first, second], this.size);
    requireProbability("probability", probability);
    if (probability === 0) return;
    const drawn = drawnPauli(probability, 16, chance);
    this.#applyDrawn(first, drawn >> 2);
    this.#applyDrawn(second, drawn & 3);
    this.#isTrajectory = true;
  }

  pauliChannel(position: number, weights: PauliWeights, chance: Chance): void {
    requirePosition("position", position, this.size);
    requireProbabilities("weights", weights);
    const drawn = drawnAmong(weights, chance);
    // I, X, Y, Z by 2z + x: the last two change places.
    this.#applyDrawn(position, drawn ^ (drawn >> 1));
    this.#isTrajectory ||= !weights.includes(1);
  }

  apply(position: number, gate: Matrix2): void {
    this.#state.apply(position, gate);
  }

  applyPair(first: number, second: number, gate: Matrix4): void {
    this.#state.applyPair(first, second, gate);
  }

  controlled(control: number, target: number, axis: "x" | "z"): void {
    this.#state.controlled(control, target, axis);
  }

  probabilityOfZero(position: number): number {
    return this.#state.probabilityOfZero(position);
  }

  /** @throws OperandError when what was reported has probability 0. */
  collapse(position: number, keepZero: number, keepOne: number, chance: Chance): void {
    requirePosition("position", position, this.size);
    requireProbability("keepZero", keepZero);
    requireProbability("keepOne", keepOne);
    const zero = this.#state.probabilityOfZero(position);
    const reported = zero * keepZero + (1 - zero) * keepOne;
    if (!(reported > 0)) {
      const rule = "what was reported has probability 0 in this state";
      throw new OperandError("impossible-outcome", "the weight of the outcome", reported, rule);
    }
    const oneGivenReport = ((1 - zero) * keepOne) / reported;
    const isHidden = oneGivenReport > 0 && oneGivenReport < 1;
    const outcome = isHidden ? chance.uniform() < oneGivenReport : oneGivenReport === 1;
    this.#state.project(position, outcome);
    this.#isTrajectory ||= isHidden;
    this.#forget([position]);
  }

  /** A measurement that nobody hears of; where nothing was drawn yet, nothing is for a qubit entangled with nothing. */
  discard(position: number, chance: Chance): void {
    requirePosition("position", position, this.size);
    const alone = this.#isTrajectory ? undefined : this.#state.splitOff([position]);
    if (!alone) {
      this.collapse(position, 1, 1, chance);
      return;
    }
    alone.release();
    this.#forget([position]);
  }

  fidelity(
    first: number,
    second: number,
    index: BellIndex,
    firstDecay: PauliEigenvalues,
    secondDecay: PauliEigenvalues,
  ): number | undefined {
    requireDistinct(["first", "second"], [first, second], this.size);
    requireDecay("firstDecay", firstDecay);
    requireDecay("secondDecay", secondDecay);
    if (this.#isTrajectory) return undefined;
    return this.reduced([first, second]).fidelity(0, 1, index, firstDecay, secondDecay);
  }

  /** ρ of up to REDUCED_QUBITS_MAX qubits; of a trajectory, that of this sample. */
  reduced(positions: readonly number[]): DensityMatrix {
    return this.#state.reduced(positions);
  }

  promote(): DensityRegister {
    if (this.#isTrajectory) throw new EmulatorLimitError(this.size, "exactly: it is one sample of a mixture");
    if (this.size > QUBITS_MAX) throw new EmulatorLimitError(this.size, "exactly");
    const matrix = DensityMatrix.ofAmplitudes(this.#state.amplitudes());
    this.#state.release();
    return new DensityRegister(this.qubits.splice(0), matrix);
  }

  /** Adds a fresh qubit in |0⟩ at the last position. @throws OperandError beyond STATE_VECTOR_QUBITS_MAX */
  grow(qubit: Qubit): void {
    this.#state.grow();
    this.qubits.push(qubit);
    this.#renumber();
  }

  /**
   * Takes over all qubits of the other register, which is empty afterwards.
   * @throws OperandError when it is this register, or both hold more than STATE_VECTOR_QUBITS_MAX qubits together.
   */
  absorb(other: StateVectorRegister): void {
    this.#state.absorb(other.#state);
    this.#isTrajectory ||= other.#isTrajectory;
    this.qubits.push(...other.qubits.splice(0));
    this.#renumber();
  }

  /**
   * Moves qubits to a register of their own, if they are entangled with no others; the rest keeps its order.
   * @param positions some different ones, but not all, in the order of the new register
   * @returns the new register; undefined when they are entangled with the rest, and then nothing has changed.
   */
  splitOff(positions: readonly number[]): StateVectorRegister | undefined {
    if (positions.length === 0 || positions.length >= this.size) return undefined;
    const part = this.#state.splitOff(positions);
    if (!part) return undefined;
    const moved = positions.map((position) => this.qubits[position] as Qubit);
    this.#forget(positions);
    return new StateVectorRegister(moved, part, this.#isTrajectory);
  }

  /** Whether damping makes the qubit fall to |0⟩; if so, it has. */
  #jumps(position: number, damping: number, chance: Chance): boolean {
    const drawn = chance.uniform();
    if (drawn >= damping) return false;
    const one = 1 - this.#state.probabilityOfZero(position);
    const falls = drawn < damping * one;
    if (falls) this.#state.jump(position);
    this.#isTrajectory = true;
    return falls;
  }

  /** A Pauli by 2z + x. */
  #applyDrawn(position: number, drawn: number): void {
    this.#state.pauli(position, { x: (drawn & 1) !== 0, z: (drawn & 2) !== 0 });
  }

  /** The qubits at these positions are gone. */
  #forget(positions: readonly number[]): void {
    const kept = this.qubits.filter((qubit, position) => {
      if (!positions.includes(position)) return true;
      qubit.register = undefined;
      return false;
    });
    this.qubits.splice(0, this.size, ...kept);
    this.#renumber();
  }

  #renumber(): void {
    for (const [position, qubit] of this.qubits.entries()) {
      qubit.register = this;
      qubit.position = position;
    }
  }
}
