import { classicalDelayNs, linkModel, linkNamed, nodeNamed, type Topology } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { LedgerEvent, PairHeralded, PairsSwapped } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { AttemptsThatFit } from "./attempts-that-fit.ts";
import { HalfTable } from "./half-table.ts";
import { linkOf } from "./link-of.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Instants are rounded to whole nanoseconds, once where a message leaves and once where it acts. */
const ROUNDING_NS = 2;

/** An outcome, when and where it came to be; or what two halves that were swapped rested on, and the swap's outcome. */
interface Cause {
  readonly atNs: number;
  readonly from: Place;
  readonly upstream: Cause | undefined;
  readonly downstream: Cause | undefined;
}

/** Where outcomes come to be, and how long light takes from there, by node. */
interface Place {
  readonly name: string;
  readonly lightNs: Map<string, number>;
}

interface Station {
  readonly place: Place;
  readonly armDelayNs: readonly [number, number];
}

class CausedHalf {
  readonly row: HalfRow;
  partner: CausedHalf = this;
  readonly herald: Cause;
  /** All that the Bell index of its pair rests on. */
  cause: Cause;
  /** When its node showed that it knew the index; Infinity before. */
  knownNs = Number.POSITIVE_INFINITY;

  constructor(row: HalfRow, cause: Cause) {
    this.row = row;
    this.herald = cause;
    this.cause = cause;
  }
}

/**
 * Nothing is known anywhere sooner than light could have told: a half is stored and measured no sooner than its herald
 * can have come from the station, and announced with a Bell index, or turned by a Pauli, no sooner than the outcome of
 * every measurement along its chain. Nor is a half stored before nature has said that it has made its pair. And a cycle
 * is tried once: the attempts that a pair took fit between its emission and that of the pair before it.
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
  };
  readonly #topology: Topology;
  /** By link. */
  readonly #stations = new Map<string, Station>();
  readonly #places = new Map<string, Place>();
  readonly #fit: AttemptsThatFit;
  readonly #pairs: PairDirectory;
  readonly #halves: HalfTable<CausedHalf>;
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory, topology: Topology) {
    this.#pairs = pairs;
    this.#halves = new HalfTable(pairs);
    this.#topology = topology;
    this.#fit = new AttemptsThatFit(topology);
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, this.#unclear);
  }

  /** The station has heard of its photons when the later of them has come, and nature is told of the pair then. */
  #herald(told: LedgerEvent, heralded: PairHeralded): void {
    const { pair, firstEmitted, secondEmitted } = heralded;
    const { place, armDelayNs } = this.#stationOf(linkOf(pair));
    const atNs = Math.max(firstEmitted + armDelayNs[0], secondEmitted + armDelayNs[1]);
    if (told.at + slackOf(told) < atNs)
      this.#object(told, pair, `heralded ${atNs - told.at} ns before its photons came`);
    const row = this.#halves.enter(heralded);
    if (!row) return;
    const cause = { atNs, from: place, upstream: undefined, downstream: undefined };
    const first = new CausedHalf(row.first, cause);
    const second = new CausedHalf(row.second, cause);
    first.partner = second;
    second.partner = first;
    this.#halves.add(row, first, second);
  }

  #count(told: LedgerEvent, heralded: PairHeralded): void {
    const fitting = this.#fit.exceededBy(this.#pairs.enter(heralded), heralded);
    if (fitting === undefined) return;
    const { pair, attempts } = heralded;
    this.#object(told, pair, `took ${attempts} attempts, and ${fitting} fit behind the pair before it`);
  }

  #store(told: LedgerEvent, pair: string, node: string): void {
    const half = this.#half(pair, node);
    if (half) this.#judge(told, half, half.herald, told.at, "stored");
    else if (!this.#halves.has(pair) && !this.#halves.wasForgotten(pair)) {
      this.#object(told, pair, `stored at ${node}, and nature has made no such pair`);
    }
  }

  #swap(told: LedgerEvent, { node, upstreamPair, downstreamPair, measuredAt }: PairsSwapped): void {
    const upstream = this.#half(upstreamPair, node);
    const downstream = this.#half(downstreamPair, node);
    if (!upstream || !downstream || upstream === downstream) return;
    if (this.#halves.isEnded(upstream.row) || this.#halves.isEnded(downstream.row)) return;
    this.#judge(told, upstream, upstream.herald, measuredAt, "swapped");
    this.#judge(told, downstream, downstream.herald, measuredAt, "swapped");
    const causes = { upstream: upstream.cause, downstream: downstream.cause };
    const cause = { atNs: measuredAt, from: this.#placeNamed(node), ...causes };
    const [left, right] = [upstream.partner, downstream.partner];
    left.partner = right;
    right.partner = left;
    this.#rest(told, left, cause);
    this.#rest(told, right, cause);
    this.#halves.end(upstream.row);
    this.#halves.end(downstream.row);
  }

  /** Its pair's Bell index rests on this now, also where its node has shown already that it knew it. */
  #rest(told: LedgerEvent, half: CausedHalf, cause: Cause): void {
    half.cause = cause;
    if (half.knownNs < Number.POSITIVE_INFINITY) this.#judge(told, half, cause, half.knownNs, "announced");
  }

  #know(told: LedgerEvent, pair: string, node: string, index: BellIndex | undefined): void {
    if (!index) return;
    const half = this.#half(pair, node);
    if (!half || half.knownNs < Number.POSITIVE_INFINITY) return;
    half.knownNs = told.at;
    this.#judge(told, half, half.cause, told.at, "announced");
  }

  #judge(told: LedgerEvent, { row: { pair, node } }: CausedHalf, cause: Cause, atNs: number, what: string): void {
    const latest = this.#latest(cause, node);
    const heardNs = this.#heardNs(latest, node);
    if (heardNs <= atNs + slackOf(told)) return;
    const since = `the outcome of ${latest.from.name} at ${latest.atNs} ns gets there at ${heardNs} ns`;
    this.#object(told, pair, `${what} at ${node} at ${atNs} ns, but ${since}`);
  }

  /** Which of the outcomes that a half rests on its node can hear of last. */
  #latest(cause: Cause, node: string): Cause {
    const { upstream, downstream } = cause;
    if (!upstream || !downstream) return cause;
    const later = this.#later(cause, this.#latest(downstream, node), node);
    return this.#later(later, this.#latest(upstream, node), node);
  }

  #later(one: Cause, other: Cause, node: string): Cause {
    return this.#heardNs(other, node) > this.#heardNs(one, node) ? other : one;
  }

  #heardNs({ atNs, from }: Cause, node: string): number {
    return atNs + (from.lightNs.get(node) ?? this.#measureLight(from, node));
  }

  /** The station of a link. */
  #stationOf(name: string): Station {
    let station = this.#stations.get(name);
    if (!station) {
      const link = linkNamed(this.#topology, name);
      // Electronics may delay messages on the same way, but no photons.
      const armDelayNs = link ? linkModel(this.#topology, link).armDelayNs : ([0, 0] as const);
      station = { place: this.#placeNamed(name), armDelayNs };
      this.#stations.set(name, station);
    }
    return station;
  }

  #placeNamed(name: string): Place {
    let place = this.#places.get(name);
    if (!place) {
      place = { name, lightNs: new Map() };
      this.#places.set(name, place);
    }
    return place;
  }

  #half(pair: string, node: string): CausedHalf | undefined {
    const half = this.#halves.half(pair, node);
    if (!half && this.#halves.wasForgotten(pair)) this.#unclear = true;
    return half;
  }

  #end(pair: string, node: string): void {
    const half = this.#halves.half(pair, node);
    if (half) this.#halves.end(half.row);
  }

  /** 0 for places the topology does not have: what is said of them is one-owner's affair. */
  #measureLight({ name, lightNs }: Place, node: string): number {
    const isKnown = (place: string) => nodeNamed(this.#topology, place) || linkNamed(this.#topology, place);
    const tookNs = isKnown(name) && isKnown(node) ? classicalDelayNs(this.#topology, name, node) : 0;
    lightNs.set(node, tookNs);
    return tookNs;
  }

  #object({ at }: LedgerEvent, pair: string, message: string): void {
    this.#violations.push({ pair, atNs: at, message });
  }
}

/** What two instants of the mesh may be off by: each of their hosts by its uncertainty, taken as equal. */
function slackOf({ uncertaintyNs }: LedgerEvent): number {
  return 2 * uncertaintyNs + ROUNDING_NS;
}
