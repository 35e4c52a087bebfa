import type { PairQuality } from "@bellmesh/bell";
import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import type { HalvesRequest } from "@bellmesh/wire/node-controller";

/** Which way along a circuit: upstream is towards the head-end. */
export type Side = "upstream" | "downstream";

/** The other way. */
export const opposite = (side: Side): Side => (side === "upstream" ? "downstream" : "upstream");

/** A virtual circuit as one of its nodes knows it. */
export interface VirtualCircuit {
  readonly id: string;
  /** From head-end to tail-end. */
  readonly nodes: readonly string[];
  readonly links: readonly string[];
  /** This node's place in `nodes`. */
  readonly position: number;
  readonly minLinkFidelity: number | undefined;
  readonly cutoffNs: number;
  /** Of its CREATEs on its links; the network layer's own when absent. */
  readonly priority?: number | undefined;
}

/** One half held at this node: the near end of a link pair. */
export interface HeldHalf {
  readonly pair: string;
  readonly bellIndex: BellIndex;
  /** What the link pair was worth when it was heralded. */
  readonly goodness: PairQuality;
  readonly emittedAt: Instant;
  /** Since when it is being moved into storage; absent while it is not. */
  movedAt?: Instant;
}

/** What a circuit asks of the network layer around it. */
export interface Surroundings {
  /** To the node-controller. */
  memory(effects: Effect[], message: NonNullable<HalvesRequest["message"]>): void;
  track(now: Instant, effects: Effect[], to: string, track: Track, measuredAt: Instant, notAfter: number): void;
  expire(now: Instant, effects: Effect[], to: string, expire: Expire): void;
}

/** The neighbour on that side. @throws Error when this is the circuit's end on that side. */
export function neighbour(circuit: VirtualCircuit, side: Side): string {
  const name = circuit.nodes[circuit.position + (side === "upstream" ? -1 : 1)];
  if (name === undefined) throw new Error(`circuit ${circuit.id} has no node ${side} of position ${circuit.position}`);
  return name;
}
