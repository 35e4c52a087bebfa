import type { BellIndex, BellWeights, PauliEigenvalues } from "@bellmesh/bell";
import { fidelityAfterWaiting } from "./correlations.ts";
import { DensityMatrix } from "./density-matrix/density-matrix.ts";
import { DensityRegister } from "./density-matrix/density-register.ts";
import type { Qubit } from "./qubit.ts";
import type { Register } from "./register.ts";

/**
 * Two qubits in an X-state, by five expectation values:
 * ρ = ¼(I⊗I + xx·X⊗X + yy·Y⊗Y + zz·Z⊗Z + zFirst·Z⊗I + zSecond·I⊗Z).
 * Bell-diagonal states have zFirst = zSecond = 0. The form is closed under everything pairs meet on their way:
 * amplitude damping and dephasing of either half, Paulis, depolarising, and Bell measurements between two pairs.
 * So this engine is exact there, not a Pauli twirl: which engine holds a pair can never be told from outside.
 *
 * A half that was traced out leaves its place empty, as an unreferenced maximally mixed qubit.
 */
export class PairRegister implements Register {
  first: Qubit | undefined;
  second: Qubit | undefined;
  xx: number;
  yy: number;
  zz: number;
  zFirst = 0;
  zSecond = 0;

  /** A Bell-diagonal pair; weights in k = 2z + x order, adding up to 1. */
  constructor(first: Qubit, second: Qubit, weights: BellWeights) {
    this.first = first;
    this.second = second;
    this.xx = weights[0] + weights[1] - weights[2] - weights[3];
    this.yy = weights[1] + weights[2] - weights[0] - weights[3];
    this.zz = weights[0] - weights[1] + weights[2] - weights[3];
    first.register = this;
    first.position = 0;
    second.register = this;
    second.position = 1;
  }

  get engine(): "pair" {
    return "pair";
  }

  wait(position: number, decay: PauliEigenvalues): void {
    const kept = decay.z;
    this.xx *= decay.x;
    this.yy *= decay.x;
    if (position === 0) {
      this.zz = kept * this.zz + (1 - kept) * this.zSecond;
      this.zFirst = kept * this.zFirst + (1 - kept);
    } else {
      this.zz = kept * this.zz + (1 - kept) * this.zFirst;
      this.zSecond = kept * this.zSecond + (1 - kept);
    }
  }

  pauli(position: number, applied: BellIndex): void {
    if (applied.x) {
      this.yy = -this.yy;
      this.zz = -this.zz;
      if (position === 0) this.zFirst = -this.zFirst;
      else this.zSecond = -this.zSecond;
    }
    if (applied.z) {
      this.xx = -this.xx;
      this.yy = -this.yy;
    }
  }

  depolarise(position: number, probability: number): void {
    const kept = 1 - probability;
    this.xx *= kept;
    this.yy *= kept;
    this.zz *= kept;
    if (position === 0) this.zFirst *= kept;
    else this.zSecond *= kept;
  }

  discard(position: number): void {
    this.depolarise(position, 1);
    if (position === 0) {
      if (this.first) this.first.register = undefined;
      this.first = undefined;
    } else {
      if (this.second) this.second.register = undefined;
      this.second = undefined;
    }
  }

  fidelity(
    first: number,
    second: number,
    index: BellIndex,
    firstDecay: PauliEigenvalues,
    secondDecay: PauliEigenvalues,
  ): number {
    if (first === second) throw new Error("a pair has two different halves");
    return first === 0
      ? fidelityAfterWaiting(this.xx, this.yy, this.zz, this.zFirst, this.zSecond, index, firstDecay, secondDecay)
      : fidelityAfterWaiting(this.xx, this.yy, this.zz, this.zFirst, this.zSecond, index, secondDecay, firstDecay);
  }

  probabilityOfZero(position: number): number {
    return (1 + (position === 0 ? this.zFirst : this.zSecond)) / 2;
  }

  promote(): DensityRegister {
    const matrix = new DensityMatrix(2);
    const { real } = matrix;
    const { xx, yy, zz, zFirst, zSecond } = this;
    real[0] = (1 + zz + zFirst + zSecond) / 4;
    real[5] = (1 - zz + zFirst - zSecond) / 4;
    real[10] = (1 - zz - zFirst + zSecond) / 4;
    real[15] = (1 + zz - zFirst - zSecond) / 4;
    real[3] = real[12] = (xx - yy) / 4;
    real[6] = real[9] = (xx + yy) / 4;
    if (this.first && this.second) return new DensityRegister([this.first, this.second], matrix);
    const kept = this.first ?? this.second;
    if (!kept) throw new Error("a register without qubits cannot be promoted");
    return new DensityRegister([kept], matrix.collapsed(this.first ? 1 : 0, 1, 1));
  }
}
