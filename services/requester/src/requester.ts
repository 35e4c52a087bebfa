import {
  type Call,
  Code,
  codeName,
  type Effect,
  effect,
  incarnationOf,
  methodsOf,
  SmallMap,
  StandingStream,
  type Status,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import { after, type Instant } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { MissPolicy } from "@bellmesh/wire/network-layer";
import {
  type DeliveriesRequest,
  type DeliveriesResponse,
  EndReason,
  NodeControllerServiceDefinition,
  type RequestPairsResponse,
} from "@bellmesh/wire/node-controller";
import type { RequesterTable } from "./requester-table.ts";

export const nodeControllerMethods = methodsOf(NodeControllerServiceDefinition);

const REQUEST_DEADLINE_NS = 10_000_000_000;
const ASK_AGAIN_TIMER = "ask again";
const ASK_AGAIN_AFTER_NS = 100_000_000;
const SETTLE_TIMER = "settle";
/** How long after the end of the request what the tail-end delivered may still come. */
const SETTLE_FOR_NS = 10_000_000_000;
/** Set where the request has a time limit: a head-end that is gone for good tells nobody that it is over. */
const GIVE_UP_TIMER = "give up";

/** What to ask for. */
export interface Ask {
  readonly from: string;
  readonly to: string;
  readonly pairs: number;
  readonly minFidelity: number | undefined;
  readonly maxTimeNs: number;
  readonly missPolicy: MissPolicy;
  readonly graceNs: number;
  readonly finalState: BellIndex | undefined;
  /** Keep every half until an application at its end has measured or released it. */
  readonly hold?: boolean;
  /** 0 to 7, higher is sooner, on links that serve by strict priority; that of a network layer when absent. */
  readonly priority?: number | undefined;
}

type Ends = { head: boolean; tail: boolean };

/** Asks for N pairs at one node and follows the deliveries at both: an application, the same in both worlds. */
export class Requester {
  readonly #ask: Ask;
  readonly #table: RequesterTable;
  readonly #head: StandingStream<DeliveriesRequest, DeliveriesResponse>;
  readonly #tail: StandingStream<DeliveriesRequest, DeliveriesResponse>;
  readonly #lastSequence = { head: 0, tail: 0 };
  /** Pairs delivered at one end and not yet at the other, by their number. */
  readonly #half = new SmallMap<number, Ends>();
  /** Deliveries that came before the answer to the request. */
  #early: { readonly end: "head" | "tail"; readonly response: DeliveriesResponse }[] = [];
  #requestId: string | undefined;
  /** Of the node-controller that gave the request its id. */
  #incarnation = 0;
  #reported = 0;
  #isSettling = false;

  constructor(ask: Ask, table: RequesterTable) {
    this.#ask = ask;
    this.#table = table;
    table.clear();
    table.requested = ask.pairs;
    const numbers = new StreamNumbers();
    this.#head = new StandingStream(`node-controller/${ask.from}`, nodeControllerMethods.deliveries, numbers);
    this.#tail = new StandingStream(`node-controller/${ask.to}`, nodeControllerMethods.deliveries, numbers);
  }

  started(now: Instant): Effect[] {
    const effects: Effect[] = [];
    this.#head.open(effects, { afterSequence: 0 });
    this.#tail.open(effects, { afterSequence: 0 });
    this.#table.askedAt = now;
    effects.push(this.#request(now));
    return effects;
  }

  answered(now: Instant, { requestId, predictedFidelity, path }: RequestPairsResponse): Effect[] {
    this.#requestId = requestId;
    this.#incarnation = Number(requestId.split("/")[1]);
    this.#table.requestId = requestId;
    this.#table.predictedFidelity = predictedFidelity;
    this.#table.path = path;
    for (const { end, response } of this.#early) this.#count(end, response);
    this.#early = [];
    const effects = this.#settle(now);
    const { maxTimeNs } = this.#ask;
    if (maxTimeNs > 0) effects.push(effect.setTimer(GIVE_UP_TIMER, after(now, maxTimeNs + SETTLE_FOR_NS)));
    return effects;
  }

  /** Refused, or the node's controller is not up yet: that one is asked again, as long as there is time. */
  refused(now: Instant, status: Status): Effect[] {
    const { maxTimeNs } = this.#ask;
    if (status.code === Code.UNAVAILABLE && (maxTimeNs === 0 || now - this.#table.askedAt < maxTimeNs)) {
      return [effect.setTimer(ASK_AGAIN_TIMER, after(now, ASK_AGAIN_AFTER_NS))];
    }
    this.#table.ended = (status.reason ?? codeName(status.code)).toLowerCase();
    this.#table.message = status.message;
    this.#table.refused = true;
    this.#table.done = true;
    return [];
  }

  delivery(now: Instant, response: DeliveriesResponse, stream: Stream): Effect[] {
    const end = this.#head.is(stream) ? "head" : "tail";
    this.#lastSequence[end] = response.sequence;
    if (this.#requestId === undefined) this.#early.push({ end, response });
    else this.#count(end, response);
    return this.#settle(now);
  }

  streamEnded(now: Instant, stream: Stream, status: Status): Effect[] {
    const effects: Effect[] = [];
    const end = this.#head.is(stream) ? "head" : "tail";
    // What is forgotten there cannot be counted any more; what is kept still can.
    if (status.code === Code.OUT_OF_RANGE) this.#lastSequence[end] = 0;
    if (!this.#head.ended(now, effects, stream)) this.#tail.ended(now, effects, stream);
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    const effects: Effect[] = [];
    if (timer === ASK_AGAIN_TIMER) effects.push(this.#request(now));
    else if (timer === SETTLE_TIMER) this.#table.done = true;
    else if (timer === GIVE_UP_TIMER) this.#giveUp();
    else if (timer === this.#head.timer) this.#head.open(effects, { afterSequence: this.#lastSequence.head });
    else if (timer === this.#tail.timer) this.#tail.open(effects, { afterSequence: this.#lastSequence.tail });
    return effects;
  }

  #request(now: Instant): Effect {
    const { from, hold = false, ...wanted } = this.#ask;
    return effect.call(
      1 as Call<RequestPairsResponse>,
      `node-controller/${from}`,
      nodeControllerMethods.requestPairs,
      { ...wanted, hold },
      after(now, REQUEST_DEADLINE_NS),
    );
  }

  /** Done when both ends have told of every pair that was delivered, or when one of them does not any more. */
  #settle(now: Instant): Effect[] {
    const table = this.#table;
    if (table.ended === undefined || table.done) return [];
    if (table.delivered >= this.#reported) {
      table.done = true;
      return this.#isSettling ? [effect.cancelTimer(SETTLE_TIMER)] : [];
    }
    if (this.#isSettling) return [];
    this.#isSettling = true;
    return [effect.setTimer(SETTLE_TIMER, after(now, SETTLE_FOR_NS))];
  }

  #giveUp(): void {
    const table = this.#table;
    if (table.ended === undefined) {
      table.ended = "unanswered";
      table.message = `${this.#ask.from} has not said how the request ended`;
    }
    table.done = true;
  }

  #count(end: "head" | "tail", { sequence, requestId, event }: DeliveriesResponse): void {
    const table = this.#table;
    if (end === "head" && incarnationOf(sequence) > this.#incarnation && table.ended === undefined) {
      table.ended = reasonName(EndReason.CIRCUIT_LOST);
      table.message = `${this.#ask.from} has restarted, and the request is lost`;
    }
    if (requestId !== this.#requestId || !event) return;
    if (event.$case === "delivered") {
      const { pairSequence, claimedFidelity, feedforwardNs, at, bellIndex } = event.delivered;
      if (event.delivered.feedforwardMissed) table.feedforwardMissed += 1;
      if (bellIndex) {
        table.claimedSum += claimedFidelity;
        table.claims += 1;
      }
      table.feedforwardNs.push(feedforwardNs);
      table.lastDeliveredAt = at;
      this.#mark(pairSequence, end);
    } else if (event.$case === "upgraded") {
      table.claimedSum += event.upgraded.claimedFidelity;
      table.claims += 1;
    } else if (event.$case === "expired") {
      table.expired += 1;
      // A delivery that was late has been counted as a miss already.
      if (event.expired.feedforwardMissed && !event.expired.retracted) table.feedforwardMissed += 1;
      if (event.expired.retracted) this.#unmark(event.expired.pairSequence, end);
    } else if (event.$case === "ended" && end === "head") {
      table.ended = reasonName(event.ended.reason);
      table.message = event.ended.message;
      this.#reported = event.ended.delivered;
    }
  }

  #mark(pairSequence: number, end: "head" | "tail"): void {
    const ends = this.#half.get(pairSequence);
    if (!ends) {
      this.#half.set(pairSequence, { head: end === "head", tail: end === "tail" });
      return;
    }
    ends[end] = true;
    if (!ends.head || !ends.tail) return;
    this.#half.delete(pairSequence);
    this.#table.delivered += 1;
  }

  /** A retraction: the pair is no longer delivered, whether the other end had it or not. */
  #unmark(pairSequence: number, end: "head" | "tail"): void {
    const ends = this.#half.get(pairSequence);
    if (ends) {
      ends[end] = false;
      if (!ends.head && !ends.tail) this.#half.delete(pairSequence);
      return;
    }
    this.#table.delivered -= 1;
    this.#half.set(pairSequence, { head: end !== "head", tail: end !== "tail" });
  }
}

function reasonName(reason: EndReason): string {
  const name = Object.entries(EndReason).find(([, value]) => value === reason)?.[0] ?? "UNSPECIFIED";
  return name.toLowerCase();
}
