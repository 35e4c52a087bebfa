import type { Scheduler } from "@bellmesh/topology";
import { after, type Instant } from "@bellmesh/wire";
import {
  type CreateRequest,
  ErrorCode,
  type PeerMessage,
  type QueueAdd,
  type QueueAddResult,
} from "@bellmesh/wire/link-layer";
import { refusalOf } from "./admission.ts";
import { CreateQueue, QUEUE_ITEMS_MAX, type QueueItem } from "./create-queue.ts";
import type { FidelityEstimation } from "./fidelity-estimation.ts";

export type PeerContent = NonNullable<PeerMessage["content"]>;

/** What a message from the peer changed. */
export interface QueueChange {
  /** To be sent to the peer. */
  readonly replies: readonly PeerContent[];
  /** A request that is gone, and why; UNSPECIFIED when it was done or cancelled. */
  readonly removed?: { readonly item: QueueItem; readonly reason: ErrorCode };
}

/** A request of this node that the peer has not answered yet. */
interface Offer {
  readonly item: QueueItem;
  /** Set when the request ended before the answer came: an item that the peer has taken must be taken out again. */
  withdrawn: ErrorCode | undefined;
}

const unchanged: QueueChange = { replies: [] };

/**
 * One end of a link's distributed queue (DQP, thin: one queue over an ordered stream).
 * The master, the link's first node, gives every request its place; a request is served once both ends have it.
 * When the stream breaks both ends forget the peer's requests, and each offers its own again when it is back.
 */
export class DistributedQueue {
  /** What has a place. */
  readonly placed: CreateQueue;
  readonly #isMaster: boolean;
  readonly #estimation: FidelityEstimation;
  readonly #offers = new Map<number, Offer>();
  /** Own requests, in order, while there is no stream to the peer. */
  #waiting: QueueItem[] = [];
  #connected = false;
  #communicationSequence = 0;
  #queueSequence = 0;

  constructor(isMaster: boolean, estimation: FidelityEstimation, scheduler: Scheduler = "fcfs") {
    this.placed = new CreateQueue(scheduler);
    this.#isMaster = isMaster;
    this.#estimation = estimation;
  }

  get isFull(): boolean {
    // The master's own offers have their place already.
    const unplaced = this.#isMaster ? 0 : this.#offers.size;
    return this.placed.size + unplaced + this.#waiting.length >= QUEUE_ITEMS_MAX;
  }

  /** A request of this node: it is served when the peer has agreed. @returns what to send to the peer. */
  add(now: Instant, createId: number, create: CreateRequest): readonly PeerContent[] {
    const item = itemOf(now, createId, true, create);
    if (this.#connected) return [this.#offer(now, item)];
    this.#waiting.push(item);
    return [];
  }

  /** The stream to the peer is there: greets, and offers what this node has asked for, again if need be. */
  connected(now: Instant, incarnation: number): readonly PeerContent[] {
    this.#connected = true;
    const own = this.#waiting;
    this.#waiting = [];
    return [{ $case: "hello", hello: { incarnation } }, ...own.map((item) => this.#offer(now, item))];
  }

  /** The stream to the peer is gone: its requests are forgotten, ours wait, those that were agreed first. */
  disconnected(): void {
    this.#connected = false;
    const own = this.placed.drain().filter(({ originatedHere }) => originatedHere);
    for (const { item, withdrawn } of this.#offers.values()) {
      if (withdrawn === undefined && !own.includes(item)) own.push(item);
    }
    this.#offers.clear();
    for (const item of own) {
      item.queueSequence = 0;
      item.isAgreed = false;
    }
    this.#waiting = [...own, ...this.#waiting];
  }

  /** Takes a request out, wherever it has got to. @returns what tells the peer. */
  end(item: QueueItem, reason: ErrorCode): readonly PeerContent[] {
    for (const offer of this.#offers.values()) if (offer.item === item) offer.withdrawn = reason;
    const at = this.#waiting.indexOf(item);
    if (at !== -1) this.#waiting.splice(at, 1);
    if (!this.placed.remove(item)) return [];
    return [{ $case: "remove", remove: { queueSequence: item.queueSequence, reason } }];
  }

  /** The request of this node with this id, unless it has ended. */
  own(createId: number): QueueItem | undefined {
    return this.#unended().find((item) => item.originatedHere && item.createId === createId);
  }

  /** Requests whose time has run out, whether the peer has agreed to them or not. */
  timedOut(now: Instant): readonly QueueItem[] {
    return this.#unended().filter(({ timeoutAt }) => timeoutAt !== undefined && timeoutAt <= now);
  }

  /** The earliest time limit of any request here. */
  nextTimeout(): Instant | undefined {
    let next: Instant | undefined;
    for (const { timeoutAt } of this.#unended()) {
      if (timeoutAt !== undefined && (next === undefined || timeoutAt < next)) next = timeoutAt;
    }
    return next;
  }

  /** A message about the queue from the peer. */
  receive(now: Instant, content: PeerContent): QueueChange {
    switch (content.$case) {
      case "add":
        return { replies: [this.#accept(now, content.add)] };
      case "addResult":
        return this.#answered(content.addResult);
      case "remove": {
        const item = this.placed.bySequence(content.remove.queueSequence);
        if (!item) return unchanged; // removed here at the same time
        this.placed.remove(item);
        return { replies: [], removed: { item, reason: content.remove.reason } };
      }
      default:
        return unchanged;
    }
  }

  #unended(): QueueItem[] {
    const offered = [...this.#offers.values()].filter(
      ({ item, withdrawn }) => withdrawn === undefined && item.queueSequence === 0,
    );
    return [...this.placed.items(), ...offered.map(({ item }) => item), ...this.#waiting];
  }

  #offer(now: Instant, item: QueueItem): PeerContent {
    this.#communicationSequence += 1;
    const communicationSequence = this.#communicationSequence;
    this.#offers.set(communicationSequence, { item, withdrawn: undefined });
    if (this.#isMaster) this.#place(item);
    const { createId, create, timeoutAt, remaining, queueSequence } = item;
    // The peer counts from when it hears of the request: both ends give up at about the same time.
    const maxTimeNs = timeoutAt === undefined ? 0 : Math.max(1, timeoutAt - now);
    const pairs = Number.isFinite(remaining) ? remaining : 0;
    const add = { communicationSequence, queueSequence, createId, create: { ...create, pairs, maxTimeNs } };
    return { $case: "add", add };
  }

  #answered({ communicationSequence, queueSequence, rejected }: QueueAddResult): QueueChange {
    const offer = this.#offers.get(communicationSequence);
    if (!offer) return unchanged;
    this.#offers.delete(communicationSequence);
    const { item, withdrawn } = offer;
    if (rejected !== ErrorCode.UNSPECIFIED) {
      this.placed.remove(item);
      return withdrawn === undefined ? { replies: [], removed: { item, reason: rejected } } : unchanged;
    }
    if (withdrawn !== undefined) {
      // The master has told the peer of the end when it came; the slave did not know the item's place then.
      if (this.#isMaster) return unchanged;
      return { replies: [{ $case: "remove", remove: { queueSequence, reason: withdrawn } }] };
    }
    item.isAgreed = true;
    if (!this.#isMaster) {
      item.queueSequence = queueSequence;
      this.placed.insert(item);
    }
    return unchanged;
  }

  #accept(now: Instant, { communicationSequence, queueSequence, createId, create }: QueueAdd): PeerContent {
    const result = (place: number, rejected: ErrorCode): PeerContent => ({
      $case: "addResult",
      addResult: { communicationSequence, queueSequence: place, rejected },
    });
    if (!create) return result(0, ErrorCode.CREATE);
    const refusal = refusalOf(create, this.#estimation);
    if (refusal) return result(0, refusal.code);
    if (this.placed.size >= QUEUE_ITEMS_MAX) return result(0, ErrorCode.NORES);
    const item = itemOf(now, createId, false, create);
    item.isAgreed = true;
    if (this.#isMaster) this.#place(item);
    else {
      if (queueSequence === 0 || this.placed.bySequence(queueSequence)) return result(0, ErrorCode.OTHER);
      item.queueSequence = queueSequence;
      this.placed.insert(item);
    }
    return result(item.queueSequence, ErrorCode.UNSPECIFIED);
  }

  #place(item: QueueItem): void {
    this.#queueSequence += 1;
    item.queueSequence = this.#queueSequence;
    this.placed.insert(item);
  }
}

function itemOf(now: Instant, createId: number, originatedHere: boolean, create: CreateRequest): QueueItem {
  return {
    queueSequence: 0,
    createId,
    originatedHere,
    create,
    timeoutAt: create.maxTimeNs === 0 ? undefined : after(now, create.maxTimeNs),
    remaining: create.pairs || Number.POSITIVE_INFINITY,
    isAgreed: false,
  };
}
