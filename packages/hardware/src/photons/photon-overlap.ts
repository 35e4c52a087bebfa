import { exp } from "@bellmesh/numerics";
import { checkNotNegativeFields, checkPositiveFields } from "../parameter-error.ts";

/**
 * The factor by which the visibility |⟨a|b⟩|² falls when two exponentially decaying photons arrive at the
 * beam splitter at different times: e^(−|Δt|/τ), τ the lifetime of the emitters. Both times in ns.
 * @throws ParameterError when the lifetime is not positive.
 */
export function photonOverlap(arrivalDifferenceNs: number, photonLifetimeNs: number): number {
  checkPositiveFields({ photonLifetimeNs });
  return exp(-Math.abs(arrivalDifferenceNs) / photonLifetimeNs);
}

const SIGMAS = 6;
const INTERVALS = 96;

/**
 * The mean of `photonOverlap` over a normally distributed arrival difference of mean 0, by Simpson's rule.
 * @throws ParameterError when the lifetime is not positive or sigma is negative.
 */
export function meanPhotonOverlap(sigmaNs: number, photonLifetimeNs: number): number {
  checkNotNegativeFields({ sigmaNs });
  if (sigmaNs === 0) return 1;
  let [weighted, weights] = [0, 0];
  for (let step = 0; step <= INTERVALS; step += 1) {
    const sigmas = (SIGMAS * step) / INTERVALS;
    const simpson = step === 0 || step === INTERVALS ? 1 : step % 2 === 1 ? 4 : 2;
    const weight = simpson * exp(-0.5 * sigmas * sigmas);
    weighted += weight * photonOverlap(sigmas * sigmaNs, photonLifetimeNs);
    weights += weight;
  }
  return weighted / weights;
}
