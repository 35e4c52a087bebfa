import { afterDecay, combine, leastFidelityAfter, type PairQuality } from "@bellmesh/bell";
import type { NodeHardware, TopologyNode } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { Track } from "@bellmesh/wire/feedforward";
import type { HeldHalf } from "./virtual-circuit.ts";

/** The hardware of both ends, as one of them knows it. */
export interface Ends {
  readonly near: NodeHardware;
  readonly far: NodeHardware;
}

/** Of a pair whose TRACK does not say what it is worth. */
export const noQuality: PairQuality = { x: 0, y: 0, z: 0, relaxed: undefined };

/**
 * What an end claims a pair to be worth when its TRACK has come: from ages and parameters alone, both end halves
 * waiting until `nowNs`, and what the TRACK tells of all between. Instants are of this node's disciplined clock.
 * Whether and when the far half was moved into storage is not known here, so the least is claimed.
 */
export function claimedFidelity(
  nowNs: number,
  half: Pick<HeldHalf, "emittedAt" | "movedAt">,
  track: Track,
  ends: Ends,
): number {
  const near = ends.near.halfDecay(half.emittedAt, half.movedAt, nowNs);
  const far = ends.far.leastHalfDecay(track.originEmittedAt, nowNs);
  return leastFidelityAfter(afterDecay(track.quality ?? noQuality, 1, near), 0, far);
}

/**
 * What is left of a claim when the head-end has brought about the final state: where a Pauli is owed, its gate leaves a
 * share of the pairs with a quarter in each Bell state.
 */
export function afterFinalPauli(
  claimed: number,
  index: BellIndex | undefined,
  finalState: BellIndex | undefined,
  headEnd: TopologyNode,
): number {
  const owed = index && finalState ? combine(index, finalState) : undefined;
  if (!owed || (!owed.x && !owed.z)) return claimed;
  const { oneQubitDepolarising } = headEnd.gates;
  return (1 - oneQubitDepolarising) * claimed + oneQubitDepolarising / 4;
}
