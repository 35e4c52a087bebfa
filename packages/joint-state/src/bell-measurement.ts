import { type BellIndex, type BellMeasurementNoise, fromOrdinal } from "@bellmesh/bell";
import type { Chance } from "./chance.ts";
import { hadamard, readOut } from "./measurement.ts";
import { PairRegister } from "./pair-register.ts";
import { joined } from "./promotion.ts";
import type { Qubit } from "./qubit.ts";

/**
 * CNOT(first → second), H(first), measure second → x, measure first → z; both qubits are gone afterwards.
 * |B(x,z)⟩ gives exactly (x, z). The rest is left in the state conditional on the reported outcome.
 * Between two pairs it stays in the pair engine; anything else becomes one density matrix first.
 * @throws Error beyond QUBITS_MAX qubits; ask `arePairs` and `canJoin` first.
 */
export function bellMeasure(first: Qubit, second: Qubit, noise: BellMeasurementNoise, chance: Chance): BellIndex {
  if (arePairs(first, second)) return swapPairs(first, second, noise, chance);
  const register = joined(first, second);
  register.controlled(first.position, second.position, "x", noise.twoQubitDepolarising);
  register.apply(first.position, hadamard);
  const x = readOut(register, second.position, noise, chance);
  const z = readOut(register, first.position, noise, chance);
  return fromOrdinal((z ? 2 : 0) + (x ? 1 : 0));
}

/** Whether the two are halves of two different pairs of the pair engine, where a swap needs no density matrix. */
export function arePairs(first: Qubit, second: Qubit): boolean {
  return (
    first.register instanceof PairRegister &&
    second.register instanceof PairRegister &&
    first.register !== second.register
  );
}

/**
 * Two X-states a–b and b'–c, Bell measurement of b and b'. With R and S the correlation tables of the two (I, X, Y, Z
 * by I, X, Y, Z) and η the signs of the true outcome, the far halves are left in R·diag(1, ηx, −ηxηz, ηz)·S, whose II
 * entry is four times the outcome's probability. Depolarising replaces the CNOT's output, so the far halves keep their
 * marginals only; a readout mixes the true outcomes behind the reported one. Both only weight the signs.
 */
function swapPairs(first: Qubit, second: Qubit, noise: BellMeasurementNoise, chance: Chance): BellIndex {
  const left = first.register as PairRegister;
  const right = second.register as PairRegister;
  const leftIsFirst = first.position === 0;
  const rightIsFirst = second.position === 0;
  const zLeftNear = leftIsFirst ? left.zFirst : left.zSecond;
  const zLeftFar = leftIsFirst ? left.zSecond : left.zFirst;
  const zRightNear = rightIsFirst ? right.zFirst : right.zSecond;
  const zRightFar = rightIsFirst ? right.zSecond : right.zFirst;
  const kept = 1 - noise.twoQubitDepolarising;
  const contrast = 1 - noise.p01 - noise.p10;
  const skew = noise.p10 - noise.p01;

  // P(report 0) and P(report 1) are (1 ± skew ± contrast·⟨Z⟩)/2 for a qubit with this ⟨Z⟩.
  const zNear = kept * zLeftNear * zRightNear;
  const x = chance.uniform() >= (1 + skew + contrast * zNear) / 2;
  const z = chance.uniform() >= (1 + skew) / 2;
  const signX = (z ? -contrast : contrast) / (z ? 1 - skew : 1 + skew);
  const flat = x ? 1 - skew : 1 + skew;
  const slopeZ = kept * (x ? -contrast : contrast);
  const norm = flat + slopeZ * zLeftNear * zRightNear;

  const xx = (kept * flat * signX * left.xx * right.xx) / norm;
  const yy = (-slopeZ * signX * left.yy * right.yy) / norm;
  const zz = (flat * zLeftFar * zRightFar + slopeZ * left.zz * right.zz) / norm;
  const zFirst = (flat * zLeftFar + slopeZ * left.zz * zRightNear) / norm;
  const zSecond = (flat * zRightFar + slopeZ * zLeftNear * right.zz) / norm;

  const far = rightIsFirst ? right.second : right.first;
  left.first = leftIsFirst ? left.second : left.first;
  left.second = far;
  if (left.first) left.first.position = 0;
  if (far) {
    far.register = left;
    far.position = 1;
  }
  left.xx = xx;
  left.yy = yy;
  left.zz = zz;
  left.zFirst = zFirst;
  left.zSecond = zSecond;
  right.first = undefined;
  right.second = undefined;
  first.register = undefined;
  second.register = undefined;
  return fromOrdinal((z ? 2 : 0) + (x ? 1 : 0));
}
