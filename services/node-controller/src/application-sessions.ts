import {
  type Call,
  Code,
  type Effect,
  effect,
  failure,
  Resumable,
  SmallMap,
  type Status,
  type Stream,
} from "@bellmesh/mesh";
import { after, type Instant } from "@bellmesh/wire";
import type { SubmitResponse, WithdrawResponse } from "@bellmesh/wire/network-layer";
import {
  type DeliveriesRequest,
  type DeliveriesResponse,
  EndReason,
  type EndRequest,
  type RequestPairsRequest,
  type RequestPairsResponse,
  type WithdrawPairsResponse,
} from "@bellmesh/wire/node-controller";
import { networkLayerMethods } from "./methods.ts";

const NETWORK_LAYER_DEADLINE_NS = 5_000_000_000;

/** An application's request at its head-end, from asking to its end. */
interface Session {
  readonly requestId: string;
  readonly request: RequestPairsRequest;
  delivered: number;
  /** Of the network layer that serves it; undefined until it has been accepted. */
  servedBy: number | undefined;
}

interface Submission {
  readonly session: Session;
  readonly call: Call<RequestPairsResponse>;
  /** Its end, which has overtaken the answer. */
  end: EndRequest | undefined;
}

/** The requests of this node's applications, and everything told of pairs delivered here, at either end. */
export class ApplicationSessions {
  readonly #node: string;
  readonly #deliveries = new Resumable<DeliveriesResponse>();
  readonly #sessions = new SmallMap<string, Session>();
  readonly #submissions = new Map<Call, Submission>();
  #incarnation = 0;
  /** The latest incarnation of the network layer that has attached. */
  #networkLayer = 0;
  #lastRequest = 0;
  #lastCall = 0;

  constructor(node: string) {
    this.#node = node;
  }

  /** Requests of former incarnations are over: whoever still follows one is told so, in one event without an id. */
  start(effects: Effect[], incarnation: number): void {
    this.#incarnation = incarnation;
    this.#deliveries.start(incarnation);
    if (incarnation <= 1) return;
    const message = `${this.#node} has restarted; its requests of before are over`;
    const ended = { reason: EndReason.CIRCUIT_LOST, delivered: 0, message };
    this.#deliveries.append(effects, { sequence: 0, requestId: "", event: { $case: "ended", ended } });
  }

  /** Gives the request an id and hands it to the network layer, which accepts or refuses it. */
  request(now: Instant, request: RequestPairsRequest, call: Call<RequestPairsResponse>): Effect[] {
    this.#lastRequest += 1;
    const requestId = `${this.#node}/${this.#incarnation}/${this.#lastRequest}`;
    const session = { requestId, request, delivered: 0, servedBy: undefined };
    this.#sessions.set(requestId, session);
    const submit = this.#nextCall<SubmitResponse>();
    this.#submissions.set(submit, { session, call, end: undefined });
    const submitted = { requestId, ...request };
    const deadline = after(now, NETWORK_LAYER_DEADLINE_NS);
    return [effect.call(submit, `network-layer/${this.#node}`, networkLayerMethods.submit, submitted, deadline)];
  }

  accepted(submit: Call, { predictedFidelity, path, incarnation }: SubmitResponse): Effect[] {
    const submission = this.#submissions.get(submit);
    if (!submission) return [];
    this.#submissions.delete(submit);
    const { session, call, end } = submission;
    session.servedBy = incarnation;
    const { requestId, request } = session;
    const requestAccepted = {
      requestId,
      headEnd: this.#node,
      tailEnd: request.to,
      pairs: request.pairs,
      predictedFidelityPpb: Math.round(predictedFidelity * 1e9),
      path: [...path],
    };
    const effects: Effect[] = [
      effect.respond(call, { requestId, predictedFidelity, path }),
      effect.record({ $case: "requestAccepted", requestAccepted }),
    ];
    if (end) this.ended(effects, end);
    else if (incarnation < this.#networkLayer) this.#lose(effects, session);
    return effects;
  }

  refused(now: Instant, submit: Call, status: Status): Effect[] {
    const submission = this.#submissions.get(submit);
    if (!submission) return [];
    this.#submissions.delete(submit);
    const { requestId, request } = submission.session;
    this.#sessions.delete(requestId);
    const requestRefused = { node: this.#node, to: request.to, reason: status.reason ?? status.message };
    const effects = [effect.fail(submission.call, status), effect.record({ $case: "requestRefused", requestRefused })];
    if (status.code === Code.DEADLINE_EXCEEDED) {
      // The network layer may have accepted it after all, and nobody waits for its pairs.
      effects.push(this.#withdraw(now, requestId));
    }
    return effects;
  }

  /** Ends a request of an application early; RequestEnded will tell when it has ended. */
  withdraw(now: Instant, requestId: string, call: Call<WithdrawPairsResponse>): Effect[] {
    if (!this.#sessions.has(requestId)) {
      const message = `request_id: no request "${requestId}" runs at ${this.#node}`;
      return [effect.fail(call, failure(Code.NOT_FOUND, message, "NO_SUCH_REQUEST"))];
    }
    return [effect.respond(call, {}), this.#withdraw(now, requestId)];
  }

  #withdraw(now: Instant, requestId: string): Effect {
    const { withdraw } = networkLayerMethods;
    const deadline = after(now, NETWORK_LAYER_DEADLINE_NS);
    const call = this.#nextCall<WithdrawResponse>();
    return effect.call(call, `network-layer/${this.#node}`, withdraw, { requestId }, deadline);
  }

  /** Something of a request happened here: its followers are told. */
  tell(effects: Effect[], requestId: string, event: NonNullable<DeliveriesResponse["event"]>): void {
    const session = this.#sessions.get(requestId);
    if (session && event.$case === "delivered") session.delivered += 1;
    else if (session && event.$case === "expired" && event.expired.retracted) session.delivered -= 1;
    this.#deliveries.append(effects, { sequence: 0, requestId, event });
  }

  /**
   * The request is over, at its head-end or at its tail-end. One of this node's that is over already stays so; its end
   * may overtake the word that it was accepted, and waits for that.
   */
  ended(effects: Effect[], end: EndRequest): void {
    const { requestId, reason, message, isConfirmed } = end;
    for (const submission of this.#submissions.values()) {
      if (submission.session.requestId !== requestId) continue;
      submission.end = end;
      return;
    }
    const isOurs = requestId.startsWith(`${this.#node}/`);
    const session = this.#sessions.get(requestId);
    if (!session && isOurs) return;
    this.#sessions.delete(requestId);
    // Whoever has lost a request knows less of it than we: its last orders may never have come.
    const delivered = session && reason === EndReason.CIRCUIT_LOST ? session.delivered : end.delivered;
    this.#deliveries.append(effects, {
      sequence: 0,
      requestId,
      event: { $case: "ended", ended: { reason, delivered, message } },
    });
    const requestEnded = { requestId, node: this.#node, reason: endReasonName(reason), delivered, isConfirmed };
    effects.push(effect.record({ $case: "requestEnded", requestEnded }));
  }

  /** A network layer of this incarnation is there: those before it, and every request that they served, are gone. */
  attached(effects: Effect[], incarnation: number): void {
    this.#networkLayer = Math.max(this.#networkLayer, incarnation);
    this.abandon(effects, incarnation - 1);
  }

  /** The network layer of this incarnation has gone, and every request that it or one before it served. */
  abandon(effects: Effect[], incarnation: number): void {
    for (const session of this.#sessions.values()) {
      // One not accepted yet will be refused, or served by the next network layer, or is lost when its answer comes.
      if (session.servedBy !== undefined && session.servedBy <= incarnation) this.#lose(effects, session);
    }
  }

  #lose(effects: Effect[], { requestId, delivered }: Session): void {
    const message = `${this.#node} lost its network layer`;
    this.ended(effects, { requestId, reason: EndReason.CIRCUIT_LOST, delivered, message });
  }

  follow(stream: Stream<DeliveriesResponse>, { afterSequence }: DeliveriesRequest): Effect[] {
    const effects: Effect[] = [];
    this.#deliveries.follow(effects, stream, afterSequence);
    return effects;
  }

  unfollow(stream: Stream): Effect[] {
    this.#deliveries.unfollow(stream);
    return [];
  }

  #nextCall<Response>(): Call<Response> {
    this.#lastCall += 1;
    return this.#lastCall as Call<Response>;
  }
}

function endReasonName(reason: EndReason): string {
  return Object.entries(EndReason).find(([, value]) => value === reason)?.[0] ?? String(reason);
}
