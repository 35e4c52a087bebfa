import { cos, sin } from "@bellmesh/numerics";
import type { PauliEigenvalues } from "./bell-diagonal.ts";
import type { BellIndex } from "./bell-index.ts";
import { checkFinite, checkProbabilities, checkProbability } from "./state-error.ts";
import type { Half, XState } from "./x-state.ts";

/**
 * One half waits: amplitude damping towards |0⟩, then dephasing, both exact and not twirled.
 * Heisenberg's picture: Z of the half becomes (1 − γ)Z + γ, X and Y shrink by e^(−t/T2).
 * @param decay what `memoryDecay` gives for the wait: z is 1 − γ = e^(−t/T1), x is e^(−t/T2) with T2 total
 */
export function waitHalf(state: XState, half: Half, decay: PauliEigenvalues): void {
  const kept = decay.z;
  state.xx *= decay.x;
  state.xy *= decay.x;
  state.yx *= decay.x;
  state.yy *= decay.x;
  if (half === 0) {
    state.zz = kept * state.zz + (1 - kept) * state.zSecond;
    state.zFirst = kept * state.zFirst + (1 - kept);
  } else {
    state.zz = kept * state.zz + (1 - kept) * state.zFirst;
    state.zSecond = kept * state.zSecond + (1 - kept);
  }
}

/** X^x, then Z^z, on one half, without noise. */
export function pauliHalf(state: XState, half: Half, applied: BellIndex): void {
  if (applied.x) {
    state.yy = -state.yy;
    state.zz = -state.zz;
    if (half === 0) {
      state.yx = -state.yx;
      state.zFirst = -state.zFirst;
    } else {
      state.xy = -state.xy;
      state.zSecond = -state.zSecond;
    }
  }
  if (applied.z) {
    state.xx = -state.xx;
    state.xy = -state.xy;
    state.yx = -state.yx;
    state.yy = -state.yy;
  }
}

/**
 * A Pauli channel on one half that multiplies its X, Y and Z by these eigenvalues.
 * No check: the eigenvalues come from `pauliEigenvaluesOf` or another function of this package.
 */
export function scaleHalf(state: XState, half: Half, by: PauliEigenvalues): void {
  const { x, y, z } = by;
  state.yy *= y;
  state.xx *= x;
  state.zz *= z;
  if (half === 0) {
    state.xy *= x;
    state.yx *= y;
    state.zFirst *= z;
  } else {
    state.xy *= y;
    state.yx *= x;
    state.zSecond *= z;
  }
}

/**
 * The eigenvalues of the channel that applies I, X, Y, Z with these probabilities, in this order (not in that of
 * Bell weights, where Z stands before Y).
 * @throws StateError when a weight is no probability or they do not sum to 1.
 */
export function pauliEigenvaluesOf(weights: readonly [number, number, number, number]): PauliEigenvalues {
  checkProbabilities("Pauli weights (I, X, Y, Z)", weights);
  const [i, x, y, z] = weights;
  return { x: i + x - y - z, y: i - x + y - z, z: i - x - y + z };
}

/**
 * Replaces one half by the maximally mixed state with this probability: ρ → (1 − p)ρ + p·I/2 ⊗ Tr ρ.
 * So half a Bell pair keeps F = 1 − 3p/4, and the probability of any Pauli error is 3p/4.
 * @throws StateError when it is no probability; the state is as it was.
 */
export function depolariseHalf(state: XState, half: Half, probability: number): void {
  if (!(probability >= 0 && probability <= 1)) checkProbability("depolarising", probability);
  const kept = 1 - probability;
  state.xx *= kept;
  state.xy *= kept;
  state.yx *= kept;
  state.yy *= kept;
  state.zz *= kept;
  if (half === 0) state.zFirst *= kept;
  else state.zSecond *= kept;
}

/**
 * Replaces both halves by I/4 with this probability: ρ → (1 − p)ρ + p·I/4. Not the same as both halves one by one.
 * @throws StateError when it is no probability; the state is as it was.
 */
export function depolariseBoth(state: XState, probability: number): void {
  if (!(probability >= 0 && probability <= 1)) checkProbability("depolarising", probability);
  const kept = 1 - probability;
  state.xx *= kept;
  state.xy *= kept;
  state.yx *= kept;
  state.yy *= kept;
  state.zz *= kept;
  state.zFirst *= kept;
  state.zSecond *= kept;
}

/**
 * Rz(θ) = exp(−iθZ/2) on one half; up to a global phase also diag(1, e^(iθ)), so S is π/2 and T is π/4.
 * @param angleRad in radians
 * @throws StateError when it is not a finite number; the state is as it was.
 */
export function rotateHalf(state: XState, half: Half, angleRad: number): void {
  checkFinite("the angle of a rotation", angleRad);
  turnHalf(state, half, cos(angleRad), sin(angleRad));
}

/** Turns X and Y of one half about Z by the angle of this cosine and sine. */
export function turnHalf(state: XState, half: Half, cosine: number, sine: number): void {
  const { xx, xy, yx, yy } = state;
  if (half === 0) {
    state.xx = cosine * xx - sine * yx;
    state.yx = cosine * yx + sine * xx;
    state.xy = cosine * xy - sine * yy;
    state.yy = cosine * yy + sine * xy;
  } else {
    state.xx = cosine * xx - sine * xy;
    state.xy = cosine * xy + sine * xx;
    state.yx = cosine * yx - sine * yy;
    state.yy = cosine * yy + sine * yx;
  }
}

/** Exchanges the two halves: what was said of the first is then said of the second. */
export function exchangeHalves(state: XState): void {
  const { xy, yx, zFirst, zSecond } = state;
  state.xy = yx;
  state.yx = xy;
  state.zFirst = zSecond;
  state.zSecond = zFirst;
}
