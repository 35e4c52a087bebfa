import { linkModel, linkNamed, type Topology } from "@bellmesh/topology";
import type { PairHeralded } from "@bellmesh/wire/ledger";
import { splitPairId } from "./pair-directory.ts";

/** By more than this no disciplined clock runs ahead of true time for long. */
const FASTEST = 1.001;
/** Cycles begin anew where clocks are corrected, and emissions are rounded. */
const ROUNDING_ATTEMPTS = 2;

interface Emission {
  readonly sequence: number;
  readonly emittedNs: readonly [number, number];
}

/**
 * A cycle is tried once: between the emission of a pair and that of the pair before it, of the same link and
 * incarnation of its station, lie as many cycles as the attempts that the pair took, or more. One attempt is made per
 * cycle in every scheme, over however many modes; pauses and schedules leave cycles out. Emissions are true instants,
 * whatever clocks show. Of pairs that are told of out of order, or not at all, more cycles are taken to lie between.
 */
export class AttemptsThatFit {
  readonly #topology: Topology;
  /** By link and station incarnation: of the pair with the highest sequence so far. */
  readonly #latest = new Map<string, Emission>();

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  /** @returns how many attempts could be made for this pair, where it has taken more */
  exceededBy({ pair, attempts, firstEmitted, secondEmitted }: PairHeralded): number | undefined {
    const id = splitPairId(pair);
    if (!id) return undefined;
    const before = this.#latest.get(id.series);
    if (before && before.sequence >= id.sequence) return undefined;
    this.#latest.set(id.series, { sequence: id.sequence, emittedNs: [firstEmitted, secondEmitted] });
    const link = linkNamed(this.#topology, id.series.slice(0, id.series.indexOf("/")));
    if (!before || !link) return undefined;
    const elapsedNs = Math.max(firstEmitted - before.emittedNs[0], secondEmitted - before.emittedNs[1]);
    const { periodNs } = linkModel(this.#topology, link);
    const fitting = Math.floor((elapsedNs * FASTEST) / periodNs) + ROUNDING_ATTEMPTS;
    return attempts > fitting ? fitting : undefined;
  }
}
