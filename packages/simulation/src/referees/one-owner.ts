import { RecentMap } from "@bellmesh/mesh";
import type { LedgerEvent, RequestAccepted } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { HalfTable } from "./half-table.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Requests whose ends are remembered. */
const REQUESTS_KEPT = 16_384;
const NATURE = "nature";

class OwnedHalf {
  readonly row: HalfRow;
  /** The restart of its node's memory that took it into a slot; 0 while it is in none. */
  holder = 0;
  /** The request it was delivered for; empty before. */
  requestId = "";
  /** Nature has restarted since its herald: if it had not ended, it was lost then. */
  wasInNature = false;

  constructor(row: HalfRow) {
    this.row = row;
  }
}

/**
 * A half is in one hand at a time: in its own node's memory from when that stores it to its end, and then with the one
 * request it is delivered for, at an end of that request. Only its node or nature says what becomes of it.
 */
export class OneOwner implements Referee {
  readonly name = "one-owner";
  readonly reads: Readings = {
    requestAccepted: (accepted) => this.#requests.set(accepted.requestId, accepted),
    pairHeralded: (heralded) => {
      const row = this.#halves.enter(heralded);
      if (row) this.#halves.add(row, new OwnedHalf(row.first), new OwnedHalf(row.second));
    },
    halfStored: ({ pair, node }, told) => this.#store(told, pair, node),
    pairsSwapped: ({ upstreamPair, downstreamPair, node }, told) => {
      this.#end(told, upstreamPair, node, "swapped");
      this.#end(told, downstreamPair, node, "swapped");
    },
    halfDelivered: ({ pair, node, requestId }, told) => {
      this.#deliver(told, this.#end(told, pair, node, "delivered"), requestId);
    },
    halfEnded: ({ pair, node }, told) => this.#end(told, pair, node, "ended"),
    halfRetracted: ({ pair, node }, told) => this.#byItsOwner(told, pair, node, "retracted"),
    halfUpgraded: ({ pair, node }, told) => this.#byItsOwner(told, pair, node, "upgraded"),
    frameApplied: ({ pair, node }, told) => this.#byItsOwner(told, pair, node, "turned"),
    natureRestarted: () => {
      for (const half of this.#halves.all()) half.wasInNature = true;
    },
  };
  readonly #halves: HalfTable<OwnedHalf>;
  readonly #requests = new RecentMap<RequestAccepted>(REQUESTS_KEPT);
  /** The place of each writer. */
  readonly #places = new Map<string, string>();
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfTable(pairs);
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, this.#unclear);
  }

  #store(told: LedgerEvent, pair: string, node: string): void {
    this.#byItsOwner(told, pair, node, "stored");
    const half = this.#halves.half(pair, node);
    if (!half) {
      const message = `stored at ${node}, which has no half of it`;
      if (this.#halves.has(pair)) this.#object(told, pair, message);
      else this.#unclear ||= this.#halves.wasForgotten(pair);
      return;
    }
    const isLaterMemory = half.wasInNature && told.incarnation > half.holder;
    if (half.holder > 0 && !this.#halves.isEnded(half.row) && !isLaterMemory) {
      this.#object(told, pair, `stored at ${node}, whose memory holds it already`);
    }
    half.holder = told.incarnation;
  }

  #end(told: LedgerEvent, pair: string, node: string, how: string): OwnedHalf | undefined {
    this.#byItsOwner(told, pair, node, how);
    const half = this.#halves.half(pair, node);
    if (half) this.#halves.end(half.row);
    else if (this.#halves.wasForgotten(pair)) this.#unclear = true;
    return half;
  }

  #deliver(told: LedgerEvent, half: OwnedHalf | undefined, requestId: string): void {
    if (!half) return;
    const { pair, node } = half.row;
    if (half.requestId !== "" && half.requestId !== requestId) {
      this.#object(told, pair, `delivered at ${node} for ${requestId}, but for ${half.requestId} before`);
    }
    half.requestId = requestId;
    const request = this.#requests.get(requestId);
    if (!request || request.headEnd === node || request.tailEnd === node) return;
    const ends = `${request.headEnd} and ${request.tailEnd}`;
    this.#object(told, pair, `delivered at ${node} for ${requestId}, whose ends are ${ends}`);
  }

  #byItsOwner(told: LedgerEvent, pair: string, node: string, how: string): void {
    const place = this.#placeOf(told.writer);
    if (place === node || place === NATURE) return;
    this.#object(told, pair, `${how} at ${node}, says ${told.writer}, which does not hold it`);
  }

  #placeOf(writer: string): string {
    let place = this.#places.get(writer);
    if (place === undefined) {
      place = writer.slice(writer.indexOf("/") + 1);
      this.#places.set(writer, place);
    }
    return place;
  }

  #object({ at }: LedgerEvent, pair: string, message: string): void {
    this.#violations.push({ pair, atNs: at, message });
  }
}
