import type { Effect, Stream, StreamNumbers } from "@bellmesh/mesh";
import { type Link, linkModel, type Topology } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import { type CreateRequest, ErrorCode, type EventsResponse, type PeerResponse } from "@bellmesh/wire/link-layer";
import type { SlotsRequest } from "@bellmesh/wire/node-controller";
import type { QueueItem } from "./create-queue.ts";
import { DistributedQueue, type PeerContent } from "./distributed-queue.ts";
import { EntanglementGeneration } from "./entanglement-generation.ts";
import { FidelityEstimation } from "./fidelity-estimation.ts";
import { linkLayerMethods, stationMethods } from "./methods.ts";
import { PeerConnection } from "./peer-connection.ts";

/** What a link end asks of the link layer around it. */
export interface NodeSide {
  /** To the node's quantum memory manager. */
  slots(effects: Effect[], request: SlotsRequest): void;
  /** To the network layer; it gets its sequence then. */
  announce(effects: Effect[], event: EventsResponse): void;
  /** The timer for requests' time limits is needed at this instant. */
  wake(effects: Effect[], at: Instant): void;
}

/** One end of one link: its requests, its generation, and what it tells the other end. */
export class LinkEnd {
  readonly link: Link;
  readonly remoteNode: string;
  readonly estimation: FidelityEstimation;
  readonly generation: EntanglementGeneration;
  readonly peer: PeerConnection;
  readonly #queue: DistributedQueue;
  readonly #node: NodeSide;
  #incarnation = 0;
  #peerIncarnation = 0;

  constructor(topology: Topology, link: Link, node: string, around: NodeSide, numbers: StreamNumbers) {
    const isFirst = link.ends[0] === node;
    this.link = link;
    this.remoteNode = isFirst ? link.ends[1] : link.ends[0];
    this.estimation = new FidelityEstimation(topology, link, isFirst);
    this.#node = around;
    this.#queue = new DistributedQueue(isFirst, this.estimation, link.scheduler);
    this.peer = new PeerConnection(link.name, this.remoteNode, !isFirst, linkLayerMethods.peer, numbers);
    this.generation = new EntanglementGeneration(
      link,
      node,
      linkModel(topology, link),
      this.estimation,
      this.#queue.placed,
      {
        slots: (effects, request) => around.slots(effects, request),
        announce: (effects, event) => around.announce(effects, event),
        expirePeer: (effects, expire) => this.peer.send(effects, { $case: "expire", expire }),
        done: (effects, item) => this.#end(effects, item, ErrorCode.UNSPECIFIED),
        neverUpAgain: (effects, item) => this.#end(effects, item, ErrorCode.LINK_DOWN),
      },
      stationMethods.generate,
      numbers,
    );
  }

  get isFull(): boolean {
    return this.#queue.isFull;
  }

  start(now: Instant, effects: Effect[], incarnation: number): void {
    this.#incarnation = incarnation;
    this.generation.start(effects, incarnation);
    this.openPeer(now, effects);
  }

  // ——— Requests of this node ———

  create(now: Instant, effects: Effect[], createId: number, request: CreateRequest): void {
    this.#tell(effects, this.#queue.add(now, createId, request));
    this.#watchTimeouts(effects);
  }

  /** @returns false when this link has no such request, or no more. */
  cancel(now: Instant, effects: Effect[], createId: number): boolean {
    const item = this.#queue.own(createId);
    if (!item) return false;
    this.#end(effects, item, ErrorCode.UNSPECIFIED);
    this.generation.advance(now, effects);
    return true;
  }

  /** Ends what has run out of time. */
  timeOut(now: Instant, effects: Effect[]): void {
    for (const item of this.#queue.timedOut(now)) this.#end(effects, item, ErrorCode.TIMEOUT);
    this.generation.advance(now, effects);
    this.#watchTimeouts(effects);
  }

  // ——— The peer ———

  openPeer(now: Instant, effects: Effect[]): void {
    if (this.peer.open(effects)) this.#greet(now, effects);
  }

  /** The peer has greeted on this stream. @returns the stream that it supersedes, if any */
  peerGreeted(
    now: Instant,
    effects: Effect[],
    stream: Stream<PeerResponse>,
    incarnation: number,
  ): Stream<PeerResponse> | undefined {
    const former = this.peer.serve(stream);
    if (former !== undefined) this.#queue.disconnected();
    this.#greet(now, effects);
    this.#tellVoided(effects, incarnation);
    this.generation.advance(now, effects);
    return former;
  }

  received(now: Instant, effects: Effect[], content: PeerContent): void {
    if (content.$case === "hello") this.#tellVoided(effects, content.hello.incarnation);
    else if (content.$case === "expire") this.generation.expiredByPeer(now, effects, content.expire);
    else {
      const { replies, removed } = this.#queue.receive(now, content);
      this.#tell(effects, replies);
      if (removed) this.#announceEnd(effects, removed.item, removed.reason);
      this.#watchTimeouts(effects);
      this.generation.advance(now, effects);
    }
  }

  /** A stream has ended. @returns whether it was the one to the peer */
  peerEnded(now: Instant, effects: Effect[], stream: Stream): boolean {
    if (!this.peer.ended(now, effects, stream)) return false;
    this.#queue.disconnected();
    this.generation.advance(now, effects);
    return true;
  }

  #greet(now: Instant, effects: Effect[]): void {
    this.#tell(effects, this.#queue.connected(now, this.#incarnation));
  }

  /** What was voided when the stream broke may not have been heard; a peer that started anew has nothing to void. */
  #tellVoided(effects: Effect[], incarnation: number): void {
    const { voided } = this.generation;
    if (this.#peerIncarnation !== 0 && this.#peerIncarnation !== incarnation) voided.forget();
    this.#peerIncarnation = incarnation;
    this.#tell(
      effects,
      voided.toTell().map((expire) => ({ $case: "expire", expire })),
    );
  }

  #tell(effects: Effect[], contents: readonly PeerContent[]): void {
    for (const content of contents) this.peer.send(effects, content);
  }

  #end(effects: Effect[], item: QueueItem, reason: ErrorCode): void {
    this.#tell(effects, this.#queue.end(item, reason));
    this.#announceEnd(effects, item, reason);
  }

  /** A request ended without all its pairs; if it is ours, the network layer is told why. */
  #announceEnd(effects: Effect[], { originatedHere, createId, create }: QueueItem, code: ErrorCode): void {
    if (!originatedHere || code === ErrorCode.UNSPECIFIED) return;
    const { purposeId } = create;
    const event = { $case: "err", err: { code } } as const;
    this.#node.announce(effects, { sequence: 0, link: this.link.name, createId, purposeId, originatedHere, event });
  }

  #watchTimeouts(effects: Effect[]): void {
    const next = this.#queue.nextTimeout();
    if (next !== undefined) this.#node.wake(effects, next);
  }
}
