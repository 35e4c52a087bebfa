import { Inbox } from "@bellmesh/feedforward";
import {
  ActiveFaults,
  type Address,
  type CallDetails,
  Code,
  type Effect,
  effect,
  type FaultChange,
  failure,
  Resumable,
  refusalOfForeign,
  StandingStream,
  type Status,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import { linksOf, type Topology } from "@bellmesh/topology";
import { type Instant, publisherOf } from "@bellmesh/wire";
import type { WatchStatusRequest, WatchStatusResponse } from "@bellmesh/wire/clock-sync";
import type { Feedforward } from "@bellmesh/wire/feedforward";
import type {
  CancelRequest,
  CancelResponse,
  CreateRequest,
  CreateResponse,
  EventsRequest,
  EventsResponse,
  PeerRequest,
  PeerResponse,
} from "@bellmesh/wire/link-layer";
import type { SlotsResponse } from "@bellmesh/wire/node-controller";
import type { GenerateResponse } from "@bellmesh/wire/physical-link";
import { noResources, refusalOf, tooShort, unknownLink } from "./admission.ts";
import { LinkEnd, type NodeSide } from "./link-end.ts";
import { MemoryConnection } from "./memory-connection.ts";
import { clockMethods } from "./methods.ts";
import { isSound } from "./voided-pairs.ts";

const TIMEOUT_TIMER = "timeout";
const RETRY_AFTER_FULL_NS = 1_000_000_000;

/** A stream that some peer has opened; `end` once it has greeted. */
interface Served {
  readonly from: Address;
  end: LinkEnd | undefined;
}

/** The link layer of one node: admission, what its own services tell it, and one EGP per link. */
export class LinkLayer {
  readonly #node: string;
  readonly #ends = new Map<string, LinkEnd>();
  readonly #memory: MemoryConnection;
  readonly #clock: StandingStream<WatchStatusRequest, WatchStatusResponse>;
  readonly #events = new Resumable<EventsResponse>();
  readonly #inbox: Inbox;
  readonly #faults = new ActiveFaults();
  readonly #served = new Map<Stream, Served>();
  #lastCreateId = 0;
  #timeoutDue: Instant | undefined;

  constructor(topology: Topology, node: string) {
    this.#node = node;
    this.#inbox = new Inbox(topology.name, node);
    const numbers = new StreamNumbers();
    const links = linksOf(topology, node);
    this.#memory = new MemoryConnection(
      node,
      links.map(({ name }) => name),
      numbers,
    );
    this.#clock = new StandingStream(`clock-sync/${node}`, clockMethods.watchStatus, numbers);
    const around: NodeSide = {
      slots: (effects, request) => this.#memory.send(effects, request),
      announce: (effects, event) => this.#events.append(effects, event),
      wake: (effects, at) => this.#wake(effects, at),
    };
    for (const link of links) {
      this.#ends.set(link.name, new LinkEnd(topology, link, node, around, numbers));
    }
  }

  started(now: Instant, incarnation: number): Effect[] {
    const effects: Effect[] = [effect.health(true)];
    this.#events.start(incarnation);
    this.#memory.open(effects);
    this.#clock.open(effects, {});
    for (const end of this.#ends.values()) end.start(now, effects, incarnation);
    return effects;
  }

  /** A fault has begun or ended that makes one link's end here lie. */
  befallen(change: FaultChange): Effect[] {
    const { target } = change.fault;
    if (!("link" in target) || !("node" in target) || target.node !== this.#node) return [];
    this.#faults.change(change);
    const lie = this.#faults.of("fidelity-lie").findLast((fault) => fault.target.link === target.link);
    this.#ends.get(target.link)?.generation.claim(lie?.args.fidelity);
    return [];
  }

  // ——— The service: CREATE, cancel, events ———

  create(now: Instant, request: CreateRequest, { call, from }: CallDetails<CreateResponse>): Effect[] {
    const foreign = this.#refuseForeign(from);
    if (foreign) return [effect.fail(call, foreign)];
    const end = this.#ends.get(request.link);
    if (!end) return [effect.fail(call, unknownLink(this.#node, request.link, this.#ends.keys()).status)];
    const refusal = refusalOf(request, end.estimation) ?? tooShort(now, request, end.estimation);
    if (refusal) return [effect.fail(call, refusal.status)];
    if (end.isFull) return [effect.fail(call, noResources(RETRY_AFTER_FULL_NS).status)];
    this.#lastCreateId += 1;
    const createId = this.#lastCreateId;
    const effects: Effect[] = [effect.respond(call, { createId })];
    end.create(now, effects, createId, request);
    return effects;
  }

  cancel(now: Instant, { createId }: CancelRequest, { call, from }: CallDetails<CancelResponse>): Effect[] {
    const foreign = this.#refuseForeign(from);
    if (foreign) return [effect.fail(call, foreign)];
    const effects: Effect[] = [effect.respond(call, {})];
    for (const end of this.#ends.values()) if (end.cancel(now, effects, createId)) return effects;
    return [effect.fail(call, failure(Code.NOT_FOUND, `create_id: there is no create ${createId} here`, "NO_CREATE"))];
  }

  follow(stream: Stream<EventsResponse>, from: Address, request: EventsRequest): Effect[] {
    const effects: Effect[] = [];
    const foreign = this.#refuseForeign(from);
    if (foreign) effects.push(effect.close(stream, foreign));
    else this.#events.follow(effects, stream, request.afterSequence);
    return effects;
  }

  unfollow(stream: Stream<EventsResponse>): Effect[] {
    this.#events.unfollow(stream);
    return [];
  }

  // ——— The peer link layers ———

  peerOpened(stream: Stream<PeerResponse>, from: Address): Effect[] {
    for (const { peer, remoteNode } of this.#ends.values()) {
      if (peer.opens || from !== `link-layer/${remoteNode}`) continue;
      this.#served.set(stream, { from, end: undefined }); // two nodes may share several links: the hello names one
      return [];
    }
    const message = `${from} is not the second node's link layer of any link of ${this.#node}`;
    return [effect.close(stream, failure(Code.PERMISSION_DENIED, message, "NOT_A_PEER"))];
  }

  /** From a peer that opened the stream: first a hello, then anything but. */
  peerAsked(now: Instant, { message }: PeerRequest, stream: Stream<PeerResponse>): Effect[] {
    const effects: Effect[] = [];
    const served = this.#served.get(stream);
    if (!served) return effects; // closed by us, while this was under way
    const end = this.#ends.get(message?.link ?? "");
    const content = message?.content;
    const isHello = content?.$case === "hello";
    const isExpected = isHello ? served.end === undefined : served.end === end;
    const isPeer = end && !end.peer.opens && served.from === `link-layer/${end.remoteNode}`;
    if (!isPeer || !content || !isExpected || (content.$case === "expire" && !isSound(content.expire))) {
      const problem = `message: ${content?.$case ?? "nothing"} for link "${message?.link}" is not expected here`;
      effects.push(effect.close(stream, failure(Code.INVALID_ARGUMENT, problem, "UNEXPECTED")));
      this.#peerGone(now, effects, stream);
      return effects;
    }
    if (!isHello) {
      end.received(now, effects, content);
      return effects;
    }
    served.end = end;
    const former = end.peerGreeted(now, effects, stream, content.hello.incarnation);
    if (former !== undefined) {
      this.#served.delete(former);
      effects.push(effect.close(former, failure(Code.ABORTED, "the peer has opened a later stream", "SUPERSEDED")));
    }
    return effects;
  }

  peerLeft(now: Instant, stream: Stream<PeerResponse>): Effect[] {
    const effects: Effect[] = [];
    this.#peerGone(now, effects, stream);
    return effects;
  }

  /** From the peer whose stream we opened. */
  peerTold(now: Instant, { message }: PeerResponse, stream: Stream<PeerRequest>): Effect[] {
    const effects: Effect[] = [];
    const end = this.#ends.get(message?.link ?? "");
    const content = message?.content;
    if (!end?.peer.is(stream) || !content || (content.$case === "expire" && !isSound(content.expire))) return effects;
    end.received(now, effects, content);
    return effects;
  }

  #peerGone(now: Instant, effects: Effect[], stream: Stream<PeerResponse>): void {
    const end = this.#served.get(stream)?.end;
    this.#served.delete(stream);
    end?.peerEnded(now, effects, stream);
  }

  // ——— The station, the clock, the memory, the bus ———

  heralded(now: Instant, message: Feedforward, subject: string): Effect[] {
    const effects: Effect[] = [];
    const from = publisherOf(subject);
    const end = this.#ends.get(from);
    if (!end || message.payload?.$case !== "herald") return effects;
    const admission = this.#inbox.admit(now, effects, from, "herald", message);
    if (admission !== "duplicate") {
      end.generation.heralded(now, effects, message.payload.herald, admission === "late");
    }
    return effects;
  }

  seriesEnded(now: Instant, response: GenerateResponse, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    const end = this.#ends.get(response.link);
    if (end?.generation.station.is(stream)) end.generation.seriesEnded(now, effects, response);
    return effects;
  }

  clockReported(now: Instant, { status }: WatchStatusResponse): Effect[] {
    const effects: Effect[] = [];
    this.#trust(now, effects, status?.uncertaintyPs ?? Number.POSITIVE_INFINITY);
    return effects;
  }

  granted(now: Instant, { link, slot }: SlotsResponse): Effect[] {
    const effects: Effect[] = [];
    this.#memory.reached(effects);
    this.#ends.get(link)?.generation.granted(now, effects, slot);
    return effects;
  }

  /** A stream we opened has ended. */
  streamEnded(now: Instant, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    if (this.#memory.ended(now, effects, stream)) {
      for (const { generation } of this.#ends.values()) generation.slotsLost(effects);
    }
    if (this.#clock.ended(now, effects, stream)) this.#trust(now, effects, Number.POSITIVE_INFINITY);
    for (const end of this.#ends.values()) {
      end.generation.stationEnded(now, effects, stream);
      end.peerEnded(now, effects, stream);
    }
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    const effects: Effect[] = [];
    if (timer === TIMEOUT_TIMER) {
      this.#timeoutDue = undefined;
      for (const end of this.#ends.values()) end.timeOut(now, effects);
    } else if (timer === this.#memory.timer) this.#memory.open(effects);
    else if (timer === this.#clock.timer) this.#clock.open(effects, {});
    else {
      for (const end of this.#ends.values()) {
        if (end.peer.isTimer(timer)) end.openPeer(now, effects);
        else if (end.generation.timer(now, effects, timer)) break;
      }
    }
    return effects;
  }

  #trust(now: Instant, effects: Effect[], uncertaintyPs: number): void {
    for (const { generation } of this.#ends.values()) generation.clockReported(now, effects, uncertaintyPs);
  }

  #wake(effects: Effect[], at: Instant): void {
    if (this.#timeoutDue !== undefined && this.#timeoutDue <= at) return;
    this.#timeoutDue = at;
    effects.push(effect.setTimer(TIMEOUT_TIMER, at));
  }

  #refuseForeign(from: Address): Status | undefined {
    return refusalOfForeign(from, this.#node, `the link layer of ${this.#node}`);
  }
}
