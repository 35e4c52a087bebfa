import { RecentMap, SmallMap, SmallSet } from "@bellmesh/mesh";
import { classicalDelayNs, nodeNamed, type Topology } from "@bellmesh/topology";
import type { HalfDelivered, LedgerEvent, RequestAccepted, RequestEnded } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Requests that are remembered. */
const REQUESTS_KEPT = 16_384;
/** Instants are rounded to whole nanoseconds where a message leaves a node and where it acts. */
const ROUNDING_NS = 2;

/** What a request has asked for, and what it has had. */
interface Asked {
  readonly headEnd: string;
  /** The restart of the head-end's node-controller that speaks of it: a later one has forgotten the request. */
  readonly incarnation: number;
  /** Pairs; undefined until the acceptance is told, which may be later than the first pairs. */
  pairs: number | undefined;
  /** Delivered at the head-end and not taken back. */
  delivered: number;
  /** Numbers of the pairs delivered at the head-end alone. */
  readonly atHead: SmallSet<number>;
  /** Of those delivered at the tail-end alone: when the head-end can have heard of it. */
  readonly atTail: SmallMap<number, number>;
  /** When the head-end can have heard that the tail-end has delivered the latest of the pairs that both have. */
  heardNs: number;
  hasEnded: boolean;
}

/**
 * A request is given what it asked for: never more pairs than that at its head-end at a time; it is told to be complete
 * when all of them are there and not before; where it is told that the tail-end has confirmed this, that has delivered
 * the same pairs, so long before that light can have brought the word; and when it has ended none is delivered for it
 * at its head-end any more. (At the tail-end one may be delivered later than that, whose TRACK was lost and is
 * repeated, and more at a time, while word of one that was given up is on its way.) How many were delivered is
 * conservation's affair.
 */
export class AsAsked implements Referee {
  readonly name = "as-asked";
  readonly reads: Readings = {
    requestAccepted: (accepted, told) => this.#accept(told, accepted),
    halfDelivered: (delivered, told) => this.#deliver(told, delivered),
    halfRetracted: ({ requestId, node, pairSequence }, told) => {
      const request = this.#ofHeadEnd(told, requestId, node);
      if (request) {
        request.delivered -= 1;
        request.atHead.delete(pairSequence);
      } else this.#requests.get(requestId)?.atTail.delete(pairSequence);
    },
    requestEnded: (ended, told) => this.#end(told, ended),
  };
  readonly #topology: Topology;
  readonly #requests = new RecentMap<Asked>(REQUESTS_KEPT);
  readonly #violations: Violation[] = [];

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, false);
  }

  #accept(told: LedgerEvent, { requestId, headEnd, pairs }: RequestAccepted): void {
    const request = this.#ofHeadEnd(told, requestId, headEnd);
    if (!request) return;
    request.pairs = pairs;
    this.#judgeCount(told, requestId, request);
  }

  #deliver(told: LedgerEvent, { requestId, node, pair, pairSequence }: HalfDelivered): void {
    const request = this.#ofHeadEnd(told, requestId, node);
    if (!request) {
      this.#deliverAtTail(told, requestId, node, pairSequence);
      return;
    }
    request.delivered += 1;
    const heardNs = request.atTail.get(pairSequence);
    if (heardNs === undefined) request.atHead.add(pairSequence);
    else {
      request.atTail.delete(pairSequence);
      request.heardNs = Math.max(request.heardNs, heardNs);
    }
    if (request.hasEnded) this.#object(told, `delivered at ${node} for ${requestId}, which has ended there`, pair);
    else this.#judgeCount(told, requestId, request, pair);
  }

  #deliverAtTail({ at }: LedgerEvent, requestId: string, node: string, pairSequence: number): void {
    const request = this.#of(requestId);
    if (request.headEnd === node) return;
    const heardNs = at + this.#lightNs(node, request.headEnd);
    if (request.atHead.delete(pairSequence)) request.heardNs = Math.max(request.heardNs, heardNs);
    else request.atTail.set(pairSequence, heardNs);
  }

  #judgeCount(told: LedgerEvent, requestId: string, { headEnd, pairs, delivered }: Asked, pair?: string): void {
    if (pairs === undefined || delivered <= pairs) return;
    this.#object(told, `${requestId} asked for ${pairs} pairs and has ${delivered} at ${headEnd}`, pair);
  }

  #end(told: LedgerEvent, { requestId, node, reason, delivered, isConfirmed }: RequestEnded): void {
    const request = this.#ofHeadEnd(told, requestId, node);
    if (!request) return;
    request.hasEnded = true;
    if (isConfirmed) this.#judgeConfirmation(told, requestId, request);
    const { pairs } = request;
    if (reason !== "COMPLETE" || pairs === undefined || delivered === pairs) return;
    const message = `${requestId} is told to be complete with ${delivered} of the ${pairs} pairs it asked for`;
    this.#violations.push({ atNs: told.at, message, stands: true });
  }

  #judgeConfirmation(told: LedgerEvent, requestId: string, { atHead, heardNs }: Asked): void {
    const [missing] = atHead.all();
    if (missing !== undefined) {
      this.#object(told, `${requestId} is told to be confirmed, but the tail-end has not delivered number ${missing}`);
    } else if (told.at + 2 * told.uncertaintyNs + ROUNDING_NS < heardNs) {
      const early = `${heardNs - told.at} ns before word can have come of what the tail-end has delivered`;
      this.#object(told, `${requestId} is told to be confirmed ${early}`);
    }
  }

  /** The request as its head-end has it; undefined at another node, and for a restart that has forgotten it. */
  #ofHeadEnd({ incarnation }: LedgerEvent, requestId: string, node: string): Asked | undefined {
    const request = this.#of(requestId);
    return request.headEnd === node && request.incarnation === incarnation ? request : undefined;
  }

  #of(requestId: string): Asked {
    let request = this.#requests.get(requestId);
    if (!request) {
      request = unserved(requestId);
      this.#requests.set(requestId, request);
    }
    return request;
  }

  /** 0 for places the topology does not have. */
  #lightNs(from: string, to: string): number {
    const isKnown = nodeNamed(this.#topology, from) && nodeNamed(this.#topology, to);
    return isKnown ? classicalDelayNs(this.#topology, from, to) : 0;
  }

  #object({ at }: LedgerEvent, message: string, pair?: string): void {
    this.#violations.push({ atNs: at, message, ...(pair !== undefined && { pair }) });
  }
}

/** A request is named by the head-end and its restart, and pairs of it may be told of before it is accepted. */
function unserved(requestId: string): Asked {
  const [headEnd = "", incarnation] = requestId.split("/");
  return {
    headEnd,
    incarnation: Number(incarnation),
    pairs: undefined,
    delivered: 0,
    atHead: new SmallSet(),
    atTail: new SmallMap(),
    heardNs: Number.NEGATIVE_INFINITY,
    hasEnded: false,
  };
}
