import { SmallMap } from "@bellmesh/mesh";
import type { Topology } from "@bellmesh/topology";
import type { HalfDelivered, PairFidelity, PairHeralded, PairsSwapped } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { Deceptions } from "./deceptions.ts";
import { type Ordinal, ordinalOf, UNKNOWN } from "./entanglement.ts";
import { HalfTable } from "./half-table.ts";
import { linkOf } from "./link-of.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
import { PhotonsApart } from "./photons-apart.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Pairs from which on a mean is judged. */
const PAIRS_MIN = 30;
/** A mean this many standard errors short is no accident: once in 10⁹ means of a normal law. */
const SIGMAS = 6;
/** What a claim may be off by, as a model of the hardware; all that it leaves out is of second order. */
const MODEL_ALLOWANCE = 0.002;

/** Clocks that run as promised are no further apart than this many sigma of what a stamp's jitter leaves of them. */
const CLOCK_SIGMAS = 6;
const SERVO_NOISE = 3;
const ROUNDING_PS = 1000;

/** The fidelity of what has no coherence left at all. */
const UNENTANGLED = 0.25;

class TrueHalf {
  readonly row: HalfRow;
  partner: TrueHalf = this;
  /** A link pair between it and its partner was made of photons further apart than the clocks of its ends promise. */
  isSkewed: boolean;
  /** By what factor photons that came further apart than expected took coherence from it. */
  shortBy: number;
  /** When the first of the link pairs between it and its partner was emitted. */
  sinceNs: number;
  announced: Ordinal = UNKNOWN;
  claimed = 0;
  deliveredNs = 0;
  /** What nature said of the pair it is half of; UNKNOWN before. */
  intended: Ordinal = UNKNOWN;

  constructor(row: HalfRow, isSkewed: boolean, shortBy: number, sinceNs: number) {
    this.row = row;
    this.isSkewed = isSkewed;
    this.shortBy = shortBy;
    this.sinceNs = sinceNs;
  }
}

/** Pairs between the same two nodes: by how much each was better than claimed. */
interface Excess {
  count: number;
  sum: number;
  squares: number;
  atNs: number;
}

/**
 * What the ends say of a pair is true of it: its Bell index is the intended one of nature, exactly; and the mean of the
 * true fidelity between two nodes is not below that of the claimed one, by more than six standard errors of their
 * difference and 0.002. The claim that counts is that of the end which is last: nature tells the fidelity then.
 * All pairs of an interval of synchronisation share one clock error: what it took from them beyond the expected is
 * given back first, so that the pairs of a mean are independent.
 * Left out are pairs whose photons came further apart than the clocks can be when they run as promised: a claim is made
 * by those clocks, and that they are off is the affair of clocks-bounded. Left out too are pairs in whose life there
 * was a fault of which the stack could not know; with any of them the rule is not known to have held. Where the pairs
 * between two nodes are fewer than thirty without those left out, there was too little to judge by, which is nobody's
 * fault.
 */
export class GroundTruth implements Referee {
  readonly name = "ground-truth";
  readonly reads: Readings = {
    pairHeralded: (heralded) => this.#herald(heralded),
    halfDelivered: (delivered, { at }) => this.#deliver(delivered, at),
    halfUpgraded: ({ pair, node, bellIndex }, { at }) => {
      const half = this.#half(pair, node);
      if (half) this.#announce(half, ordinalOf(bellIndex), at);
    },
    halfRetracted: ({ pair, node }) => {
      const half = this.#half(pair, node);
      if (half) this.#disputes.delete(half);
    },
    pairFidelity: (fidelity, { at }) => this.#tell(fidelity, at),
    pairsSwapped: (swapped) => this.#swap(swapped),
    halfEnded: ({ pair, node }) => this.#end(pair, node),
    faultBegan: ({ fault }) => this.#deceptions.begin(fault),
    faultEnded: ({ fault }, { at }) => this.#deceptions.end(fault, at),
  };
  readonly #halves: HalfTable<TrueHalf>;
  /** Delivered halves whose node says another index than nature: wrong unless mended or taken back. */
  readonly #disputes = new SmallMap<TrueHalf, Violation>();
  readonly #excesses = new Map<string, Excess>();
  readonly #photonsApartMaxPs: number;
  readonly #photonsApart: PhotonsApart;
  readonly #deceptions = new Deceptions();
  #unclear = false;

  constructor(pairs: PairDirectory, topology: Topology) {
    this.#halves = new HalfTable(pairs);
    const { stampJitterPs, asymmetryPs } = topology.clock;
    this.#photonsApart = new PhotonsApart(topology);
    this.#photonsApartMaxPs = CLOCK_SIGMAS * (SERVO_NOISE * stampJitterPs + asymmetryPs) + ROUNDING_PS;
  }

  verdict(_atQuiescence: boolean): Verdict {
    const violations = [...this.#disputes.values()];
    for (const [ends, excess] of this.#excesses) {
      const message = shortfall(excess);
      if (message) violations.push({ atNs: excess.atNs, message: `${ends}: ${message}` });
    }
    const verdict = verdictOf(this.name, violations, this.#unclear || this.#deceptions.excused > 0);
    if (verdict.verdict === "unknown" && !this.#unclear) return { ...verdict, excused: true };
    return verdict.verdict === "true" && this.#isTooLittle() ? { ...verdict, verdict: "unknown", idle: true } : verdict;
  }

  #herald(heralded: PairHeralded): void {
    const row = this.#halves.enter(heralded);
    if (!row) return;
    const { pair, photonOffsetPs, firstEmitted, secondEmitted } = heralded;
    const sinceNs = Math.min(firstEmitted, secondEmitted);
    const isSkewed = photonOffsetPs > this.#photonsApartMaxPs;
    const shortBy = isSkewed ? 1 : this.#photonsApart.shortOf(linkOf(pair), photonOffsetPs);
    const first = new TrueHalf(row.first, isSkewed, shortBy, sinceNs);
    const second = new TrueHalf(row.second, isSkewed, shortBy, sinceNs);
    first.partner = second;
    second.partner = first;
    this.#halves.add(row, first, second);
  }

  #swap({ node, upstreamPair, downstreamPair }: PairsSwapped): void {
    const upstream = this.#half(upstreamPair, node);
    const downstream = this.#half(downstreamPair, node);
    if (!upstream || !downstream || upstream === downstream) return;
    const [left, right] = [upstream.partner, downstream.partner];
    left.partner = right;
    right.partner = left;
    left.isSkewed = upstream.isSkewed || downstream.isSkewed;
    right.isSkewed = left.isSkewed;
    left.shortBy = upstream.shortBy * downstream.shortBy;
    right.shortBy = left.shortBy;
    left.sinceNs = Math.min(upstream.sinceNs, downstream.sinceNs);
    right.sinceNs = left.sinceNs;
    this.#halves.end(upstream.row);
    this.#halves.end(downstream.row);
  }

  #deliver({ pair, node, bellIndex, claimedFidelityPpb }: HalfDelivered, atNs: number): void {
    const half = this.#half(pair, node);
    if (!half || this.#halves.isEnded(half.row)) return;
    half.claimed = claimedFidelityPpb / 1e9;
    half.deliveredNs = atNs;
    this.#announce(half, ordinalOf(bellIndex), atNs);
    this.#halves.end(half.row);
  }

  #announce(half: TrueHalf, index: Ordinal, atNs: number): void {
    half.announced = index;
    this.#compare(half, atNs);
  }

  #tell(fidelity: PairFidelity, atNs: number): void {
    const first = this.#half(fidelity.firstPair, fidelity.firstNode);
    const second = this.#half(fidelity.secondPair, fidelity.secondNode);
    const intended = ordinalOf(fidelity.intended);
    if (first) this.#intend(first, intended, atNs);
    if (second) this.#intend(second, intended, atNs);
    if (!first || !second || fidelity.announced === undefined) return;
    const last = lastToClaim(first, second);
    if (last.announced === UNKNOWN) return;
    const excess = this.#excessOf(`${first.row.node}–${second.row.node}`);
    if (first.isSkewed || this.#deceptions.excuse(first.sinceNs)) return;
    const parts = fidelity.isSample ? (fidelity.samplePpt ?? 0) : fidelity.fidelityPpt;
    const coherent = parts / 1e12 - UNENTANGLED;
    count(excess, UNENTANGLED + coherent * first.shortBy - last.claimed, atNs);
  }

  /** Whether of two nodes that got pairs, or of all, no mean can be judged. */
  #isTooLittle(): boolean {
    return this.#excesses.size === 0 || [...this.#excesses.values()].some(({ count }) => count < PAIRS_MIN);
  }

  #intend(half: TrueHalf, index: Ordinal, atNs: number): void {
    half.intended = index;
    this.#compare(half, atNs);
  }

  #compare(half: TrueHalf, atNs: number): void {
    const { row, announced, intended } = half;
    this.#disputes.delete(half);
    if (announced === UNKNOWN || intended === UNKNOWN || announced === intended) return;
    const message = `announced at ${row.node} with Bell index ${announced} (k = 2z + x), but nature has ${intended}`;
    this.#disputes.set(half, { pair: row.pair, atNs, message });
  }

  #excessOf(ends: string): Excess {
    const excess = this.#excesses.get(ends) ?? { count: 0, sum: 0, squares: 0, atNs: 0 };
    this.#excesses.set(ends, excess);
    return excess;
  }

  #half(pair: string, node: string): TrueHalf | undefined {
    const half = this.#halves.half(pair, node);
    if (!half && this.#halves.wasForgotten(pair)) this.#unclear = true;
    return half;
  }

  #end(pair: string, node: string): void {
    const half = this.#halves.half(pair, node);
    if (half) this.#halves.end(half.row);
  }
}

/** Whichever was delivered later, of those whose index was announced. */
function lastToClaim(first: TrueHalf, second: TrueHalf): TrueHalf {
  if (first.announced === UNKNOWN) return second;
  return second.announced !== UNKNOWN && second.deliveredNs > first.deliveredNs ? second : first;
}

function count(excess: Excess, difference: number, atNs: number): void {
  excess.count += 1;
  excess.sum += difference;
  excess.squares += difference * difference;
  excess.atNs = atNs;
}

/** What is wrong with a mean; undefined when nothing is, or too few pairs were seen to say so. */
function shortfall({ count, sum, squares }: Excess): string | undefined {
  if (count < PAIRS_MIN) return undefined;
  const mean = sum / count;
  const variance = Math.max(0, squares - sum * mean) / (count - 1);
  const sigma = Math.sqrt(variance / count);
  if (mean >= -(SIGMAS * sigma + MODEL_ALLOWANCE)) return undefined;
  const short = `${(-mean).toFixed(5)} ± ${sigma.toFixed(5)}`;
  return `the true fidelity of ${count} pairs is ${short} below the claimed one, in the mean`;
}
