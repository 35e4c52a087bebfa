import { RecentMap } from "@bellmesh/mesh";
import type { LedgerEvent, RequestAccepted, RequestEnded } from "@bellmesh/wire/ledger";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Requests that are remembered. */
const REQUESTS_KEPT = 16_384;

/** What one end of a request, its head-end, has been asked for and has had. */
interface Asked {
  readonly headEnd: string;
  /** The restart of the head-end's node-controller that speaks of it: a later one has forgotten the request. */
  readonly incarnation: number;
  /** Pairs; undefined until the acceptance is told, which may be later than the first pairs. */
  pairs: number | undefined;
  /** Delivered at the head-end and not taken back. */
  delivered: number;
  hasEnded: boolean;
}

/**
 * A request is given what it asked for: never more pairs than that at its head-end at a time; it is told to be complete
 * when all of them are there and not before; and when it has ended none is delivered for it at its head-end any more.
 * (At the tail-end one may be delivered later than that, whose TRACK was lost and is repeated, and more at a time,
 * while word of one that was given up is on its way.) How many were delivered is conservation's affair.
 */
export class AsAsked implements Referee {
  readonly name = "as-asked";
  readonly #requests = new RecentMap<Asked>(REQUESTS_KEPT);
  readonly #violations: Violation[] = [];

  observe(told: LedgerEvent): void {
    const { event } = told;
    switch (event?.$case) {
      case "requestAccepted":
        this.#accept(told, event.requestAccepted);
        break;
      case "halfDelivered": {
        const { requestId, node, pair } = event.halfDelivered;
        this.#deliver(told, requestId, node, pair);
        break;
      }
      case "halfRetracted": {
        const request = this.#ofHeadEnd(told, event.halfRetracted.requestId, event.halfRetracted.node);
        if (request) request.delivered -= 1;
        break;
      }
      case "requestEnded":
        this.#end(told, event.requestEnded);
        break;
    }
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, false);
  }

  #accept(told: LedgerEvent, { requestId, headEnd, pairs }: RequestAccepted): void {
    const before = this.#requests.get(requestId);
    if (before?.incarnation === told.incarnation) before.pairs = pairs;
    else this.#requests.set(requestId, unserved(headEnd, told.incarnation, pairs));
    const request = this.#requests.get(requestId);
    if (request) this.#judge(told, requestId, request);
  }

  #deliver(told: LedgerEvent, requestId: string, node: string, pair: string): void {
    const request = this.#ofHeadEnd(told, requestId, node);
    if (!request) return;
    request.delivered += 1;
    if (request.hasEnded) this.#object(told, `delivered at ${node} for ${requestId}, which has ended there`, pair);
    else this.#judge(told, requestId, request, pair);
  }

  #judge(told: LedgerEvent, requestId: string, { headEnd, pairs, delivered }: Asked, pair?: string): void {
    if (pairs === undefined || delivered <= pairs) return;
    this.#object(told, `${requestId} asked for ${pairs} pairs and has ${delivered} at ${headEnd}`, pair);
  }

  #end(told: LedgerEvent, { requestId, node, reason, delivered }: RequestEnded): void {
    const request = this.#ofHeadEnd(told, requestId, node);
    if (!request) return;
    request.hasEnded = true;
    const { pairs } = request;
    if (reason !== "COMPLETE" || pairs === undefined || delivered === pairs) return;
    const message = `${requestId} is told to be complete with ${delivered} of the ${pairs} pairs it asked for`;
    this.#violations.push({ atNs: told.at, message, stands: true });
  }

  /** The request as its head-end has it; undefined at another node, and for a restart that has forgotten it. */
  #ofHeadEnd({ incarnation }: LedgerEvent, requestId: string, node: string): Asked | undefined {
    const request = this.#requests.get(requestId);
    if (request) return request.headEnd === node && request.incarnation === incarnation ? request : undefined;
    // Requests are named by their head-end.
    if (!requestId.startsWith(`${node}/`)) return undefined;
    const early = unserved(node, incarnation, undefined);
    this.#requests.set(requestId, early);
    return early;
  }

  #object({ at }: LedgerEvent, message: string, pair?: string): void {
    this.#violations.push({ atNs: at, message, ...(pair !== undefined && { pair }) });
  }
}

function unserved(headEnd: string, incarnation: number, pairs: number | undefined): Asked {
  return { headEnd, incarnation, pairs, delivered: 0, hasEnded: false };
}
