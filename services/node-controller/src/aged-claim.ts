import { memoryDecay, multiply } from "@bellmesh/bell";
import type { TopologyNode } from "@bellmesh/topology";
import { SECOND_NS } from "@bellmesh/wire";

/**
 * What a pair is claimed to be worth at its delivery when the claim is older than that: both halves have waited on. How
 * its errors are distributed is not known here, so this takes the worst: all of it decays as the fastest part of it.
 */
export function agedClaim(claimed: number, elapsedNs: number, near: TopologyNode, far: TopologyNode): number {
  if (elapsedNs <= 0 || claimed <= 0.25) return claimed;
  const elapsedS = elapsedNs / SECOND_NS;
  const [one, other] = [near.memory, far.memory];
  const { x, y, z } = multiply(memoryDecay(one.t1S, one.t2S, elapsedS), memoryDecay(other.t1S, other.t2S, elapsedS));
  return (1 + (4 * claimed - 1) * Math.min(x, y, z)) / 4;
}
