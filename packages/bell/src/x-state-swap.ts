import type { BellIndex } from "./bell-index.ts";
import type { BellMeasurementNoise } from "./bell-measurement.ts";
import type { Half, XState } from "./x-state.ts";

/**
 * Swaps two X-states by a Bell measurement of one half of each, CNOT(left → right), H(left): writes the state of the
 * two far halves, the left one first, into `target`, which may be `left` or `right`.
 *
 * With R and S the correlation tables of the two pairs, far by near and near by far, and s the signs of the true
 * outcome (sx = (−1)^z, sz = (−1)^x), the far halves are left in R·diag(1, sx, −sx·sz, sz)·S, whose I,I entry is four
 * times the outcome's probability. Depolarising after the CNOT replaces the measured halves, so that only the I,I row
 * survives of it; a readout mixes the true outcomes behind the reported one (Bayes). Both only weight the signs, so
 * the result is exact for every X-state, per reported outcome, with p01 ≠ p10.
 * @returns the probability of this outcome being reported; where it is 0, the target is left maximally mixed
 */
export function swapXStates(
  target: XState,
  left: Readonly<XState>,
  leftNear: Half,
  right: Readonly<XState>,
  rightNear: Half,
  outcome: BellIndex,
  noise: BellMeasurementNoise,
): number {
  const zLeftNear = leftNear === 0 ? left.zFirst : left.zSecond;
  const zLeftFar = leftNear === 0 ? left.zSecond : left.zFirst;
  const zRightNear = rightNear === 0 ? right.zFirst : right.zSecond;
  const zRightFar = rightNear === 0 ? right.zSecond : right.zFirst;
  // The left table has the far half in rows, the right table the near half.
  const leftXy = leftNear === 0 ? left.yx : left.xy;
  const leftYx = leftNear === 0 ? left.xy : left.yx;
  const rightXy = rightNear === 0 ? right.xy : right.yx;
  const rightYx = rightNear === 0 ? right.yx : right.xy;
  const kept = 1 - noise.twoQubitDepolarising;
  const contrast = 1 - noise.p01 - noise.p10;
  const skew = noise.p10 - noise.p01;
  const turned = noise.oneQubitDepolarising === undefined ? contrast : contrast * (1 - noise.oneQubitDepolarising);

  // P(report | true bit) is half of flat ± slope. The x bit stands behind sz, the z bit behind sx.
  const flat = outcome.x ? 1 - skew : 1 + skew;
  const flatZ = outcome.z ? 1 - skew : 1 + skew;
  const signX = (outcome.z ? -turned : turned) / flatZ;
  const slope = kept * (outcome.x ? -contrast : contrast);
  const norm = flat + slope * zLeftNear * zRightNear;
  if (!(flatZ > 0 && norm > 0)) {
    clear(target);
    return 0;
  }
  const weightX = (kept * flat * signX) / norm;
  const weightY = (-slope * signX) / norm;
  const leftXx = left.xx;
  const leftYy = left.yy;
  const rightXx = right.xx;
  const rightYy = right.yy;
  const zz = (flat * zLeftFar * zRightFar + slope * left.zz * right.zz) / norm;
  const zFirst = (flat * zLeftFar + slope * left.zz * zRightNear) / norm;
  const zSecond = (flat * zRightFar + slope * zLeftNear * right.zz) / norm;
  target.xx = weightX * leftXx * rightXx + weightY * leftXy * rightYx;
  target.xy = weightX * leftXx * rightXy + weightY * leftXy * rightYy;
  target.yx = weightX * leftYx * rightXx + weightY * leftYy * rightYx;
  target.yy = weightX * leftYx * rightXy + weightY * leftYy * rightYy;
  target.zz = zz;
  target.zFirst = zFirst;
  target.zSecond = zSecond;
  return (flatZ * norm) / 4;
}

/**
 * The probability that the x bit of a Bell measurement of these two halves is reported as 0. It depends on the state
 * only where neither half is maximally mixed; the z bit never depends on it: (1 + p10 − p01) / 2.
 */
export function probabilityOfZeroX(zLeftNear: number, zRightNear: number, noise: BellMeasurementNoise): number {
  const zNear = (1 - noise.twoQubitDepolarising) * zLeftNear * zRightNear;
  return (1 + (noise.p10 - noise.p01) + (1 - noise.p01 - noise.p10) * zNear) / 2;
}

function clear(state: XState): void {
  state.xx = 0;
  state.xy = 0;
  state.yx = 0;
  state.yy = 0;
  state.zz = 0;
  state.zFirst = 0;
  state.zSecond = 0;
}
