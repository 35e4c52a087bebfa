import { fidelityOf, memoryDecay, multiply } from "@bellmesh/bell";
import type { TopologyNode } from "@bellmesh/topology";
import { SECOND_NS } from "@bellmesh/wire";
import type { Track } from "@bellmesh/wire/feedforward";

/**
 * What an end claims a pair to be worth when its TRACK has come: from ages and parameters alone, both end halves
 * waiting until `nowNs`, and what the TRACK tells of all between. Instants are of this node's disciplined clock.
 * @param ends this end's node and the far one's.
 */
export function claimedFidelity(
  nowNs: number,
  emittedAtNs: number,
  track: Track,
  ends: { readonly near: TopologyNode; readonly far: TopologyNode },
): number {
  const { memory: near } = ends.near;
  const { memory: far } = ends.far;
  const nearS = Math.max(0, nowNs - emittedAtNs) / SECOND_NS;
  const farS = Math.max(0, nowNs - track.originEmittedAt) / SECOND_NS;
  const waited = multiply(memoryDecay(near.t1S, near.t2S, nearS), memoryDecay(far.t1S, far.t2S, farS));
  return fidelityOf(multiply(track.quality ?? { x: 0, y: 0, z: 0 }, waited));
}
