import { Inbox } from "@bellmesh/feedforward";
import {
  type Address,
  type CallDetails,
  Code,
  type Effect,
  effect,
  failure,
  methodsOf,
  Resumable,
  StandingStream,
  type Status,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import { linksOf, type Topology } from "@bellmesh/topology";
import { type Instant, publisherOf } from "@bellmesh/wire";
import {
  ClockSyncServiceDefinition,
  type WatchStatusRequest,
  type WatchStatusResponse,
} from "@bellmesh/wire/clock-sync";
import type { Feedforward } from "@bellmesh/wire/feedforward";
import {
  type CancelRequest,
  type CancelResponse,
  type CreateRequest,
  type CreateResponse,
  ErrorCode,
  type EventsRequest,
  type EventsResponse,
  LinkLayerServiceDefinition,
  type PeerMessage,
  type PeerRequest,
  type PeerResponse,
} from "@bellmesh/wire/link-layer";
import { QuantumMemoryServiceDefinition, type SlotsRequest, type SlotsResponse } from "@bellmesh/wire/node-controller";
import { type GenerateResponse, PhysicalLinkServiceDefinition } from "@bellmesh/wire/physical-link";
import { noResources, refusalOf } from "./admission.ts";
import type { QueueItem } from "./create-queue.ts";
import { EntanglementGeneration, type Surroundings } from "./entanglement-generation.ts";

export const linkLayerMethods = methodsOf(LinkLayerServiceDefinition);
export const stationMethods = methodsOf(PhysicalLinkServiceDefinition);
export const memoryMethods = methodsOf(QuantumMemoryServiceDefinition);
export const clockMethods = methodsOf(ClockSyncServiceDefinition);

const TIMEOUT_TIMER = "timeout";
const RETRY_AFTER_FULL_NS = 1_000_000_000;

type Content = NonNullable<PeerMessage["content"]>;

/** One link of this node, its generation, and the way to the link layer at the other end. */
interface LinkEnd {
  readonly generation: EntanglementGeneration;
  /** The second node of a link opens the stream, the first one serves it. */
  readonly uplink: StandingStream<PeerRequest, PeerResponse> | undefined;
  served: Stream<PeerResponse> | undefined;
}

/** The link layer of one node: admission, and one EGP per link. */
export class LinkLayer {
  readonly memory: StandingStream<SlotsRequest, SlotsResponse>;
  readonly clock: StandingStream<WatchStatusRequest, WatchStatusResponse>;
  readonly #node: string;
  readonly #ends = new Map<string, LinkEnd>();
  readonly #events = new Resumable<EventsResponse>();
  readonly #inbox: Inbox;
  readonly #create = new Map<number, string>();
  readonly #servedPeers = new Map<Stream, string>();
  /** Halves that came to nothing while the memory manager was out of reach: somebody has to end them. */
  #untold: SlotsRequest[] = [];
  #incarnation = 0;
  #lastCreateId = 0;
  #timeoutDue: Instant | undefined;

  constructor(topology: Topology, node: string) {
    this.#node = node;
    this.#inbox = new Inbox(topology.name, node);
    const numbers = new StreamNumbers();
    this.memory = new StandingStream(`node-controller/${node}`, memoryMethods.slots, numbers);
    this.clock = new StandingStream(`clock-sync/${node}`, clockMethods.watchStatus, numbers);
    const surroundings: Surroundings = {
      slots: (effects, request) => {
        if (!this.memory.send(effects, request) && request.message?.$case === "missed") this.#untold.push(request);
      },
      announce: (effects, event) => this.#events.append(effects, event),
      expirePeer: (effects, link, stationIncarnation, sequenceLow, sequenceHigh) =>
        this.#tell(effects, link, { $case: "expire", expire: { stationIncarnation, sequenceLow, sequenceHigh } }),
    };
    for (const link of linksOf(topology, node)) {
      const generation = new EntanglementGeneration(
        topology,
        link,
        node,
        surroundings,
        stationMethods.generate,
        numbers,
      );
      const opens = link.ends[1] === node;
      const uplink = opens
        ? new StandingStream(`link-layer/${generation.remoteNode}`, linkLayerMethods.peer, numbers)
        : undefined;
      this.#ends.set(link.name, { generation, uplink, served: undefined });
    }
  }

  started(now: Instant, incarnation: number): Effect[] {
    const effects: Effect[] = [];
    this.#incarnation = incarnation;
    this.#events.start(incarnation);
    this.#openMemory(effects);
    this.clock.open(effects, {});
    for (const end of this.#ends.values()) {
      end.generation.start(incarnation);
      end.generation.station.open(effects);
      if (end.uplink) this.#openPeer(effects, end);
      end.generation.advance(now, effects);
    }
    return effects;
  }

  // ——— The service: CREATE, cancel, events ———

  create(now: Instant, request: CreateRequest, { call, from }: CallDetails<CreateResponse>): Effect[] {
    const foreign = this.#refuseForeign(from);
    if (foreign) return [effect.fail(call, foreign)];
    const end = this.#ends.get(request.link);
    if (!end) {
      const known = [...this.#ends.keys()].join(", ");
      const message = `link: ${this.#node} has no link "${request.link}"; it has ${known}`;
      return [effect.fail(call, failure(Code.INVALID_ARGUMENT, message, "EGP_CREATE"))];
    }
    const refusal = refusalOf(request, end.generation.model);
    if (refusal) return [effect.fail(call, refusal.status)];
    if (end.generation.queue.isFull) return [effect.fail(call, noResources(RETRY_AFTER_FULL_NS).status)];
    this.#lastCreateId += 1;
    const createId = this.#lastCreateId;
    this.#create.set(createId, request.link);
    const effects: Effect[] = [effect.respond(call, { createId })];
    for (const content of end.generation.queue.add(now, createId, request)) this.#tell(effects, request.link, content);
    if (request.maxTimeNs !== 0) this.#setTimeout(effects, (now + request.maxTimeNs) as Instant);
    return effects;
  }

  cancel(now: Instant, { createId }: CancelRequest, { call, from }: CallDetails<CancelResponse>): Effect[] {
    const foreign = this.#refuseForeign(from);
    if (foreign) return [effect.fail(call, foreign)];
    const end = this.#ends.get(this.#create.get(createId) ?? "");
    if (!end) {
      return [effect.fail(call, failure(Code.NOT_FOUND, `create_id: there is no create ${createId} here`))];
    }
    this.#create.delete(createId);
    const effects: Effect[] = [effect.respond(call, {})];
    const { replies } = end.generation.queue.cancel(createId);
    for (const content of replies) this.#tell(effects, end.generation.link.name, content);
    end.generation.advance(now, effects);
    return effects;
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
    const effects: Effect[] = [];
    const end = [...this.#ends.values()].find(
      ({ uplink, generation }) => !uplink && from === `link-layer/${generation.remoteNode}`,
    );
    if (!end) {
      const message = `${from} is not the second node's link layer of any link of ${this.#node}`;
      return [effect.close(stream, failure(Code.PERMISSION_DENIED, message, "NOT_A_PEER"))];
    }
    // The link is named by the hello; a pair of nodes may share several links.
    return effects;
  }

  /** From the peer that opened the stream. */
  peerAsked(now: Instant, { message }: PeerRequest, stream: Stream<PeerResponse>): Effect[] {
    const effects: Effect[] = [];
    const end = this.#ends.get(message?.link ?? "");
    if (!end || end.uplink || !message?.content) {
      return [effect.close(stream, failure(Code.INVALID_ARGUMENT, `message: unknown link "${message?.link}"`))];
    }
    if (message.content.$case === "hello") {
      if (end.served !== undefined) this.#peerLost(effects, end);
      end.served = stream;
      this.#servedPeers.set(stream, message.link);
    }
    this.#received(now, effects, end, message.content);
    return effects;
  }

  peerEnded(stream: Stream<PeerResponse>): Effect[] {
    const effects: Effect[] = [];
    const end = this.#ends.get(this.#servedPeers.get(stream) ?? "");
    this.#servedPeers.delete(stream);
    if (end && end.served === stream) this.#peerLost(effects, end);
    return effects;
  }

  /** From the peer whose stream we opened. */
  peerTold(now: Instant, { message }: PeerResponse): Effect[] {
    const effects: Effect[] = [];
    const end = this.#ends.get(message?.link ?? "");
    if (end && message?.content) this.#received(now, effects, end, message.content);
    return effects;
  }

  // ——— The station, the clock, the memory, the bus ———

  feedforward(now: Instant, message: Feedforward, subject: string): Effect[] {
    const effects: Effect[] = [];
    const from = publisherOf(subject);
    const admission = this.#inbox.admit(now, effects, from, "herald", message);
    if (admission === "duplicate" || message.payload?.$case !== "herald") return effects;
    this.#ends.get(from)?.generation.heralded(now, effects, message.payload.herald, admission === "late");
    return effects;
  }

  seriesEnded(now: Instant, response: GenerateResponse): Effect[] {
    const effects: Effect[] = [];
    this.#ends.get(response.link)?.generation.seriesEnded(now, effects, response);
    return effects;
  }

  clockReported(now: Instant, { status }: WatchStatusResponse): Effect[] {
    const effects: Effect[] = [];
    const uncertaintyPs = status?.uncertaintyPs ?? Number.POSITIVE_INFINITY;
    for (const { generation } of this.#ends.values()) generation.clockReported(now, effects, uncertaintyPs);
    return effects;
  }

  granted(now: Instant, { link, slot }: SlotsResponse): Effect[] {
    const effects: Effect[] = [];
    for (const request of this.#untold.splice(0)) this.memory.send(effects, request);
    this.#ends.get(link)?.generation.granted(now, effects, slot);
    return effects;
  }

  /** A stream we opened has ended. */
  streamEnded(now: Instant, stream: Stream, _status: Status): Effect[] {
    const effects: Effect[] = [];
    if (this.memory.ended(now, effects, stream)) {
      for (const { generation } of this.#ends.values()) generation.slotsLost(effects);
    }
    if (this.clock.ended(now, effects, stream)) {
      for (const { generation } of this.#ends.values()) {
        generation.clockReported(now, effects, Number.POSITIVE_INFINITY);
      }
    }
    for (const end of this.#ends.values()) {
      if (end.generation.station.ended(now, effects, stream)) end.generation.stationLost();
      if (end.uplink?.ended(now, effects, stream)) this.#peerLost(effects, end);
    }
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    const effects: Effect[] = [];
    if (timer === TIMEOUT_TIMER) this.#timeOut(now, effects);
    else if (timer === this.memory.timer) this.#openMemory(effects);
    else if (timer === this.clock.timer) this.clock.open(effects, {});
    for (const end of this.#ends.values()) {
      const { generation, uplink } = end;
      if (timer === generation.retryTimer) generation.retry(now, effects);
      else if (timer === generation.station.timer) {
        generation.station.open(effects);
        generation.advance(now, effects);
      } else if (uplink && timer === uplink.timer) this.#openPeer(effects, end);
    }
    return effects;
  }

  #received(now: Instant, effects: Effect[], end: LinkEnd, content: Content): void {
    const { generation } = end;
    const link = generation.link.name;
    if (content.$case === "hello") {
      // Both ends greet; the one that serves answers, so each adds its requests once the other is there.
      if (!end.uplink) this.#greet(effects, end);
    } else if (content.$case === "expire") {
      const { stationIncarnation, sequenceLow, sequenceHigh } = content.expire;
      generation.expiredByPeer(now, effects, stationIncarnation, sequenceLow, sequenceHigh);
    } else {
      const { replies, removed } = generation.queue.receive(now, content);
      for (const reply of replies) this.#tell(effects, link, reply);
      for (const { item, reason } of removed) this.#announceEnd(effects, link, item, reason);
      const timeout = generation.queue.queue.nextTimeout();
      if (timeout !== undefined) this.#setTimeout(effects, timeout);
    }
    generation.advance(now, effects);
  }

  #openMemory(effects: Effect[]): void {
    this.memory.open(effects);
    for (const link of this.#ends.keys()) {
      this.memory.send(effects, { link, message: { $case: "attach", attach: {} } });
    }
  }

  #openPeer(effects: Effect[], end: LinkEnd): void {
    end.uplink?.open(effects);
    this.#greet(effects, end);
  }

  #greet(effects: Effect[], end: LinkEnd): void {
    for (const content of end.generation.queue.connected(this.#incarnation)) {
      this.#tell(effects, end.generation.link.name, content);
    }
  }

  #peerLost(effects: Effect[], end: LinkEnd): void {
    end.served = undefined;
    end.generation.queue.disconnected();
    end.generation.advance(0 as Instant, effects);
  }

  #tell(effects: Effect[], link: string, content: Content): void {
    const end = this.#ends.get(link);
    if (!end) return;
    const message: PeerMessage = { link, content };
    if (end.uplink) end.uplink.send(effects, { message });
    else if (end.served !== undefined) effects.push(effect.send(end.served, { message }));
  }

  /** A request of this node ended without all its pairs; its originator is told why. */
  #announceEnd(effects: Effect[], link: string, item: QueueItem, code: ErrorCode): void {
    if (!item.originatedHere || code === ErrorCode.UNSPECIFIED) return;
    this.#create.delete(item.createId);
    this.#events.append(effects, {
      link,
      createId: item.createId,
      purposeId: item.create.purposeId,
      originatedHere: true,
      event: { $case: "err", err: { code } },
    });
  }

  #setTimeout(effects: Effect[], due: Instant): void {
    if (this.#timeoutDue !== undefined && this.#timeoutDue <= due) return;
    this.#timeoutDue = due;
    effects.push(effect.setTimer(TIMEOUT_TIMER, due));
  }

  #timeOut(now: Instant, effects: Effect[]): void {
    this.#timeoutDue = undefined;
    for (const [link, { generation }] of this.#ends) {
      const { waiting, items } = generation.queue.timedOut(now);
      for (const { createId, create } of waiting) {
        const item = { queueSequence: 0, createId, originatedHere: true, create, timeoutAt: now, remaining: 0 };
        this.#announceEnd(effects, link, item, ErrorCode.TIMEOUT);
      }
      for (const item of items) {
        for (const content of generation.queue.remove(item, ErrorCode.TIMEOUT)) this.#tell(effects, link, content);
        this.#announceEnd(effects, link, item, ErrorCode.TIMEOUT);
      }
      generation.advance(now, effects);
      const next = generation.queue.queue.nextTimeout();
      if (next !== undefined) this.#setTimeout(effects, next);
    }
  }

  #refuseForeign(from: Address): Status | undefined {
    if (from.endsWith(`/${this.#node}`)) return undefined;
    return failure(Code.PERMISSION_DENIED, `${from} may not use the link layer of ${this.#node}`, "NOT_THIS_NODE");
  }
}
