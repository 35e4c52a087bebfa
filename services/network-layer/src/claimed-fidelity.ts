import { fidelityOf, multiply } from "@bellmesh/bell";
import { halfDecay, leastHalfDecay, type TopologyNode } from "@bellmesh/topology";
import type { Track } from "@bellmesh/wire/feedforward";
import type { HeldHalf } from "./virtual-circuit.ts";

/**
 * What an end claims a pair to be worth when its TRACK has come: from ages and parameters alone, both end halves
 * waiting until `nowNs`, and what the TRACK tells of all between. Instants are of this node's disciplined clock.
 * Whether and when the far half was moved into storage is not known here, so the least is claimed.
 * @param ends this end's node and the far one's.
 */
export function claimedFidelity(
  nowNs: number,
  half: Pick<HeldHalf, "emittedAt" | "movedAt">,
  track: Track,
  ends: { readonly near: TopologyNode; readonly far: TopologyNode },
): number {
  const { memory: near } = ends.near;
  const { memory: far } = ends.far;
  const waited = multiply(
    halfDecay(near, half.emittedAt, half.movedAt, nowNs),
    leastHalfDecay(far, nowNs - track.originEmittedAt),
  );
  return fidelityOf(multiply(track.quality ?? { x: 0, y: 0, z: 0 }, waited));
}
