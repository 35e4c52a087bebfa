import {
  type Axis,
  type BellIndex,
  type BellWeights,
  type BlochVector,
  checkXState,
  depolariseBoth,
  depolariseHalf,
  type Half,
  type PauliEigenvalues,
  pauliEigenvaluesOf,
  pauliHalf,
  psiPlus,
  scaleHalf,
  turnHalf,
  waitHalf,
  type XState,
  xMatrixOf,
  xStateOfWeights,
} from "@bellmesh/bell";
import { fidelityAfterWaiting } from "../correlations.ts";
import { DensityMatrix } from "../density-matrix/density-matrix.ts";
import { DensityRegister } from "../density-matrix/density-register.ts";
import { type Direction, directionOf } from "../density-matrix/direction.ts";
import { requireUnitary } from "../density-matrix/gate-check.ts";
import {
  OperandError,
  requireDecay,
  requireProbabilities,
  requireProbability,
} from "../density-matrix/operand-error.ts";
import type { Qubit } from "../qubit.ts";
import type { PauliWeights, Register } from "../register.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { applyParityGate, conjugatedBy, formOf, keepsParity } from "./gate-form.ts";

/**
 * Two qubits in an X-state, by its seven expectation values (`XState`), or one qubit in any state.
 *
 * The form is closed under everything that pairs meet on their way: heralds by one photon or two, amplitude damping and
 * dephasing, Pauli channels, depolarising, gates that flip or turn about Z, two-qubit gates that keep parity, and Bell
 * measurements between two pairs. So this engine is exact there, not a Pauli twirl: which engine holds a pair can
 * never be told from outside.
 *
 * When one half is gone, the other lives on in its place of the same register, and its Bloch vector stands where
 * correlations stood: x and y as those of its X and Y with the X of the empty place, z as its own. All operations on
 * pairs do to these three numbers what they do to the qubit, Bell measurements included (they teleport it), and any
 * one-qubit gate is exact as well. A half that was traced out, or measured in Z, leaves x = y = 0.
 */
export class PairRegister implements Register, XState {
  first: Qubit | undefined;
  second: Qubit | undefined;
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  zz: number;
  zFirst: number;
  zSecond: number;

  /**
   * A pair that was just heralded, or the first half alone, as if the second had been traced out.
   * @param state Bell weights in k = 2z + x order, or the seven expectation values of an X-state
   * @throws StateError when there is no such state; then the qubits are as they were.
   */
  constructor(first: Qubit, second: Qubit | undefined, state: BellWeights | Readonly<XState>) {
    const given = "xx" in state ? state : xStateOfWeights(state);
    if ("xx" in state) checkXState(state);
    this.first = first;
    this.second = second;
    this.xx = given.xx;
    this.xy = given.xy;
    this.yx = given.yx;
    this.yy = given.yy;
    this.zz = given.zz;
    this.zFirst = given.zFirst;
    this.zSecond = given.zSecond;
    if (!second) this.#become(0, 0, 0, given.zFirst);
    first.register = this;
    first.position = 0;
    if (second) {
      second.register = this;
      second.position = 1;
    }
  }

  /**
   * One qubit alone, at position 0.
   * @param bloch its Bloch vector; absent is |0⟩
   * @throws OperandError when the vector is longer than 1.
   */
  static single(qubit: Qubit, bloch: BlochVector = { x: 0, y: 0, z: 1 }): PairRegister {
    const square = bloch.x * bloch.x + bloch.y * bloch.y + bloch.z * bloch.z;
    if (!(square <= 1 + 1e-9)) {
      const reason = Number.isNaN(square) ? "not-a-number" : "outside-range";
      throw new OperandError(reason, "the squared length of bloch", square, "a Bloch vector is at most 1 long");
    }
    const register = new PairRegister(qubit, undefined, [0.25, 0.25, 0.25, 0.25]);
    register.#become(0, bloch.x, bloch.y, bloch.z);
    return register;
  }

  get engine(): "pair" {
    return "pair";
  }

  /** An exact state, not one sample of a mixture. */
  get isTrajectory(): false {
    return false;
  }

  /** How many of its qubits still exist. */
  get size(): number {
    return (this.first ? 1 : 0) + (this.second ? 1 : 0);
  }

  /** The two places; undefined where the half is gone. */
  get qubits(): readonly [Qubit | undefined, Qubit | undefined] {
    return [this.first, this.second];
  }

  canWait(): true {
    return true;
  }

  /** Whether the gate leaves the form: one qubit alone takes any, a half only phases and flips. */
  canApply(gate: Matrix2): boolean {
    return this.size < 2 || formOf(gate) !== "other";
  }

  /** Whether both halves are here and the gate keeps the parity of their bits. */
  canApplyPair(gate: Matrix4): boolean {
    return this.size === 2 && keepsParity(gate);
  }

  /** Whether both halves are here: controlled-Z is exact then, controlled-X is not. */
  canControl(axis: "x" | "z"): boolean {
    return this.size === 2 && axis === "z";
  }

  wait(position: number, decay: PauliEigenvalues): void {
    const half = this.#half(position);
    const { x, z } = decay;
    if (!(z >= 0 && z <= 1 && x >= 0 && x * x <= z)) requireDecay("decay", decay);
    waitHalf(this, half, decay);
  }

  pauli(position: number, applied: BellIndex): void {
    pauliHalf(this, this.#half(position), applied);
  }

  depolarise(position: number, probability: number): void {
    const half = this.#half(position);
    if (!(probability >= 0 && probability <= 1)) requireProbability("probability", probability);
    depolariseHalf(this, half, probability);
  }

  depolarisePair(first: number, second: number, probability: number): void {
    this.#bothHalves(first, second);
    requireProbability("probability", probability);
    depolariseBoth(this, probability);
  }

  pauliChannel(position: number, weights: PauliWeights): void {
    const half = this.#half(position);
    requireProbabilities("weights", weights);
    scaleHalf(this, half, pauliEigenvaluesOf(weights));
  }

  /** A one-qubit unitary, without noise; ask `canApply` first. */
  apply(position: number, gate: Matrix2): void {
    const half = this.#half(position);
    requireUnitary("gate", gate, 2);
    if (this.size < 2) {
      const { x, y, z } = this.blochOf(half);
      const [up, re, im] = conjugatedBy([(1 + z) / 2, x / 2, -y / 2, (1 - z) / 2], gate);
      this.#become(half, 2 * re, -2 * im, 2 * up - 1);
      return;
    }
    const form = formOf(gate);
    if (form === "other") throw new Error("a half of an X-state takes phases and flips only; ask canApply first");
    // The phase that |1⟩ gains on |0⟩, before the flip if there is one.
    const one = form === "phase" ? 6 : 2;
    const zero = form === "phase" ? 0 : 4;
    const oneRe = gate[one] as number;
    const oneIm = gate[one + 1] as number;
    const zeroRe = gate[zero] as number;
    const zeroIm = gate[zero + 1] as number;
    turnHalf(this, half, oneRe * zeroRe + oneIm * zeroIm, oneIm * zeroRe - oneRe * zeroIm);
    if (form === "flip-and-phase") pauliHalf(this, half, psiPlus);
  }

  /** A two-qubit unitary, without noise; ask `canApplyPair` first. */
  applyPair(first: number, second: number, gate: Matrix4): void {
    this.#bothHalves(first, second);
    requireUnitary("gate", gate, 4);
    if (!keepsParity(gate)) throw new Error("an X-state takes gates that keep parity only; ask canApplyPair first");
    applyParityGate(this, first === 0 ? gate : exchanged(gate));
  }

  /** Controlled-Z, then two-qubit depolarising; ask `canControl` first. */
  controlled(control: number, target: number, axis: "x" | "z", depolarising = 0): void {
    this.#bothHalves(control, target);
    requireProbability("depolarising", depolarising);
    if (axis === "x") throw new Error("an X-state takes no controlled-X of its own halves; ask canControl first");
    const { xx, xy, yx, yy } = this;
    this.xx = yy;
    this.yy = xx;
    this.xy = -yx;
    this.yx = -xy;
    depolariseBoth(this, depolarising);
  }

  probabilityOfZero(position: number): number {
    return (1 + (this.#half(position) === 0 ? this.zFirst : this.zSecond)) / 2;
  }

  /** The probability that a perfect measurement gives the state along this direction, and not its opposite. */
  probabilityAlong(position: number, along: Axis | Direction): number {
    const half = this.#half(position);
    const [nx, ny, nz] = directionOf(along);
    if (this.size === 2) return (1 + nz * (half === 0 ? this.zFirst : this.zSecond)) / 2;
    const { x, y, z } = this.blochOf(half);
    return (1 + nx * x + ny * y + nz * z) / 2;
  }

  /** Takes a qubit out after a Z measurement whose true outcomes have these weights given what was reported. */
  collapse(position: number, weightOfZero: number, weightOfOne: number): void {
    this.collapseAlong(position, "z", weightOfZero, weightOfOne);
  }

  /**
   * The same after a measurement along any direction; the outcome along it is 0. The other half lives on alone.
   * @throws OperandError when what was reported has probability 0.
   */
  collapseAlong(position: number, along: Axis | Direction, weightOfZero: number, weightOfOne: number): void {
    const half = this.#half(position);
    requireProbability("weightOfZero", weightOfZero);
    requireProbability("weightOfOne", weightOfOne);
    const zero = this.probabilityAlong(position, along);
    const reported = weightOfZero * zero + weightOfOne * (1 - zero);
    if (!(reported > 0)) {
      throw new OperandError("impossible-outcome", "the probability of the outcome", reported, "it cannot be reported");
    }
    const [nx, ny, nz] = directionOf(along);
    const flat = (weightOfZero + weightOfOne) / (2 * reported);
    const slope = (weightOfZero - weightOfOne) / (2 * reported);
    const x = slope * (nx * this.xx + ny * (half === 0 ? this.yx : this.xy));
    const y = slope * (nx * (half === 0 ? this.xy : this.yx) + ny * this.yy);
    const z = flat * (half === 0 ? this.zSecond : this.zFirst) + slope * nz * this.zz;
    this.#leave(half, x, y, z);
  }

  discard(position: number): void {
    const half = this.#half(position);
    this.#leave(half, 0, 0, half === 0 ? this.zSecond : this.zFirst);
  }

  fidelity(
    first: number,
    second: number,
    index: BellIndex,
    firstDecay: PauliEigenvalues,
    secondDecay: PauliEigenvalues,
  ): number {
    this.#bothHalves(first, second);
    return first === 0
      ? fidelityAfterWaiting(this.xx, this.yy, this.zz, this.zFirst, this.zSecond, index, firstDecay, secondDecay)
      : fidelityAfterWaiting(this.xx, this.yy, this.zz, this.zFirst, this.zSecond, index, secondDecay, firstDecay);
  }

  reduced(positions: readonly number[]): DensityMatrix {
    const [one, other] = positions;
    if (one === undefined || positions.length > 2) {
      const rule = "a pair has one or two halves to look at";
      throw new OperandError("wrong-size", "the number of positions", positions.length, rule);
    }
    if (other !== undefined) {
      this.#bothHalves(one, other);
      return this.#pairMatrix(one === 1);
    }
    const half = this.#half(one);
    if (this.size < 2) return matrixOfBloch(this.blochOf(half));
    return matrixOfBloch({ x: 0, y: 0, z: half === 0 ? this.zFirst : this.zSecond });
  }

  promote(): DensityRegister {
    if (this.first && this.second) return new DensityRegister([this.first, this.second], this.#pairMatrix(false));
    const kept = this.first ?? this.second;
    if (!kept) throw new OperandError("gone", "the register", "empty", "nothing of it is left to be promoted");
    return new DensityRegister([kept], matrixOfBloch(this.blochOf(this.first ? 0 : 1)));
  }

  /** The Bloch vector of the one qubit that is left, which stands at this half. */
  blochOf(half: Half): BlochVector {
    return half === 0 ? { x: this.xx, y: this.yx, z: this.zFirst } : { x: this.xx, y: this.xy, z: this.zSecond };
  }

  #half(position: number): Half {
    if (position === 0 && this.first) return 0;
    if (position === 1 && this.second) return 1;
    throw new OperandError("gone", "position", position, "a pair has halves at 0 and 1 as long as they exist");
  }

  #bothHalves(first: number, second: number): void {
    this.#half(first);
    this.#half(second);
    if (first === second) throw new OperandError("repeated", "second", second, "a pair has two different halves");
  }

  /** The qubit of this half is alone from now on. */
  #become(half: Half, x: number, y: number, z: number): void {
    this.xx = x;
    this.xy = half === 0 ? 0 : y;
    this.yx = half === 0 ? y : 0;
    this.yy = 0;
    this.zz = 0;
    this.zFirst = half === 0 ? z : 0;
    this.zSecond = half === 0 ? 0 : z;
  }

  /** This half is gone; the other is left with this Bloch vector. */
  #leave(half: Half, x: number, y: number, z: number): void {
    const gone = half === 0 ? this.first : this.second;
    if (gone) gone.register = undefined;
    if (half === 0) this.first = undefined;
    else this.second = undefined;
    this.#become(half === 0 ? 1 : 0, x, y, z);
  }

  #pairMatrix(isExchanged: boolean): DensityMatrix {
    const { p00, p01, p10, p11, outerRe, outerIm, innerRe, innerIm } = xMatrixOf(this);
    const matrix = new DensityMatrix(2);
    const { real, imaginary } = matrix;
    real[0] = p00;
    real[5] = isExchanged ? p10 : p01;
    real[10] = isExchanged ? p01 : p10;
    real[15] = p11;
    real[3] = real[12] = outerRe;
    imaginary[3] = outerIm;
    imaginary[12] = -outerIm;
    real[6] = real[9] = innerRe;
    imaginary[6] = isExchanged ? -innerIm : innerIm;
    imaginary[9] = isExchanged ? innerIm : -innerIm;
    return matrix;
  }
}

function matrixOfBloch({ x, y, z }: BlochVector): DensityMatrix {
  const matrix = new DensityMatrix(1);
  matrix.real[0] = (1 + z) / 2;
  matrix.real[3] = (1 - z) / 2;
  matrix.real[1] = matrix.real[2] = x / 2;
  matrix.imaginary[1] = -y / 2;
  matrix.imaginary[2] = y / 2;
  return matrix;
}

/** The same gate with its two qubits named the other way round: |01⟩ and |10⟩ change places. */
function exchanged(gate: Matrix4): Matrix4 {
  const order = [0, 2, 1, 3] as const;
  return order.flatMap((row) =>
    order.flatMap((column) => {
      const place = 2 * (4 * row + column);
      return [gate[place] as number, gate[place + 1] as number];
    }),
  );
}
