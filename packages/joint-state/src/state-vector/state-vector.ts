import type { BellIndex } from "@bellmesh/bell";
import type { DensityMatrix } from "../density-matrix/density-matrix.ts";
import { requireUnitary } from "../density-matrix/gate-check.ts";
import { OperandError, reasonOf } from "../density-matrix/operand-error.ts";
import type { Amplitudes } from "../density-matrix/pivoted-cholesky.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { numberOf } from "./basis-numbers.ts";
import { betweenPhases } from "./between-phases.ts";
import { checkedAmplitudes } from "./checked-amplitudes.ts";
import { type Complex, conjugate, entry, isOne, isZero, one, product, ratio } from "./complex.ts";
import { controlledBlock, isDiagonal, isSwap } from "./gate-shape.ts";
import type { KernelName } from "./kernels/kernel-table.ts";
import { AMPLITUDE_BYTES, groupsOf } from "./kernels/task.ts";
import { Workspace } from "./kernels/workspace.ts";
import { oneQubitGate } from "./one-qubit-gate.ts";
import { requireDistinct, requirePosition } from "./positions.ts";
import { factorOf } from "./product-factor.ts";
import { reducedState } from "./reduced-state.ts";
import { requireSize } from "./state-vector-size.ts";
import { tensor } from "./tensor.ts";
import { WaitingGates } from "./waiting-gates.ts";

/** A smaller state is done sooner gate by gate. */
const FUSION_QUBITS_MIN = 14;

/** The squared norm may drift so far before it is brought back to 1; doubles reach 10^±308. */
const [NORM_LEAST, NORM_MOST] = [1e-100, 1e100];
/** A Kraus operator that may take more than this from the norm in one step is looked at more closely. */
const FACTOR_LEAST = 1e-50;

/** How a state vector works; what it gives is the same, but for the rounding of fused gates. */
export interface StateVectorOptions {
  /** From 14 qubits on one-qubit gates wait, and are applied together when somebody looks. Off when not given. */
  readonly fusion?: boolean;
  /** All cores take part in passes over large states; results are identical, bit by bit. Off when not given. */
  readonly severalThreads?: boolean;
}

/**
 * A pure state of up to 24 qubits. Position 0 is the leftmost, most significant qubit.
 *
 * The state is a ray: amplitudes are kept up to a common complex factor, so that damping need not normalise, and up to
 * a phase of each qubit's |1⟩, which waits until somebody reads: a diagonal gate touches no amplitude, and any other is
 * little more than a real rotation. What is read is normalised; its phase means nothing.
 * Which bit of an amplitude's number a position stands for is kept in a table: a swap changes the table only, and a new
 * qubit is always the highest bit, so that a state grows where it stands.
 */
export class StateVector {
  readonly #severalThreads: boolean;
  readonly #waiting: WaitingGates | undefined;
  #workspace: Workspace;
  /** By position. */
  #bits: number[];
  /** By bit: what the |1⟩ of a qubit is still to be multiplied by; the moduli are 1. */
  #phases: Complex[];
  /** Between these lies the squared norm, but for rounding. */
  #normLeast = 1;
  #normMost = 1;

  /**
   * All qubits in |0⟩.
   * @throws OperandError when the number of qubits is not an integer from 0 to STATE_VECTOR_QUBITS_MAX
   */
  constructor(size: number, options: StateVectorOptions = {}) {
    requireSize(size);
    this.#severalThreads = options.severalThreads ?? false;
    this.#waiting = options.fusion ? new WaitingGates() : undefined;
    this.#bits = Array.from({ length: size }, (_, position) => size - 1 - position);
    this.#phases = this.#bits.map(() => one);
    this.#workspace = Workspace.take(this.#count);
    this.#workspace.amplitudes(1)[0] = 1;
  }

  /**
   * The state with these amplitudes, entry i that of the basis state i; they need not be normalised.
   * @throws OperandError when their number is no power of two up to 2^24, one is not finite, or all are 0
   */
  static ofAmplitudes({ real, imaginary }: Amplitudes, options: StateVectorOptions = {}): StateVector {
    const { size, largest } = checkedAmplitudes({ real, imaginary });
    const state = new StateVector(size, options);
    const amplitudes = state.#workspace.amplitudes(real.length);
    for (let index = 0; index < real.length; index += 1) {
      amplitudes[2 * index] = (real[index] as number) / largest;
      amplitudes[2 * index + 1] = (imaginary[index] as number) / largest;
    }
    state.#normalise();
    return state;
  }

  /**
   * A state written where it will stand, so that nothing of its size is held twice.
   * @param write fills 2^size pairs of real and imaginary part, entry i that of the basis state i, of norm 1
   * @throws OperandError when the number of qubits is not an integer from 0 to STATE_VECTOR_QUBITS_MAX
   */
  static written(size: number, write: (into: Float64Array) => void, options: StateVectorOptions = {}): StateVector {
    const state = new StateVector(size, options);
    write(state.#workspace.amplitudes(state.#count));
    return state;
  }

  /** How many qubits it has. */
  get size(): number {
    return this.#bits.length;
  }

  /** A one-qubit unitary. @throws OperandError when the position is none, or the matrix not unitary */
  apply(position: number, unitary: Matrix2): void {
    requirePosition("position", position, this.size);
    requireUnitary("the gate", unitary, 2);
    if (this.#waiting && this.size >= FUSION_QUBITS_MIN) {
      this.#waiting.add(this.#bit(position), unitary);
      return;
    }
    const gate = oneQubitGate(unitary, this.#phase(position));
    this.#phases[this.#bit(position)] = gate.phase;
    if (!gate.kernel) return;
    const bit = AMPLITUDE_BYTES << this.#bit(position);
    this.#pass(gate.kernel, [bit], [0, bit], gate.factors);
    this.#grown(gate.growth, gate.growth);
  }

  /** Applies X^x, then Z^z. */
  pauli(position: number, { x, z }: BellIndex): void {
    requirePosition("position", position, this.size);
    this.#flush();
    const bit = AMPLITUDE_BYTES << this.#bit(position);
    const phase = x ? conjugate(this.#phase(position)) : this.#phase(position);
    this.#phases[this.#bit(position)] = z ? product(minusOne, phase) : phase;
    if (x) this.#pass("exchange", [bit], [0, bit], [one, one]);
  }

  /** Controlled-X or controlled-Z: touches the amplitudes whose control is 1, or those where both are. */
  controlled(control: number, target: number, axis: "x" | "z"): void {
    requireDistinct(["control", "target"], [control, target], this.size);
    this.#flush();
    this.#controlled(control, target, axis === "x" ? pauliX : pauliZ);
  }

  /**
   * A two-qubit unitary, |first second⟩. Diagonal and controlled ones, and the swap, are recognised by exact zeros and
   * ones, and touch only what they change.
   */
  applyPair(first: number, second: number, unitary: Matrix4): void {
    requireDistinct(["first", "second"], [first, second], this.size);
    requireUnitary("the gate", unitary, 4);
    this.#flush();
    if (isSwap(unitary)) {
      this.swap(first, second);
      return;
    }
    const byFirst = controlledBlock(unitary, [0, 1], [2, 3]);
    const bySecond = controlledBlock(unitary, [0, 2], [1, 3]);
    const [high, low] = [AMPLITUDE_BYTES << this.#bit(first), AMPLITUDE_BYTES << this.#bit(second)];
    const offsets = [0, low, high, high + low];
    if (byFirst) this.#controlled(first, second, byFirst);
    else if (bySecond) this.#controlled(second, first, bySecond);
    else if (isDiagonal(unitary)) {
      for (const [index, offset] of offsets.entries()) {
        const factor = ratio(entry(unitary, 5 * index), entry(unitary, 0));
        if (!isOne(factor)) this.#pass("scale", [high, low], [offset], [factor]);
      }
    } else {
      const matrix = Array.from({ length: 16 }, (_, index) => entry(unitary, index));
      const [ofFirst, ofSecond] = [this.#phase(first), this.#phase(second)];
      const phases = [one, ofSecond, ofFirst, product(ofFirst, ofSecond)];
      this.#pass("turnFour", [high, low], offsets, betweenPhases(matrix, phases));
    }
  }

  /** Exchanges two qubits; touches no amplitude. */
  swap(first: number, second: number): void {
    requireDistinct(["first", "second"], [first, second], this.size);
    const bit = this.#bit(first);
    this.#bits[first] = this.#bit(second);
    this.#bits[second] = bit;
  }

  /**
   * Multiplies the amplitudes of |1⟩ of one qubit: the Kraus operator diag(1, factor), after which the state is what it
   * is given that this happened.
   * @throws OperandError when the factor is not a number from −1 to 1, or nothing would be left
   */
  weaken(position: number, factor: number): void {
    requirePosition("position", position, this.size);
    if (!(factor >= -1 && factor <= 1)) {
      throw new OperandError(reasonOf(factor), "the factor", factor, "what is left of an amplitude is from −1 to 1");
    }
    if (factor === 1) return;
    this.#flush();
    const mayVanish = factor * factor < FACTOR_LEAST;
    if (mayVanish) this.#requirePossible(position, false);
    const bit = AMPLITUDE_BYTES << this.#bit(position);
    this.#pass("scale", [bit], [bit], [{ real: factor, imaginary: 0 }]);
    if (mayVanish) this.#normalise();
    else this.#grown(factor * factor, 1);
  }

  /** The probability of reading 0 from one qubit. */
  probabilityOfZero(position: number): number {
    requirePosition("position", position, this.size);
    const [zero, one] = this.#weights(position);
    return zero / (zero + one);
  }

  /**
   * Takes out a qubit that was found in |0⟩ or in |1⟩: the others are moved together in place.
   * @throws OperandError when that has probability 0
   */
  project(position: number, found: boolean): void {
    requirePosition("position", position, this.size);
    const weight = this.#requirePossible(position, found);
    const gone = this.#bit(position);
    const bit = AMPLITUDE_BYTES << gone;
    // Single-threaded, upwards: every amplitude moves to where none is read any more.
    const move = { kernel: "move", ...groupsOf(this.#count, [bit]), offsets: [found ? bit : 0, 0] } as const;
    this.#workspace.setFactor(0, 1 / Math.sqrt(weight), 0);
    this.#workspace.run(move, false);
    this.#bits = this.#bits.filter((other) => other !== gone).map((other) => (other > gone ? other - 1 : other));
    this.#phases.splice(gone, 1);
    this.#normLeast = 1;
    this.#normMost = 1;
    this.#shrink();
  }

  /**
   * The qubit falls from |1⟩ to |0⟩ and stays: the jump of amplitude damping.
   * @throws OperandError when it is never in |1⟩
   */
  jump(position: number): void {
    requirePosition("position", position, this.size);
    const weight = this.#requirePossible(position, true);
    const bit = AMPLITUDE_BYTES << this.#bit(position);
    const zero = { real: 0, imaginary: 0 };
    this.#pass("exchange", [bit], [0, bit], [{ real: 1 / Math.sqrt(weight), imaginary: 0 }, zero]);
    this.#phases[this.#bit(position)] = one;
    this.#normLeast = 1;
    this.#normMost = 1;
  }

  /** One more qubit, in |0⟩, at the last position; the others stay where they are. */
  grow(): void {
    requireSize(this.size + 1);
    this.#workspace.reserve(this.#count, 2 * this.#count);
    this.#bits.push(this.size);
    this.#phases.push(one);
  }

  /**
   * Takes over all qubits of another state, whose positions follow ours; it has none afterwards. The larger of the two
   * stays where it is, so that at no time more is held than the result and the smaller one.
   * @throws OperandError when it is this one, or both together have too many qubits
   */
  absorb(other: StateVector): void {
    if (other === this) throw new OperandError("repeated", "other", "this state", "a state absorbs another one");
    requireSize(this.size + other.size);
    this.#flush();
    other.#flush();
    this.#normalise();
    other.#normalise();
    const positions = [...this.#bits];
    const added = [...other.#bits];
    const keepsOurs = this.size >= other.size;
    const [large, small] = keepsOurs ? [this, other] : [other, this];
    const shift = large.size;
    const factors = small.#workspace.amplitudes(small.#count).slice();
    const [kept, left] = [large.#workspace, small.#workspace];
    tensor(kept, large.#count, factors, this.#severalThreads);
    this.#workspace = kept;
    this.#bits = [
      ...positions.map((bit) => bit + (keepsOurs ? 0 : shift)),
      ...added.map((bit) => bit + (keepsOurs ? shift : 0)),
    ];
    this.#phases = [...large.#phases, ...small.#phases];
    left.release();
    other.#bits = [];
    other.#phases = [];
    other.#workspace = Workspace.take(1);
    other.#workspace.amplitudes(1)[0] = 1;
  }

  /**
   * The amplitudes of all qubits in the order of positions, normalised, as a copy;
   * their common phase means nothing.
   */
  amplitudes(): Amplitudes {
    this.settle();
    this.#normalise();
    const count = this.#count;
    const own = this.#workspace.amplitudes(count);
    const [real, imaginary] = [new Float64Array(count), new Float64Array(count)];
    for (let index = 0; index < count; index += 1) {
      const from = numberOf(index, this.#bits);
      real[index] = own[2 * from] as number;
      imaginary[index] = own[2 * from + 1] as number;
    }
    return { real, imaginary };
  }

  /**
   * Gives the amplitudes as they stand to a function that only reads them: real and imaginary parts in turn, of squared
   * norm 1 but for rounding, and for each position which bit of an amplitude's number it is.
   */
  read<T>(reader: (amplitudes: Float64Array, bits: readonly number[]) => T): T {
    this.settle();
    this.#normalise();
    return reader(this.#workspace.amplitudes(this.#count), this.#bits);
  }

  /**
   * Moves qubits to a state of their own, if they are entangled with no others; the rest keeps its order.
   * @param positions different ones, in the order of the new state
   * @returns undefined when they are entangled with the rest, and then nothing has changed
   */
  splitOff(positions: readonly number[]): StateVector | undefined {
    requireDistinct([], positions, this.size);
    const part = this.read((amplitudes, bits) => factorOf(amplitudes, bits, positions));
    if (!part) return undefined;
    const options = { fusion: this.#waiting !== undefined, severalThreads: this.#severalThreads };
    const split = StateVector.ofAmplitudes(part.amplitudes, options);
    const gone = positions.map((position, place) => ({ position, found: part.found[place] === true }));
    // From the last position on, so that those to come stay where they are.
    for (const { position, found } of gone.sort((a, b) => b.position - a.position)) this.project(position, found);
    return split;
  }

  /** ρ of some of the qubits, in the order given, at most four; the others are traced out. */
  reduced(positions: readonly number[]): DensityMatrix {
    requireDistinct([], positions, this.size);
    return this.read((amplitudes, bits) => reducedState(amplitudes, bits, positions));
  }

  /** Applies all that waits, gates and phases. */
  settle(): void {
    this.#flush();
    if (this.#phases.every(isOne)) return;
    this.#workspace.runPhases(this.#phases, this.#severalThreads);
    this.#phases.fill(one);
  }

  /** Gives its memory to others; it has no qubits afterwards. */
  release(): void {
    this.#workspace.release();
    this.#waiting?.clear();
    this.#bits = [];
    this.#phases = [];
    this.#workspace = Workspace.take(1);
    this.#workspace.amplitudes(1)[0] = 1;
  }

  /** How many amplitudes there are. */
  get #count(): number {
    return 1 << this.#bits.length;
  }

  #bit(position: number): number {
    return this.#bits[position] as number;
  }

  #phase(position: number): Complex {
    return this.#phases[this.#bit(position)] as Complex;
  }

  #controlled(control: number, target: number, unitary: Matrix2): void {
    const condition = AMPLITUDE_BYTES << this.#bit(control);
    const flipped = AMPLITUDE_BYTES << this.#bit(target);
    const [zero, both] = [condition, condition + flipped];
    const matrix = [entry(unitary, 0), entry(unitary, 1), entry(unitary, 2), entry(unitary, 3)];
    const factors = betweenPhases(matrix, [one, this.#phase(target)]);
    const [a, b, c, d] = factors as [Complex, Complex, Complex, Complex];
    if (isZero(b) && isZero(c)) {
      if (!isOne(a)) this.#pass("scale", [condition, flipped], [zero], [a]);
      if (!isOne(d)) this.#pass("scale", [condition, flipped], [both], [d]);
    } else if (isZero(a) && isZero(d)) {
      this.#pass("exchange", [condition, flipped], [zero, both], [b, c]);
    } else {
      this.#pass("turn", [condition, flipped], [zero, both], factors);
    }
  }

  /** Walks over the amplitudes at these distances from all those whose bits, one or two, are 0. */
  #pass(kernel: KernelName, bits: readonly number[], offsets: readonly number[], factors: readonly Complex[]): void {
    for (const [index, { real, imaginary }] of factors.entries()) this.#workspace.setFactor(index, real, imaginary);
    this.#workspace.run({ kernel, ...groupsOf(this.#count, bits), offsets }, this.#severalThreads);
  }

  /** The sums of |a|² where this qubit is 0, and where it is 1. */
  #weights(position: number): readonly [number, number] {
    this.#flush();
    const bit = AMPLITUDE_BYTES << this.#bit(position);
    const part = groupsOf(this.#count, [bit]);
    const sum = (offset: number) => this.#workspace.sum({ ...part, offsets: [offset] }, this.#severalThreads);
    return [sum(0), sum(bit)];
  }

  /** The sum of |a|² where this qubit is as found. @throws OperandError when it never is */
  #requirePossible(position: number, found: boolean): number {
    const weight = this.#weights(position)[found ? 1 : 0];
    if (weight >= IMPOSSIBLE) return weight;
    const rule = `position ${position} is never found in |${found ? 1 : 0}⟩`;
    throw new OperandError("impossible-outcome", "the weight of the outcome", weight, rule);
  }

  #normalise(): void {
    const weight = this.#workspace.sum({ ...groupsOf(this.#count, []), offsets: [0] }, this.#severalThreads);
    this.#pass("scale", [], [0], [{ real: 1 / Math.sqrt(weight), imaginary: 0 }]);
    this.#normLeast = 1;
    this.#normMost = 1;
  }

  #grown(least: number, most: number): void {
    this.#normLeast *= least;
    this.#normMost *= most;
    if (this.#normLeast < NORM_LEAST || this.#normMost > NORM_MOST) this.#normalise();
  }

  #flush(): void {
    if (!this.#waiting || this.#waiting.isEmpty) return;
    const growth = this.#waiting.apply(this.#workspace, this.#phases, this.#severalThreads);
    this.#grown(growth, growth);
  }

  /** Moves to a smaller memory when most of this one has become empty. */
  #shrink(): void {
    if (!this.#workspace.isWastedOn(this.#count)) return;
    const smaller = Workspace.take(this.#count);
    smaller.amplitudes(this.#count).set(this.#workspace.amplitudes(this.#count));
    this.#workspace.release();
    this.#workspace = smaller;
  }
}

/** Below this the inverse of a squared norm is out of reach. */
const IMPOSSIBLE = 1e-290;

const minusOne: Complex = { real: -1, imaginary: 0 };
const pauliX: Matrix2 = [0, 0, 1, 0, 1, 0, 0, 0];
const pauliZ: Matrix2 = [1, 0, 0, 0, 0, 0, -1, 0];
