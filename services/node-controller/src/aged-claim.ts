import { multiply } from "@bellmesh/bell";
import { leastHalfDecay, type TopologyNode } from "@bellmesh/topology";

/**
 * What a pair is claimed to be worth at its delivery when the claim is older than that: both halves have waited on. How
 * its errors are distributed is not known here, so this takes the worst: all of it decays as the fastest part of it.
 */
export function agedClaim(claimed: number, elapsedNs: number, near: TopologyNode, far: TopologyNode): number {
  if (elapsedNs <= 0 || claimed <= 0.25) return claimed;
  const { x, y, z } = multiply(leastHalfDecay(near.memory, elapsedNs), leastHalfDecay(far.memory, elapsedNs));
  return (1 + (4 * claimed - 1) * Math.min(x, y, z)) / 4;
}
