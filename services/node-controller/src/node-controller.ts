import {
  type Address,
  type Call,
  type CallDetails,
  Code,
  type Effect,
  effect,
  failure,
  Resumable,
  type Status,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import type { Topology } from "@bellmesh/topology";
import { after, type Instant } from "@bellmesh/wire";
import { Outcome } from "@bellmesh/wire/ledger";
import type { SubmitResponse } from "@bellmesh/wire/network-layer";
import {
  type Deliver,
  type DeliveriesRequest,
  type DeliveriesResponse,
  type DiscardHalf,
  EndReason,
  HalfEnd,
  type HalvesRequest,
  type HalvesResponse,
  type ReleasePairRequest,
  type ReleasePairResponse,
  type RequestPairsRequest,
  type RequestPairsResponse,
  type Retract,
  type SlotsRequest,
  type SlotsResponse,
  type Upgrade,
} from "@bellmesh/wire/node-controller";
import type { OperateResponse } from "@bellmesh/wire/quantum-state";
import { networkLayerMethods } from "./methods.ts";
import { QuantumMemoryManager } from "./quantum-memory-manager.ts";

const SUBMIT_DEADLINE_NS = 5_000_000_000;

/** An application's request at its head-end, as long as it runs. */
interface Session {
  readonly requestId: string;
  readonly request: RequestPairsRequest;
}

interface Submission extends Session {
  readonly call: Call<RequestPairsResponse>;
}

/** One node's controller: the application's door in front of the quantum memory. */
export class NodeController {
  readonly memory: QuantumMemoryManager;
  readonly #node: string;
  readonly #deliveries = new Resumable<DeliveriesResponse>();
  readonly #sessions = new Map<string, Session>();
  readonly #submissions = new Map<Call, Submission>();
  #networkLayer: Stream<HalvesResponse> | undefined;
  #incarnation = 0;
  #lastRequest = 0;

  constructor(topology: Topology, node: string) {
    this.#node = node;
    this.memory = new QuantumMemoryManager(topology, node, new StreamNumbers());
  }

  started(now: Instant, incarnation: number): Effect[] {
    const effects: Effect[] = [];
    this.#incarnation = incarnation;
    this.#deliveries.start(incarnation);
    this.memory.start(now, effects, incarnation);
    return effects;
  }

  // ——— The application's door ———

  requestPairs(now: Instant, request: RequestPairsRequest, { call }: CallDetails<RequestPairsResponse>): Effect[] {
    this.#lastRequest += 1;
    const requestId = `${this.#node}/${this.#incarnation}/${this.#lastRequest}`;
    const submit = this.#lastRequest as Call<SubmitResponse>;
    this.#submissions.set(submit, { requestId, request, call });
    const { to, pairs, minFidelity, maxTimeNs, missPolicy, graceNs, finalState } = request;
    return [
      effect.call(
        submit,
        `network-layer/${this.#node}`,
        networkLayerMethods.submit,
        { requestId, to, pairs, minFidelity, maxTimeNs, missPolicy, graceNs, finalState },
        after(now, SUBMIT_DEADLINE_NS),
      ),
    ];
  }

  submitted(submit: Call, { predictedFidelity, path }: SubmitResponse): Effect[] {
    const submission = this.#submissions.get(submit);
    if (!submission) return [];
    this.#submissions.delete(submit);
    const { requestId, request, call } = submission;
    this.#sessions.set(requestId, { requestId, request });
    const requestAccepted = {
      requestId,
      headEnd: this.#node,
      tailEnd: request.to,
      pairs: request.pairs,
      predictedFidelityPpb: Math.round(predictedFidelity * 1e9),
      path: [...path],
    };
    return [
      effect.respond(call, { requestId, predictedFidelity, path }),
      effect.record({ $case: "requestAccepted", requestAccepted }),
    ];
  }

  submissionFailed(submit: Call, status: Status): Effect[] {
    const submission = this.#submissions.get(submit);
    if (!submission) return [];
    this.#submissions.delete(submit);
    const requestRefused = { node: this.#node, to: submission.request.to, reason: status.reason ?? status.message };
    return [effect.fail(submission.call, status), effect.record({ $case: "requestRefused", requestRefused })];
  }

  follow(stream: Stream<DeliveriesResponse>, { afterSequence }: DeliveriesRequest): Effect[] {
    const effects: Effect[] = [];
    this.#deliveries.follow(effects, stream, afterSequence);
    return effects;
  }

  unfollow(stream: Stream<DeliveriesResponse>): Effect[] {
    this.#deliveries.unfollow(stream);
    return [];
  }

  releasePair(now: Instant, { pair }: ReleasePairRequest, { call }: CallDetails<ReleasePairResponse>): Effect[] {
    const effects: Effect[] = [];
    if (this.memory.release(now, effects, pair)) effects.push(effect.respond(call, {}));
    else {
      const message = `pair: no application holds a half of "${pair}" at ${this.#node}`;
      effects.push(effect.fail(call, failure(Code.NOT_FOUND, message, "NOT_HELD")));
    }
    return effects;
  }

  // ——— The node's own link layer and network layer ———

  /** Only the node's own services may touch its memory. */
  opened(stream: Stream, from: Address, service: string): Effect[] {
    if (from === `${service}/${this.#node}`) {
      if (service === "network-layer") this.#networkLayer = stream as Stream<HalvesResponse>;
      return [];
    }
    const message = `${from} may not use the quantum memory of ${this.#node}`;
    return [effect.close(stream, failure(Code.PERMISSION_DENIED, message, "NOT_THIS_NODE"))];
  }

  slotsAsked(now: Instant, request: SlotsRequest, stream: Stream<SlotsResponse>): Effect[] {
    const effects: Effect[] = [];
    if (!this.memory.slotsAsked(now, effects, stream, request)) {
      const message = `link "${request.link}": ${request.message?.$case ?? "no message"} does not fit this node's slots`;
      effects.push(effect.close(stream, failure(Code.FAILED_PRECONDITION, message, "BAD_SLOT")));
      this.memory.slotsEnded(stream);
    }
    return effects;
  }

  slotsEnded(stream: Stream<SlotsResponse>): Effect[] {
    this.memory.slotsEnded(stream);
    return [];
  }

  halvesAsked(now: Instant, { message }: HalvesRequest): Effect[] {
    const effects: Effect[] = [];
    switch (message?.$case) {
      case "swap": {
        const gone = this.memory.swap(now, effects, message.swap);
        this.#tell(
          effects,
          gone.map((pair) => ({ message: { $case: "lost", lost: { pair } } })),
        );
        break;
      }
      case "deliver":
        this.#deliver(now, effects, message.deliver);
        break;
      case "discard":
        this.#discard(now, effects, message.discard);
        break;
      case "upgrade":
        this.#upgrade(effects, message.upgrade);
        break;
      case "retract":
        this.#retract(now, effects, message.retract);
        break;
      case "endRequest": {
        const { requestId, reason, delivered } = message.endRequest;
        this.#sessions.delete(requestId);
        this.#deliveries.append(effects, {
          requestId,
          event: { $case: "ended", ended: { reason, delivered, message: message.endRequest.message } },
        });
        const requestEnded = { requestId, node: this.#node, reason: endReasonName(reason), delivered };
        effects.push(effect.record({ $case: "requestEnded", requestEnded }));
        break;
      }
      default:
        break;
    }
    return effects;
  }

  halvesEnded(stream: Stream<HalvesResponse>): Effect[] {
    if (this.#networkLayer === stream) this.#networkLayer = undefined;
    return [];
  }

  // ——— Nature ———

  natureAnswered(now: Instant, response: OperateResponse): Effect[] {
    const effects: Effect[] = [];
    const answers = this.memory.natureAnswered(now, effects, response);
    this.#tell(effects, answers);
    return effects;
  }

  natureEnded(now: Instant, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    if (this.memory.nature.ended(now, effects, stream)) this.#tell(effects, this.memory.natureLost(now, effects));
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    const effects: Effect[] = [];
    if (timer === this.memory.nature.timer) this.memory.openNature(now, effects);
    else {
      const ready = this.memory.measurementReady(effects, timer);
      if (ready) this.#tell(effects, [ready]);
    }
    return effects;
  }

  #deliver(now: Instant, effects: Effect[], order: Deliver): void {
    const { requestId, pairSequence, peer, pair, claimedFidelity, feedforwardNs } = order;
    if (this.memory.isExpected(pair)) {
      this.memory.whenStored(pair, (then, later) => this.#deliver(then, later, order));
      return;
    }
    const hold = this.#sessions.get(requestId)?.request.hold ?? false;
    const { held, index } = this.memory.deliver(now, effects, order, hold);
    if (!held) {
      this.#tell(effects, [{ message: { $case: "lost", lost: { pair } } }]);
      return;
    }
    this.#deliveries.append(effects, {
      requestId,
      event: {
        $case: "delivered",
        delivered: { pairSequence, peer, pair, bellIndex: index, claimedFidelity, at: now, feedforwardNs },
      },
    });
  }

  #discard(now: Instant, effects: Effect[], order: DiscardHalf): void {
    const { pair, reason, requestId, pairSequence, feedforwardMissed } = order;
    this.memory.discard(now, effects, pair, reason === HalfEnd.EXPIRED ? Outcome.EXPIRED : Outcome.DISCARDED);
    if (requestId === "") return;
    this.#deliveries.append(effects, {
      requestId,
      event: { $case: "expired", expired: { pair, pairSequence, retracted: false, feedforwardMissed } },
    });
  }

  #upgrade(effects: Effect[], { requestId, pairSequence, pair, bellIndex }: Upgrade): void {
    const halfUpgraded = { pair, node: this.#node, bellIndex };
    effects.push(effect.record({ $case: "halfUpgraded", halfUpgraded }));
    this.#deliveries.append(effects, {
      requestId,
      event: { $case: "upgraded", upgraded: { pairSequence, pair, bellIndex } },
    });
  }

  #retract(now: Instant, effects: Effect[], { requestId, pairSequence, pair, feedforwardMissed }: Retract): void {
    this.memory.release(now, effects, pair); // where an application still holds it
    const halfRetracted = { pair, node: this.#node, requestId, pairSequence };
    effects.push(effect.record({ $case: "halfRetracted", halfRetracted }));
    this.#deliveries.append(effects, {
      requestId,
      event: { $case: "expired", expired: { pair, pairSequence, retracted: true, feedforwardMissed } },
    });
  }

  #tell(effects: Effect[], responses: readonly HalvesResponse[]): void {
    if (this.#networkLayer === undefined) return;
    for (const response of responses) effects.push(effect.send(this.#networkLayer, response));
  }
}

function endReasonName(reason: EndReason): string {
  return Object.entries(EndReason).find(([, value]) => value === reason)?.[0] ?? String(reason);
}
