import { multiply } from "@bellmesh/bell";
import type { HardwareInForce, NodeHardware } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { Deliver } from "@bellmesh/wire/node-controller";

/** What the network layer claimed of a pair when it gave the order to deliver, and what has been lost since. */
export function claimAtDelivery(
  now: Instant,
  { claimedFidelity, orderedAt, peer }: Deliver,
  hardware: HardwareInForce,
  node: string,
): number {
  const [near, far] = [hardware.of(node), hardware.of(peer)];
  return near && far && orderedAt > 0 ? agedClaim(claimedFidelity, orderedAt, now, near, far) : claimedFidelity;
}

/**
 * What a pair is claimed to be worth at its delivery when the claim is older than that: both halves have waited on. How
 * its errors are distributed is not known here, so this takes the worst: all of it decays as the fastest part of it,
 * and where a half relaxes to |0⟩ the eigenvalue z is −1.
 */
export function agedClaim(
  claimed: number,
  fromNs: number,
  untilNs: number,
  near: NodeHardware,
  far: NodeHardware,
): number {
  if (untilNs <= fromNs || claimed <= 0.25) return claimed;
  const { x, y, z } = multiply(near.leastHalfDecay(fromNs, untilNs), far.leastHalfDecay(fromNs, untilNs));
  return Math.max(0, (z + (4 * claimed - 1) * Math.min(x, y, z)) / 4);
}
