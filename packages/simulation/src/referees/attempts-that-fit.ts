import { linkModel, linkNamed, type Topology } from "@bellmesh/topology";
import type { PairHeralded } from "@bellmesh/wire/ledger";
import type { PairRow } from "./pair-directory.ts";

/** By more than this no disciplined clock runs ahead of true time for long. */
const FASTEST = 1.001;
/** Cycles begin anew where clocks are corrected, and emissions are rounded. */
const ROUNDING_ATTEMPTS = 2;

/** Of the pair of a series with the highest sequence so far. */
interface Emission {
  sequence: number;
  firstNs: number;
  secondNs: number;
  /** Of the link's cycles; undefined where the topology has no such link. */
  readonly periodNs: number | undefined;
}

/**
 * A cycle is tried once: between the emission of a pair and that of the pair before it, of the same link and
 * incarnation of its station, lie as many cycles as the attempts that the pair took, or more. One attempt is made per
 * cycle in every scheme, over however many modes; pauses and schedules leave cycles out. Emissions are true instants,
 * whatever clocks show. Of pairs that are told of out of order, or not at all, more cycles are taken to lie between.
 */
export class AttemptsThatFit {
  readonly #topology: Topology;
  /** By the number of the series. */
  readonly #latest: Emission[] = [];

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  /** @returns how many attempts could be made for this pair, where it has taken more */
  exceededBy({ series, sequence }: PairRow, heralded: PairHeralded): number | undefined {
    if (!series) return undefined;
    const { attempts, firstEmitted, secondEmitted } = heralded;
    const before = this.#latest[series.number];
    if (!before) {
      const emission = { sequence, firstNs: firstEmitted, secondNs: secondEmitted };
      this.#latest[series.number] = { ...emission, periodNs: this.#periodOf(series.link) };
      return undefined;
    }
    if (before.sequence >= sequence) return undefined;
    const elapsedNs = Math.max(firstEmitted - before.firstNs, secondEmitted - before.secondNs);
    before.sequence = sequence;
    before.firstNs = firstEmitted;
    before.secondNs = secondEmitted;
    if (before.periodNs === undefined) return undefined;
    const fitting = Math.floor((elapsedNs * FASTEST) / before.periodNs) + ROUNDING_ATTEMPTS;
    return attempts > fitting ? fitting : undefined;
  }

  #periodOf(name: string): number | undefined {
    const link = linkNamed(this.#topology, name);
    return link && linkModel(this.#topology, link).periodNs;
  }
}
