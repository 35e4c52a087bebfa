import type { PauliEigenvalues } from "./bell-diagonal.ts";
import { type BellMeasurementNoise, bellMeasurementDecay } from "./bell-measurement.ts";

/**
 * The fidelity of teleportation on average over all pure inputs (six suffice): ½ + (x + y + z)/6, where the
 * resource's eigenvalues are multiplied by those of the Bell measurement and of the receiver's wait.
 * Exact for p01 ≠ p10, and for a resource that is not Bell-diagonal when the receiver corrects before it waits: what
 * either prefers cancels over opposite inputs. A correction after a wait with T1 is exact as long as the sender's half
 * is maximally mixed; where it has a ⟨Z⟩, the reported bit tells of the input, and the damped qubit is turned by it.
 * For a resource B(x,z) other than Φ+ the eigenvalues are those relative to it.
 * @param wait `memoryDecay` of the time from Bell measurement to use: light time, processing, queueing
 */
export function teleportationFidelity(
  resource: PauliEigenvalues,
  noise: BellMeasurementNoise,
  wait: PauliEigenvalues,
): number {
  const measured = bellMeasurementDecay(noise.twoQubitDepolarising, noise.p01, noise.p10, noise.oneQubitDepolarising);
  const { x, y, z } = resource;
  return 0.5 + (x * measured.x * wait.x + y * measured.y * wait.y + z * measured.z * wait.z) / 6;
}
