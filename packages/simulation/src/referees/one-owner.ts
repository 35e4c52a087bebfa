import { RecentMap } from "@bellmesh/mesh";
import type { LedgerEvent, RequestAccepted } from "@bellmesh/wire/ledger";
import { type HalfFacts, HalfTable } from "./half-table.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Requests whose ends are remembered. */
const REQUESTS_KEPT = 16_384;
const NATURE = "nature";

interface OwnedHalf extends HalfFacts {
  /** The restart of its node's memory that took it into a slot; 0 while it is in none. */
  holder: number;
  /** The request it was delivered for; empty before. */
  requestId: string;
}

/**
 * A half is in one hand at a time: in its own node's memory from when that stores it to its end, and then with the one
 * request it is delivered for, at an end of that request. Only its node or nature says what becomes of it.
 */
export class OneOwner implements Referee {
  readonly name = "one-owner";
  readonly #halves: HalfTable<OwnedHalf>;
  readonly #requests = new RecentMap<RequestAccepted>(REQUESTS_KEPT);
  /** The place of each writer. */
  readonly #places = new Map<string, string>();
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfTable(pairs);
  }

  observe(told: LedgerEvent): void {
    const { event } = told;
    switch (event?.$case) {
      case "requestAccepted":
        this.#requests.set(event.requestAccepted.requestId, event.requestAccepted);
        break;
      case "pairHeralded": {
        const { pair, firstNode, secondNode } = event.pairHeralded;
        this.#halves.add(held(pair, firstNode), held(pair, secondNode));
        break;
      }
      case "halfStored":
        this.#store(told, event.halfStored.pair, event.halfStored.node);
        break;
      case "pairsSwapped":
        this.#end(told, event.pairsSwapped.upstreamPair, event.pairsSwapped.node, "swapped");
        this.#end(told, event.pairsSwapped.downstreamPair, event.pairsSwapped.node, "swapped");
        break;
      case "halfDelivered": {
        const { pair, node, requestId } = event.halfDelivered;
        this.#deliver(told, this.#end(told, pair, node, "delivered"), requestId);
        break;
      }
      case "halfEnded":
        this.#end(told, event.halfEnded.pair, event.halfEnded.node, "ended");
        break;
      case "halfRetracted":
        this.#byItsOwner(told, event.halfRetracted.pair, event.halfRetracted.node, "retracted");
        break;
      case "halfUpgraded":
        this.#byItsOwner(told, event.halfUpgraded.pair, event.halfUpgraded.node, "upgraded");
        break;
      case "frameApplied":
        this.#byItsOwner(told, event.frameApplied.pair, event.frameApplied.node, "turned");
        break;
      case "natureRestarted":
        this.#halves.natureRestarted();
        break;
    }
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
    if (half.holder > 0 && !half.isEnded && !isLaterMemory) {
      this.#object(told, pair, `stored at ${node}, whose memory holds it already`);
    }
    half.holder = told.incarnation;
  }

  #end(told: LedgerEvent, pair: string, node: string, how: string): OwnedHalf | undefined {
    this.#byItsOwner(told, pair, node, how);
    const half = this.#halves.half(pair, node);
    if (half) this.#halves.end(half);
    else if (this.#halves.wasForgotten(pair)) this.#unclear = true;
    return half;
  }

  #deliver(told: LedgerEvent, half: OwnedHalf | undefined, requestId: string): void {
    if (!half) return;
    const { pair, node } = half;
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

function held(pair: string, node: string): OwnedHalf {
  return { pair, node, isEnded: false, wasInNature: false, holder: 0, requestId: "" };
}
