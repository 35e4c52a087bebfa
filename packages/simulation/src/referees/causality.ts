import { classicalDelayNs, linkModel, linkNamed, nodeNamed, type Topology } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { LedgerEvent, PairHeralded, PairsSwapped } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { AttemptsThatFit } from "./attempts-that-fit.ts";
import { HalfFacts, HalfTable } from "./half-table.ts";
import { NatureStandstill } from "./nature-standstill.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Instants are rounded to whole nanoseconds, once where a message leaves and once where it acts. */
const ROUNDING_NS = 2;

/** An outcome, when and where it came to be; or what two halves that were swapped rested on, and the swap's outcome. */
interface Cause {
  readonly atNs: number;
  readonly place: string;
  readonly upstream?: Cause;
  readonly downstream?: Cause;
}

class CausedHalf extends HalfFacts {
  partner: CausedHalf = this;
  readonly herald: Cause;
  /** All that the Bell index of its pair rests on. */
  cause: Cause;
  /** When its node showed that it knew the index; Infinity before. */
  knownNs = Number.POSITIVE_INFINITY;

  constructor(pair: string, node: string, cause: Cause) {
    super(pair, node);
    this.herald = cause;
    this.cause = cause;
  }
}

/**
 * Nothing is known anywhere sooner than light could have told: a half is stored and measured no sooner than its herald
 * can have come from the station, and announced with a Bell index, or turned by a Pauli, no sooner than the outcome of
 * every measurement along its chain. Nor is a half stored before nature has its pair: what is heralded while nature
 * stands still is stored when that goes on, and no sooner. And a cycle is tried once: the attempts that a pair took fit
 * between its emission and that of the pair before it.
 */
export class Causality implements Referee {
  readonly name = "causality";
  readonly reads: Readings = {
    pairHeralded: (heralded, told) => {
      this.#herald(told, heralded);
      this.#count(told, heralded);
    },
    halfStored: ({ pair, node }, told) => this.#store(told, pair, node),
    pairsSwapped: (swapped, told) => this.#swap(told, swapped),
    halfDelivered: ({ pair, node, bellIndex }, told) => {
      this.#know(told, pair, node, bellIndex);
      this.#end(pair, node);
    },
    halfUpgraded: ({ pair, node, bellIndex }, told) => this.#know(told, pair, node, bellIndex),
    frameApplied: ({ pair, node, applied }, told) => this.#know(told, pair, node, applied),
    halfEnded: ({ pair, node }) => this.#end(pair, node),
    faultBegan: ({ fault }, { at }) => this.#standstill.begin(fault, at),
    faultEnded: ({ fault }) => this.#standstill.end(fault),
  };
  readonly hears = (told: LedgerEvent) => this.#standstill.hear(told);
  readonly #topology: Topology;
  readonly #stations = new Map<string, string>();
  readonly #lightTimes = new Map<string, Map<string, number>>();
  readonly #standstill = new NatureStandstill();
  readonly #fit: AttemptsThatFit;
  readonly #halves: HalfTable<CausedHalf>;
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory, topology: Topology) {
    this.#halves = new HalfTable(pairs);
    this.#topology = topology;
    this.#fit = new AttemptsThatFit(topology);
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, this.#unclear);
  }

  /** The station has heard of its photons when the later of them has come. */
  #herald(told: LedgerEvent, { pair, firstNode, secondNode, firstEmitted, secondEmitted }: PairHeralded): void {
    const place = this.#stationOf(told.writer);
    const link = linkNamed(this.#topology, place);
    // Electronics may delay messages on the same way, but no photons.
    const [firstArmNs, secondArmNs] = link ? linkModel(this.#topology, link).armDelayNs : [0, 0];
    const atNs = Math.max(firstEmitted + firstArmNs, secondEmitted + secondArmNs);
    if (told.at + slackOf(told) < atNs)
      this.#object(told, pair, `heralded ${atNs - told.at} ns before its photons came`);
    const cause = { atNs, place };
    const first = new CausedHalf(pair, firstNode, cause);
    const second = new CausedHalf(pair, secondNode, cause);
    first.partner = second;
    second.partner = first;
    this.#halves.add(first, second);
  }

  #count(told: LedgerEvent, heralded: PairHeralded): void {
    const fitting = this.#fit.exceededBy(heralded);
    if (fitting === undefined) return;
    const { pair, attempts } = heralded;
    this.#object(told, pair, `took ${attempts} attempts, and ${fitting} fit behind the pair before it`);
  }

  #store(told: LedgerEvent, pair: string, node: string): void {
    const half = this.#half(pair, node);
    if (!half) return;
    this.#judge(told, half, half.herald, told.at, "stored");
    if (!this.#standstill.hasMissed(half.herald.atNs)) return;
    this.#object(told, pair, `stored at ${node} while nature stands still and has not heard of it`);
  }

  #swap(told: LedgerEvent, { node, upstreamPair, downstreamPair, measuredAt }: PairsSwapped): void {
    const upstream = this.#half(upstreamPair, node);
    const downstream = this.#half(downstreamPair, node);
    if (!upstream || !downstream || upstream.isEnded || downstream.isEnded || upstream === downstream) return;
    for (const half of [upstream, downstream]) this.#judge(told, half, half.herald, measuredAt, "swapped");
    const cause = { atNs: measuredAt, place: node, upstream: upstream.cause, downstream: downstream.cause };
    const [left, right] = [upstream.partner, downstream.partner];
    left.partner = right;
    right.partner = left;
    for (const far of [left, right]) {
      far.cause = cause;
      if (far.knownNs < Number.POSITIVE_INFINITY) this.#judge(told, far, cause, far.knownNs, "announced");
    }
    this.#halves.end(upstream);
    this.#halves.end(downstream);
  }

  #know(told: LedgerEvent, pair: string, node: string, index: BellIndex | undefined): void {
    if (!index) return;
    const half = this.#half(pair, node);
    if (!half || half.knownNs < Number.POSITIVE_INFINITY) return;
    half.knownNs = told.at;
    this.#judge(told, half, half.cause, told.at, "announced");
  }

  #judge(told: LedgerEvent, { pair, node }: CausedHalf, cause: Cause, atNs: number, what: string): void {
    const latest = this.#latest(cause, node);
    if (latest.heardNs <= atNs + slackOf(told)) return;
    const since = `the outcome of ${latest.place} at ${latest.atNs} ns gets there at ${latest.heardNs} ns`;
    this.#object(told, pair, `${what} at ${node} at ${atNs} ns, but ${since}`);
  }

  /** Which of the outcomes that a half rests on its node can hear of last. */
  #latest(cause: Cause, node: string): { readonly heardNs: number; readonly place: string; readonly atNs: number } {
    let latest = { heardNs: Number.NEGATIVE_INFINITY, place: "", atNs: 0 };
    const open: Cause[] = [cause];
    for (let next = open.pop(); next; next = open.pop()) {
      const { place, atNs, upstream, downstream } = next;
      const heardNs = atNs + this.#lightNs(place, node);
      if (heardNs > latest.heardNs) latest = { heardNs, place, atNs };
      if (upstream) open.push(upstream);
      if (downstream) open.push(downstream);
    }
    return latest;
  }

  /** The link whose station wrote this. */
  #stationOf(writer: string): string {
    let station = this.#stations.get(writer);
    if (station === undefined) {
      station = writer.slice(writer.indexOf("/") + 1);
      this.#stations.set(writer, station);
    }
    return station;
  }

  #half(pair: string, node: string): CausedHalf | undefined {
    const half = this.#halves.half(pair, node);
    if (!half && this.#halves.wasForgotten(pair)) this.#unclear = true;
    return half;
  }

  #end(pair: string, node: string): void {
    const half = this.#halves.half(pair, node);
    if (half) this.#halves.end(half);
  }

  /** 0 for places the topology does not have: what is said of them is one-owner's affair. */
  #lightNs(from: string, to: string): number {
    let row = this.#lightTimes.get(from);
    if (!row) {
      row = new Map();
      this.#lightTimes.set(from, row);
    }
    let lightNs = row.get(to);
    if (lightNs === undefined) {
      const isKnown = (place: string) => nodeNamed(this.#topology, place) || linkNamed(this.#topology, place);
      lightNs = isKnown(from) && isKnown(to) ? classicalDelayNs(this.#topology, from, to) : 0;
      row.set(to, lightNs);
    }
    return lightNs;
  }

  #object({ at }: LedgerEvent, pair: string, message: string): void {
    this.#violations.push({ pair, atNs: at, message });
  }
}

/** What two instants of the mesh may be off by: each of their hosts by its uncertainty, taken as equal. */
function slackOf({ uncertaintyNs }: LedgerEvent): number {
  return 2 * uncertaintyNs + ROUNDING_NS;
}
