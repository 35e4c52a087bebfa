import { exp } from "@bellmesh/numerics";

/**
 * The factor by which the visibility |⟨a|b⟩|² falls when two exponentially decaying photons arrive at the
 * beam splitter at different times: e^(−|Δt|/τ), τ the lifetime of the emitters. Both times in ns.
 * @throws RangeError when the lifetime is not positive.
 */
export function photonOverlap(arrivalDifferenceNs: number, photonLifetimeNs: number): number {
  if (!(photonLifetimeNs > 0)) {
    throw new RangeError(`a photon lifetime is positive, not ${photonLifetimeNs} ns`);
  }
  return exp(-Math.abs(arrivalDifferenceNs) / photonLifetimeNs);
}
