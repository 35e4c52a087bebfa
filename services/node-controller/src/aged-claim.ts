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
 * and halves relax to |0⟩ from states that lean that way as far as a pair of this fidelity can, by 2√(F(1 − F)).
 */
export function agedClaim(
  claimed: number,
  fromNs: number,
  untilNs: number,
  near: NodeHardware,
  far: NodeHardware,
): number {
  if (untilNs <= fromNs || claimed <= 0.25) return claimed;
  const [one, other] = [near.leastHalfDecay(fromNs, untilNs), far.leastHalfDecay(fromNs, untilNs)];
  const { x, y, z } = multiply(one, other);
  const leaning = claimed > 0.5 ? 2 * Math.sqrt(claimed * (1 - claimed)) : 1;
  const [a, b] = [one.mostRelaxed, other.mostRelaxed];
  const relaxed = leaning * (a * (1 - b) + b * (1 - a)) + a * b;
  return Math.max(0, (1 + (4 * claimed - 1) * Math.min(x, y, z) - relaxed) / 4);
}
