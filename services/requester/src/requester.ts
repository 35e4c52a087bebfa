import {
  type Call,
  codeName,
  type Effect,
  effect,
  methodsOf,
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
  readonly #half = new Map<number, Ends>();
  /** Deliveries that came before the answer to the request. */
  #early: { readonly end: "head" | "tail"; readonly response: DeliveriesResponse }[] = [];
  #requestId: string | undefined;
  #reported = 0;

  constructor(ask: Ask, table: RequesterTable) {
    this.#ask = ask;
    this.#table = table;
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

  answered({ requestId, predictedFidelity, path }: RequestPairsResponse): Effect[] {
    this.#requestId = requestId;
    this.#table.predictedFidelity = predictedFidelity;
    this.#table.path = path;
    for (const { end, response } of this.#early) this.#count(end, response);
    this.#early = [];
    return [];
  }

  /** Refused, or the node's controller is not up yet: that one is asked again. */
  refused(now: Instant, status: Status): Effect[] {
    if (codeName(status.code) === "UNAVAILABLE") {
      return [effect.setTimer(ASK_AGAIN_TIMER, after(now, ASK_AGAIN_AFTER_NS))];
    }
    this.#table.ended = (status.reason ?? codeName(status.code)).toLowerCase();
    this.#table.message = status.message;
    this.#table.refused = true;
    this.#table.done = true;
    return [];
  }

  delivery(response: DeliveriesResponse, stream: Stream): Effect[] {
    const end = this.#head.is(stream) ? "head" : "tail";
    this.#lastSequence[end] = response.sequence;
    if (this.#requestId === undefined) this.#early.push({ end, response });
    else this.#count(end, response);
    return [];
  }

  streamEnded(now: Instant, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    if (!this.#head.ended(now, effects, stream)) this.#tail.ended(now, effects, stream);
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    const effects: Effect[] = [];
    if (timer === ASK_AGAIN_TIMER) effects.push(this.#request(now));
    else if (timer === this.#head.timer) this.#head.open(effects, { afterSequence: this.#lastSequence.head });
    else if (timer === this.#tail.timer) this.#tail.open(effects, { afterSequence: this.#lastSequence.tail });
    return effects;
  }

  #request(now: Instant): Effect {
    const { from, to, pairs, minFidelity, maxTimeNs, missPolicy, graceNs, finalState } = this.#ask;
    return effect.call(
      1 as Call<RequestPairsResponse>,
      `node-controller/${from}`,
      nodeControllerMethods.requestPairs,
      { to, pairs, minFidelity, maxTimeNs, missPolicy, graceNs, finalState, hold: false },
      after(now, REQUEST_DEADLINE_NS),
    );
  }

  #count(end: "head" | "tail", { requestId, event }: DeliveriesResponse): void {
    if (requestId !== this.#requestId || !event) return;
    const table = this.#table;
    if (event.$case === "delivered") {
      const { pairSequence, claimedFidelity, feedforwardNs, at } = event.delivered;
      table.claimedSum += claimedFidelity;
      table.claims += 1;
      table.feedforwardNs.push(feedforwardNs);
      table.lastDeliveredAt = at;
      this.#mark(pairSequence, end);
    } else if (event.$case === "expired") {
      table.expired += 1;
      if (event.expired.feedforwardMissed) table.feedforwardMissed += 1;
      if (event.expired.retracted) this.#unmark(event.expired.pairSequence, end);
    } else if (event.$case === "ended" && end === "head") {
      table.ended = reasonName(event.ended.reason);
      table.message = event.ended.message;
      this.#reported = event.ended.delivered;
    }
    if (table.ended !== undefined && table.delivered >= this.#reported) table.done = true;
  }

  #mark(pairSequence: number, end: "head" | "tail"): void {
    const ends = this.#half.get(pairSequence) ?? { head: false, tail: false };
    ends[end] = true;
    if (ends.head && ends.tail) {
      this.#half.delete(pairSequence);
      this.#table.delivered += 1;
    } else {
      this.#half.set(pairSequence, ends);
    }
  }

  /** A retraction: the pair is no longer delivered, whether the other end had it or not. */
  #unmark(pairSequence: number, end: "head" | "tail"): void {
    const ends = this.#half.get(pairSequence);
    if (ends) {
      ends[end] = false;
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
