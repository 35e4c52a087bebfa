import type { BellIndex, PauliEigenvalues } from "@bellmesh/bell";
import { fidelityAfterWaiting } from "../correlations.ts";

/** A 2×2 complex matrix, row by row: real and imaginary part of each entry in turn. */
export type Matrix2 = readonly [number, number, number, number, number, number, number, number];

/**
 * The density matrix of n qubits. Qubit 0 is the leftmost and most significant: |q0 q1⟩ is row 2·q0 + q1.
 * Entry (row, column) stands at row·2^n + column of `real` and `imaginary`.
 */
export class DensityMatrix {
  readonly qubits: number;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;

  /** All entries zero. */
  constructor(qubits: number) {
    this.qubits = qubits;
    this.real = new Float64Array(1 << (2 * qubits));
    this.imaginary = new Float64Array(1 << (2 * qubits));
  }

  get dimension(): number {
    return 1 << this.qubits;
  }

  /** ρ → UρU† with U acting on one qubit. */
  apply(qubit: number, unitary: Matrix2): void {
    const [r00, i00, r01, i01, r10, i10, r11, i11] = unitary;
    const conjugate: Matrix2 = [r00, -i00, r01, -i01, r10, -i10, r11, -i11];
    // Rows are transformed by U; columns by the conjugate of U, as (UρU†)ᵀ = U*ρᵀUᵀ.
    this.#applyTo(this.#mask(qubit) * this.dimension, unitary);
    this.#applyTo(this.#mask(qubit), conjugate);
  }

  /** Amplitude damping towards |0⟩ and dephasing of one qubit: z is 1 − γ, x is e^(−t/T2). */
  wait(qubit: number, decay: PauliEigenvalues): void {
    const column = this.#mask(qubit);
    const row = column * this.dimension;
    for (let entry = 0; entry < this.real.length; entry += 1) {
      if ((entry & (row | column)) !== 0) continue;
      this.#scale(entry | row, decay.x);
      this.#scale(entry | column, decay.x);
      this.#move(entry | row | column, entry, 1 - decay.z);
    }
  }

  /** Applies X^x, then Z^z, to one qubit. */
  pauli(qubit: number, applied: BellIndex): void {
    if (applied.x) this.apply(qubit, pauliX);
    if (applied.z) this.apply(qubit, pauliZ);
  }

  /** (1 − p)ρ + p·Tr(ρ) ⊗ I/2 on one qubit. */
  depolarise(qubit: number, probability: number): void {
    if (probability === 0) return;
    const column = this.#mask(qubit);
    const row = column * this.dimension;
    for (let entry = 0; entry < this.real.length; entry += 1) {
      if ((entry & (row | column)) !== 0) continue;
      this.#scale(entry | row, 1 - probability);
      this.#scale(entry | column, 1 - probability);
      this.#average([entry, entry | row | column], probability);
    }
  }

  /** (1 − p)ρ + p·Tr(ρ) ⊗ I/4 on two qubits. */
  depolariseTwo(first: number, second: number, probability: number): void {
    if (probability === 0) return;
    const columns = [0, this.#mask(second), this.#mask(first), this.#mask(first) | this.#mask(second)];
    const all = columns[3] as number;
    const dimension = this.dimension;
    for (let entry = 0; entry < this.real.length; entry += 1) {
      if ((entry & (all | (all * dimension))) !== 0) continue;
      for (const row of columns) {
        for (const column of columns) {
          if (row !== column) this.#scale(entry | (row * dimension) | column, 1 - probability);
        }
      }
      this.#average(
        columns.map((column) => entry | (column * dimension) | column),
        probability,
      );
    }
  }

  /** Controlled-X: flips the target where the control is 1. */
  controlledX(control: number, target: number): void {
    const controlMask = this.#mask(control);
    const targetMask = this.#mask(target);
    this.#permute((basis) => ((basis & controlMask) === 0 ? basis : basis ^ targetMask));
  }

  /** Controlled-Z: the sign changes where both qubits are 1. */
  controlledZ(first: number, second: number): void {
    const both = this.#mask(first) | this.#mask(second);
    const dimension = this.dimension;
    for (let entry = 0; entry < this.real.length; entry += 1) {
      const row = Math.floor(entry / dimension);
      const column = entry % dimension;
      if (((row & both) === both) !== ((column & both) === both)) this.#scale(entry, -1);
    }
  }

  /** The probability that a perfect Z measurement of one qubit gives 0; the trace is taken to be 1. */
  probabilityOfZero(qubit: number): number {
    const mask = this.#mask(qubit);
    let probability = 0;
    for (let basis = 0; basis < this.dimension; basis += 1) {
      if ((basis & mask) === 0) probability += this.real[basis * this.dimension + basis] as number;
    }
    return Math.min(1, Math.max(0, probability));
  }

  /**
   * The other qubits' state after one qubit was measured in Z and taken away: the mixture of both true outcomes
   * with these weights, normalised. Weights 1, 1 trace the qubit out.
   */
  collapsed(qubit: number, weightOfZero: number, weightOfOne: number): DensityMatrix {
    const rest = new DensityMatrix(this.qubits - 1);
    const mask = this.#mask(qubit);
    const restDimension = rest.dimension;
    let trace = 0;
    for (let row = 0; row < restDimension; row += 1) {
      for (let column = 0; column < restDimension; column += 1) {
        const zero = widened(row, mask) * this.dimension + widened(column, mask);
        const one = zero + mask * this.dimension + mask;
        const entry = row * restDimension + column;
        rest.real[entry] = weightOfZero * (this.real[zero] as number) + weightOfOne * (this.real[one] as number);
        rest.imaginary[entry] =
          weightOfZero * (this.imaginary[zero] as number) + weightOfOne * (this.imaginary[one] as number);
      }
      trace += rest.real[row * restDimension + row] as number;
    }
    for (let entry = 0; entry < rest.real.length; entry += 1) rest.#scale(entry, 1 / trace);
    return rest;
  }

  /** This ⊗ other: the other's qubits come after ours. */
  tensor(other: DensityMatrix): DensityMatrix {
    const product = new DensityMatrix(this.qubits + other.qubits);
    const { dimension } = product;
    for (let entry = 0; entry < this.real.length; entry += 1) {
      const row = Math.floor(entry / this.dimension) * other.dimension;
      const column = (entry % this.dimension) * other.dimension;
      const real = this.real[entry] as number;
      const imaginary = this.imaginary[entry] as number;
      if (real === 0 && imaginary === 0) continue;
      for (let otherEntry = 0; otherEntry < other.real.length; otherEntry += 1) {
        const otherRow = Math.floor(otherEntry / other.dimension);
        const otherColumn = otherEntry % other.dimension;
        const at = (row + otherRow) * dimension + column + otherColumn;
        const otherReal = other.real[otherEntry] as number;
        const otherImaginary = other.imaginary[otherEntry] as number;
        product.real[at] = real * otherReal - imaginary * otherImaginary;
        product.imaginary[at] = real * otherImaginary + imaginary * otherReal;
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
    const firstMask = this.#mask(first);
    const secondMask = this.#mask(second);
    const both = firstMask | secondMask;
    let zz = 0;
    let zFirst = 0;
    let zSecond = 0;
    let phiCoherence = 0;
    let psiCoherence = 0;
    for (let basis = 0; basis < this.dimension; basis += 1) {
      const diagonal = this.real[basis * this.dimension + basis] as number;
      const signFirst = (basis & firstMask) === 0 ? 1 : -1;
      const signSecond = (basis & secondMask) === 0 ? 1 : -1;
      zFirst += signFirst * diagonal;
      zSecond += signSecond * diagonal;
      zz += signFirst * signSecond * diagonal;
      const coherence = this.real[basis * this.dimension + (basis ^ both)] as number;
      if (signFirst === signSecond) phiCoherence += coherence;
      else psiCoherence += coherence;
    }
    const xx = phiCoherence + psiCoherence;
    const yy = psiCoherence - phiCoherence;
    return fidelityAfterWaiting(xx, yy, zz, zFirst, zSecond, index, firstDecay, secondDecay);
  }

  #mask(qubit: number): number {
    return 1 << (this.qubits - 1 - qubit);
  }

  #scale(entry: number, factor: number): void {
    this.real[entry] = (this.real[entry] as number) * factor;
    this.imaginary[entry] = (this.imaginary[entry] as number) * factor;
  }

  /** Moves a share of one entry to another. */
  #move(from: number, to: number, share: number): void {
    this.real[to] = (this.real[to] as number) + (this.real[from] as number) * share;
    this.imaginary[to] = (this.imaginary[to] as number) + (this.imaginary[from] as number) * share;
    this.#scale(from, 1 - share);
  }

  /** Moves a share of every entry to their common average. */
  #average(entries: readonly number[], share: number): void {
    let real = 0;
    let imaginary = 0;
    for (const entry of entries) {
      real += this.real[entry] as number;
      imaginary += this.imaginary[entry] as number;
    }
    for (const entry of entries) {
      this.#scale(entry, 1 - share);
      this.real[entry] = (this.real[entry] as number) + (share * real) / entries.length;
      this.imaginary[entry] = (this.imaginary[entry] as number) + (share * imaginary) / entries.length;
    }
  }

  /** Transforms every pair of entries that differ in this one bit of their number. */
  #applyTo(bit: number, unitary: Matrix2): void {
    const [r00, i00, r01, i01, r10, i10, r11, i11] = unitary;
    const { real, imaginary } = this;
    for (let zero = 0; zero < real.length; zero += 1) {
      if ((zero & bit) !== 0) continue;
      const one = zero | bit;
      const r0 = real[zero] as number;
      const i0 = imaginary[zero] as number;
      const r1 = real[one] as number;
      const i1 = imaginary[one] as number;
      real[zero] = r00 * r0 - i00 * i0 + r01 * r1 - i01 * i1;
      imaginary[zero] = r00 * i0 + i00 * r0 + r01 * i1 + i01 * r1;
      real[one] = r10 * r0 - i10 * i0 + r11 * r1 - i11 * i1;
      imaginary[one] = r10 * i0 + i10 * r0 + r11 * i1 + i11 * r1;
    }
  }

  /** Renames basis states by a permutation that is its own inverse. */
  #permute(renamed: (basis: number) => number): void {
    const real = this.real.slice();
    const imaginary = this.imaginary.slice();
    const { dimension } = this;
    for (let row = 0; row < dimension; row += 1) {
      for (let column = 0; column < dimension; column += 1) {
        const from = renamed(row) * dimension + renamed(column);
        this.real[row * dimension + column] = real[from] as number;
        this.imaginary[row * dimension + column] = imaginary[from] as number;
      }
    }
  }
}

const pauliX: Matrix2 = [0, 0, 1, 0, 1, 0, 0, 0];
const pauliZ: Matrix2 = [1, 0, 0, 0, 0, 0, -1, 0];

/** Inserts a 0 at the place of the mask's bit. */
function widened(basis: number, mask: number): number {
  const low = basis & (mask - 1);
  return ((basis - low) << 1) | low;
}
