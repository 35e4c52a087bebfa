import { multiply, type PauliEigenvalues } from "./bell-diagonal.ts";
import { type BellMeasurementNoise, bellMeasurementDecay } from "./bell-measurement.ts";

/**
 * A chain of Bell-diagonal pairs joined by noisy swaps, on average over the reported outcomes: every pair and every
 * Bell measurement is a Pauli channel to teleport through, so the eigenvalues multiply and the order does not matter.
 * @param pairs relative to their indices, at least one
 * @param swaps one fewer than pairs
 * @throws RangeError when the numbers of pairs and swaps do not fit.
 */
export function chainEigenvalues(
  pairs: readonly PauliEigenvalues[],
  swaps: readonly BellMeasurementNoise[],
): PauliEigenvalues {
  if (pairs.length !== swaps.length + 1) {
    throw new RangeError(`${pairs.length} pairs are joined by one swap fewer, not by ${swaps.length}`);
  }
  const joined = pairs.reduce(multiply);
  return swaps.reduce(
    (chain, { twoQubitDepolarising, p01, p10, oneQubitDepolarising }) =>
      multiply(chain, bellMeasurementDecay(twoQubitDepolarising, p01, p10, oneQubitDepolarising)),
    joined,
  );
}

/** The Werner state of the same fidelity: the three other Bell states are made equally probable. */
export function wernerTwirled(eigenvalues: PauliEigenvalues): PauliEigenvalues {
  const mean = (eigenvalues.x + eigenvalues.y + eigenvalues.z) / 3;
  return { x: mean, y: mean, z: mean };
}
