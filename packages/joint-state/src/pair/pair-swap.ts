import {
  type BellIndex,
  type BellMeasurementNoise,
  bellIndices,
  type Half,
  probabilityOfZeroX,
  swapXStates,
} from "@bellmesh/bell";
import type { Chance } from "../chance.ts";
import { requireProbability } from "../density-matrix/operand-error.ts";
import type { Qubit } from "../qubit.ts";
import type { PairRegister } from "./pair-register.ts";

/**
 * Bell measurement of halves of two different pair registers: CNOT(first → second), H(first), second → x, first → z.
 * Exact for every X-state and per reported outcome (`swapXStates`). The far halves are left in the first one's
 * register; the second one's is empty. A half whose partner is gone teleports what it holds instead.
 * Two draws: the x bit, then the z bit.
 * @throws OperandError when a probability of the noise is none; then both registers are as they were.
 */
export function swapPairs(first: Qubit, second: Qubit, noise: BellMeasurementNoise, chance: Chance): BellIndex {
  requireNoise(noise);
  const left = first.register as PairRegister;
  const right = second.register as PairRegister;
  const leftNear: Half = first.position === 0 ? 0 : 1;
  const rightNear: Half = second.position === 0 ? 0 : 1;
  const zLeft = leftNear === 0 ? left.zFirst : left.zSecond;
  const zRight = rightNear === 0 ? right.zFirst : right.zSecond;
  const x = chance.uniform() >= probabilityOfZeroX(zLeft, zRight, noise);
  const biasZ = left.size === 1 && right.size === 1 ? biasOfLoneQubits(left, leftNear, right, rightNear, x, noise) : 0;
  const z = chance.uniform() >= (1 + (noise.p10 - noise.p01) + biasZ) / 2;
  const outcome = bellIndices[(z ? 2 : 0) + (x ? 1 : 0)] as BellIndex;
  swapXStates(left, left, leftNear, right, rightNear, outcome, noise);
  const leftFar = leftNear === 0 ? left.second : left.first;
  const rightFar = rightNear === 0 ? right.second : right.first;
  left.first = leftFar;
  left.second = rightFar;
  if (leftFar) leftFar.position = 0;
  if (rightFar) {
    rightFar.register = left;
    rightFar.position = 1;
  }
  right.first = undefined;
  right.second = undefined;
  first.register = undefined;
  second.register = undefined;
  return outcome;
}

/**
 * What two qubits alone add to twice the probability that the z bit is reported as 0, given the reported x bit. Their
 * X and Y are of one qubit each, so that ⟨X⟩⟨X⟩ and ⟨Y⟩⟨Y⟩ tell on the z bit; halves of pairs have none.
 */
function biasOfLoneQubits(
  left: PairRegister,
  leftNear: Half,
  right: PairRegister,
  rightNear: Half,
  x: boolean,
  noise: BellMeasurementNoise,
): number {
  const skew = noise.p10 - noise.p01;
  const contrast = 1 - noise.p01 - noise.p10;
  const kept = 1 - noise.twoQubitDepolarising;
  const flat = x ? 1 - skew : 1 + skew;
  const slope = kept * (x ? -contrast : contrast);
  const one = left.blochOf(leftNear);
  const other = right.blochOf(rightNear);
  const norm = flat + slope * one.z * other.z;
  if (!(norm > 0)) return 0;
  const turned = contrast * (1 - (noise.oneQubitDepolarising ?? 0));
  return (turned * (kept * flat * one.x * other.x - slope * one.y * other.y)) / norm;
}

function requireNoise({ twoQubitDepolarising, p01, p10, oneQubitDepolarising }: BellMeasurementNoise): void {
  if (!(twoQubitDepolarising >= 0 && twoQubitDepolarising <= 1)) {
    requireProbability("twoQubitDepolarising", twoQubitDepolarising);
  }
  if (!(p01 >= 0 && p01 <= 1)) requireProbability("p01", p01);
  if (!(p10 >= 0 && p10 <= 1)) requireProbability("p10", p10);
  if (oneQubitDepolarising !== undefined) requireProbability("oneQubitDepolarising", oneQubitDepolarising);
}
