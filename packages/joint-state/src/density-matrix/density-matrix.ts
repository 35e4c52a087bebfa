import type { Axis, BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import type { Chance } from "../chance.ts";
import { fidelityAfterWaiting } from "../correlations.ts";
import type { PauliWeights } from "../register.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { applyChannel, type Channel } from "./channel.ts";
import { collapse } from "./collapse.ts";
import { type Direction, directionOf } from "./direction.ts";
import { requireUnitary } from "./gate-check.ts";
import { mapQubit, turnQubit, widened } from "./one-qubit-blocks.ts";
import { OperandError, requireDecay, requireProbabilities, requireProbability } from "./operand-error.ts";
import { spread, traceOut } from "./partial-trace.ts";
import { type Amplitudes, sampleColumn } from "./pivoted-cholesky.ts";
import { depolarisePair, flipControlled, signControlled, turnPair } from "./two-qubit-blocks.ts";

/** The most qubits a density matrix can hold: 4^10 complex entries, 16 MB. */
export const QUBITS_MAX = 10;

/**
 * The density matrix of n qubits. Qubit 0 is the leftmost and most significant: |q0 q1⟩ is row 2·q0 + q1.
 * Entry (row, column) stands at row·2^n + column of `real` and `imaginary`. Operations take ρ to be Hermitian.
 * On any error the matrix is as it was.
 */
export class DensityMatrix {
  readonly qubits: number;
  /** 2^n. */
  readonly dimension: number;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;

  /**
   * All entries zero.
   * @throws OperandError when the number of qubits is not an integer from 0 to QUBITS_MAX.
   */
  constructor(qubits: number) {
    if (!(Number.isInteger(qubits) && qubits >= 0 && qubits <= QUBITS_MAX)) {
      const rule = `a density matrix holds 0 to ${QUBITS_MAX} qubits`;
      throw new OperandError("too-many-qubits", "the number of qubits", qubits, rule);
    }
    this.qubits = qubits;
    this.dimension = 1 << qubits;
    this.real = new Float64Array(1 << (2 * qubits));
    this.imaginary = new Float64Array(1 << (2 * qubits));
  }

  /**
   * |ψ⟩⟨ψ| of a pure state, which is taken to be normalised.
   * @throws OperandError when the number of amplitudes is not 2^n for an n up to QUBITS_MAX.
   */
  static ofAmplitudes(state: Amplitudes): DensityMatrix {
    const matrix = new DensityMatrix(31 - Math.clz32(state.real.length));
    const { dimension } = matrix;
    requireAmplitudes(state, dimension);
    for (let row = 0; row < dimension; row += 1) {
      const rowReal = state.real[row] as number;
      const rowImaginary = state.imaginary[row] as number;
      for (let column = 0; column < dimension; column += 1) {
        const columnReal = state.real[column] as number;
        const columnImaginary = state.imaginary[column] as number;
        const entry = row * dimension + column;
        matrix.real[entry] = rowReal * columnReal + rowImaginary * columnImaginary;
        matrix.imaginary[entry] = rowImaginary * columnReal - rowReal * columnImaginary;
      }
    }
    return matrix;
  }

  /** ρ → UρU† with U acting on one qubit. @throws OperandError when U is not unitary. */
  apply(qubit: number, unitary: Matrix2): void {
    const mask = this.#mask("qubit", qubit);
    requireUnitary("gate", unitary, 2);
    turnQubit(this, mask, unitary);
  }

  /**
   * ρ → UρU† with U acting on two qubits, the first the more significant one of U.
   * @throws OperandError when U is not unitary.
   */
  applyPair(first: number, second: number, unitary: Matrix4): void {
    const firstMask = this.#mask("first", first);
    const secondMask = this.#otherMask("second", second, firstMask);
    requireUnitary("gate", unitary, 4);
    turnPair(this, firstMask, secondMask, unitary);
  }

  /**
   * ρ → Σ KρK† on one qubit or on two.
   * @param qubits as many as the channel acts on, in its order
   */
  applyChannel(qubits: readonly number[], channel: Channel): void {
    const masks = this.#masks("qubits", qubits);
    if (masks.length !== channel.qubits) {
      const rule = `the channel acts on ${channel.qubits}`;
      throw new OperandError("wrong-size", "the number of qubits", masks.length, rule);
    }
    applyChannel(this, channel, masks);
  }

  /** Amplitude damping towards |0⟩ and dephasing of one qubit: z is 1 − γ = e^(−t/T1), x is e^(−t/T2), T2 total. */
  wait(qubit: number, decay: PauliEigenvalues): void {
    const mask = this.#mask("qubit", qubit);
    requireDecay("decay", decay);
    mapQubit(this, mask, 1, 0, decay.z, 1 - decay.z, decay.x, 0);
  }

  /** Applies X^x, then Z^z, to one qubit. */
  pauli(qubit: number, applied: BellIndex): void {
    const mask = this.#mask("qubit", qubit);
    const sign = applied.z ? -1 : 1;
    if (applied.x) mapQubit(this, mask, 0, 1, 0, 1, 0, sign);
    else if (applied.z) mapQubit(this, mask, 1, 0, 1, 0, sign, 0);
  }

  /** Applies one of I, X, Y, Z to one qubit, which one unknown: wI·ρ + wX·XρX + wY·YρY + wZ·ZρZ. */
  pauliChannel(qubit: number, weights: PauliWeights): void {
    const mask = this.#mask("qubit", qubit);
    requireProbabilities("weights", weights);
    const [i, x, y, z] = weights;
    mapQubit(this, mask, i + z, x + y, i + z, x + y, i - z, x - y);
  }

  /** (1 − p)ρ + p·Tr(ρ) ⊗ I/2 on one qubit. */
  depolarise(qubit: number, probability: number): void {
    const mask = this.#mask("qubit", qubit);
    requireProbability("probability", probability);
    const flipped = probability / 2;
    mapQubit(this, mask, 1 - flipped, flipped, 1 - flipped, flipped, 1 - probability, 0);
  }

  /** (1 − p)ρ + p·Tr(ρ) ⊗ I/4 on two qubits. */
  depolarisePair(first: number, second: number, probability: number): void {
    const firstMask = this.#mask("first", first);
    const secondMask = this.#otherMask("second", second, firstMask);
    requireProbability("probability", probability);
    if (probability > 0) depolarisePair(this, firstMask, secondMask, probability);
  }

  /** Controlled-X: flips the target where the control is 1. */
  controlledX(control: number, target: number): void {
    const controlMask = this.#mask("control", control);
    flipControlled(this, controlMask, this.#otherMask("target", target, controlMask));
  }

  /** Controlled-Z: the sign changes where both qubits are 1. */
  controlledZ(first: number, second: number): void {
    const firstMask = this.#mask("first", first);
    signControlled(this, firstMask | this.#otherMask("second", second, firstMask));
  }

  /** The probability that a perfect Z measurement of one qubit gives 0; the trace is taken to be 1. */
  probabilityOfZero(qubit: number): number {
    const mask = this.#mask("qubit", qubit);
    const { dimension, real } = this;
    let probability = 0;
    for (let basis = 0; basis < dimension; basis += 1) {
      if ((basis & mask) === 0) probability += real[basis * (dimension + 1)] as number;
    }
    return Math.min(1, Math.max(0, probability));
  }

  /** ⟨X⟩, ⟨Y⟩ and ⟨Z⟩ of one qubit. */
  blochVector(qubit: number): Direction {
    const mask = this.#mask("qubit", qubit);
    const { dimension, real, imaginary } = this;
    let x = 0;
    let y = 0;
    let z = 0;
    for (let rest = 0; rest < dimension >> 1; rest += 1) {
      const zero = widened(rest, mask);
      const one = zero + mask;
      x += 2 * (real[one * dimension + zero] as number);
      y += 2 * (imaginary[one * dimension + zero] as number);
      z += (real[zero * (dimension + 1)] as number) - (real[one * (dimension + 1)] as number);
    }
    return [x, y, z];
  }

  /**
   * The probability that a perfect measurement of one qubit gives the state along a direction, and not its opposite.
   * @param along an axis, or a unit vector of the Bloch sphere; along z it is the probability of 0
   */
  probabilityAlong(qubit: number, along: Axis | Direction): number {
    const [x, y, z] = directionOf(along);
    const [blochX, blochY, blochZ] = this.blochVector(qubit);
    return Math.min(1, Math.max(0, (1 + x * blochX + y * blochY + z * blochZ) / 2));
  }

  /**
   * The other qubits' state after one qubit was measured and taken away: the mixture of both true outcomes with these
   * weights, normalised. Weights 1, 1 trace the qubit out.
   * @param along the measurement's axis, or a unit vector of the Bloch sphere; the outcome along it is 0
   * @throws OperandError when what was reported has probability 0.
   */
  collapsed(qubit: number, weightOfZero: number, weightOfOne: number, along: Axis | Direction = "z"): DensityMatrix {
    const mask = this.#mask("qubit", qubit);
    requireProbability("weightOfZero", weightOfZero);
    requireProbability("weightOfOne", weightOfOne);
    const rest = new DensityMatrix(this.qubits - 1);
    const probability = collapse(this, mask, weightOfZero, weightOfOne, directionOf(along), rest);
    if (probability > 0) return rest;
    const rule = "a state conditional on what cannot be reported does not exist";
    throw new OperandError("impossible-outcome", "the probability of the report", probability, rule);
  }

  /**
   * The state of some of the qubits, the others traced out.
   * @param qubits those kept, in the order of the result, which need not be theirs here
   */
  reduced(qubits: readonly number[]): DensityMatrix {
    const masks = this.#masks("qubits", qubits);
    const others = this.#others(masks);
    const result = new DensityMatrix(masks.length);
    const kept = spread(masks);
    const traced = spread(others);
    traceOut(this.real, this.dimension, kept, traced, result.real);
    traceOut(this.imaginary, this.dimension, kept, traced, result.imaginary);
    return result;
  }

  /** This ⊗ other: the other's qubits come after ours. Each entry is written once. */
  tensor(other: DensityMatrix): DensityMatrix {
    const product = new DensityMatrix(this.qubits + other.qubits);
    const width = other.dimension;
    for (let row = 0; row < product.dimension; row += 1) {
      const ourRow = Math.floor(row / width) * this.dimension;
      const otherRow = (row % width) * width;
      for (let ourColumn = 0; ourColumn < this.dimension; ourColumn += 1) {
        const real = this.real[ourRow + ourColumn] as number;
        const imaginary = this.imaginary[ourRow + ourColumn] as number;
        if (real === 0 && imaginary === 0) continue;
        const to = row * product.dimension + ourColumn * width;
        for (let column = 0; column < width; column += 1) {
          const otherReal = other.real[otherRow + column] as number;
          const otherImaginary = other.imaginary[otherRow + column] as number;
          product.real[to + column] = real * otherReal - imaginary * otherImaginary;
          product.imaginary[to + column] = real * otherImaginary + imaginary * otherReal;
        }
      }
    }
    return product;
  }

  /** ⟨B|ρ|B⟩ of two qubits, the others traced out, after each of the two has waited. */
  fidelity(
    first: number,
    second: number,
    index: BellIndex,
    firstDecay: PauliEigenvalues,
    secondDecay: PauliEigenvalues,
  ): number {
    const firstMask = this.#mask("first", first);
    const secondMask = this.#otherMask("second", second, firstMask);
    requireDecay("firstDecay", firstDecay);
    requireDecay("secondDecay", secondDecay);
    const both = firstMask | secondMask;
    const { dimension, real } = this;
    let zz = 0;
    let zFirst = 0;
    let zSecond = 0;
    let phiCoherence = 0;
    let psiCoherence = 0;
    for (let basis = 0; basis < dimension; basis += 1) {
      const diagonal = real[basis * (dimension + 1)] as number;
      const signFirst = (basis & firstMask) === 0 ? 1 : -1;
      const signSecond = (basis & secondMask) === 0 ? 1 : -1;
      zFirst += signFirst * diagonal;
      zSecond += signSecond * diagonal;
      zz += signFirst * signSecond * diagonal;
      const coherence = real[basis * dimension + (basis ^ both)] as number;
      if (signFirst === signSecond) phiCoherence += coherence;
      else psiCoherence += coherence;
    }
    const xx = phiCoherence + psiCoherence;
    const yy = psiCoherence - phiCoherence;
    return fidelityAfterWaiting(xx, yy, zz, zFirst, zSecond, index, firstDecay, secondDecay);
  }

  /**
   * ⟨ψ|ρ|ψ⟩ with a pure state of all the qubits, which is taken to be normalised.
   * @throws OperandError when the number of amplitudes is not 2^n.
   */
  fidelityWith(state: Amplitudes): number {
    const { dimension, real, imaginary } = this;
    requireAmplitudes(state, dimension);
    let sum = 0;
    for (let row = 0; row < dimension; row += 1) {
      let productReal = 0;
      let productImaginary = 0;
      for (let column = 0; column < dimension; column += 1) {
        const entry = row * dimension + column;
        const re = state.real[column] as number;
        const im = state.imaginary[column] as number;
        productReal += (real[entry] as number) * re - (imaginary[entry] as number) * im;
        productImaginary += (real[entry] as number) * im + (imaginary[entry] as number) * re;
      }
      sum += (state.real[row] as number) * productReal + (state.imaginary[row] as number) * productImaginary;
    }
    return sum;
  }

  /** Tr ρ² = Σ|ρij|²: 1 for a pure state, 2^−n for the maximally mixed one. */
  purity(): number {
    const { real, imaginary } = this;
    let sum = 0;
    for (let entry = 0; entry < real.length; entry += 1) {
      const re = real[entry] as number;
      const im = imaginary[entry] as number;
      sum += re * re + im * im;
    }
    return sum;
  }

  /** One pure state of an ensemble that is ρ exactly, drawn with its probability in the ensemble. */
  sampleColumn(chance: Chance): Amplitudes {
    return sampleColumn(this, chance);
  }

  /** The bit of a qubit in the number of a basis state. */
  #mask(operand: string, qubit: number): number {
    if (Number.isInteger(qubit) && qubit >= 0 && qubit < this.qubits) return 1 << (this.qubits - 1 - qubit);
    const rule = `the register holds qubits 0 to ${this.qubits - 1}`;
    throw new OperandError("gone", operand, qubit, rule);
  }

  /** The bit of a second qubit. */
  #otherMask(operand: string, qubit: number, mask: number): number {
    const other = this.#mask(operand, qubit);
    if (other !== mask) return other;
    throw new OperandError("repeated", operand, qubit, "an operation on two qubits needs two different ones");
  }

  #masks(operand: string, qubits: readonly number[]): number[] {
    let all = 0;
    return qubits.map((qubit, place) => {
      const mask = this.#mask(`${operand}[${place}]`, qubit);
      if ((all & mask) !== 0) {
        throw new OperandError("repeated", `${operand}[${place}]`, qubit, "each qubit can be named once");
      }
      all |= mask;
      return mask;
    });
  }

  /** The bits of the qubits that are not among these, in their order. */
  #others(masks: readonly number[]): number[] {
    const all = masks.reduce((bits, mask) => bits | mask, 0);
    const each = Array.from({ length: this.qubits }, (_, qubit) => 1 << (this.qubits - 1 - qubit));
    return each.filter((mask) => (all & mask) === 0);
  }
}

function requireAmplitudes({ real, imaginary }: Amplitudes, dimension: number): void {
  const length = real.length === dimension ? imaginary.length : real.length;
  if (length === dimension) return;
  const rule = `as many are needed as there are basis states, ${dimension}`;
  throw new OperandError("wrong-size", "the number of amplitudes", length, rule);
}
