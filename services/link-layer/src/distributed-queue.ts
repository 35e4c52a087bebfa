import type { LinkModel } from "@bellmesh/topology";
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

type Content = NonNullable<PeerMessage["content"]>;

/** What a message from the peer changed. */
export interface QueueChange {
  /** To be sent to the peer. */
  readonly replies: Content[];
  /** Items that are gone; `reason` UNSPECIFIED when they were done or cancelled. */
  readonly removed: { readonly item: QueueItem; readonly reason: ErrorCode }[];
}

/**
 * One end of a link's distributed queue (DQP, thin: one queue, first come first served, over an ordered stream).
 * The master, the link's first node, gives every request its place; a request is served once both ends have it.
 * When the stream breaks both ends forget the peer's requests, and each adds its own again when it is back.
 */
export class DistributedQueue {
  readonly queue = new CreateQueue();
  readonly #isMaster: boolean;
  readonly #model: LinkModel;
  readonly #unanswered = new Map<number, QueueItem | Waiting>();
  #connected = false;
  #communicationSequence = 0;
  #queueSequence = 0;

  constructor(isMaster: boolean, model: LinkModel) {
    this.#isMaster = isMaster;
    this.#model = model;
  }

  get isFull(): boolean {
    return this.queue.size + this.#unanswered.size >= QUEUE_ITEMS_MAX;
  }

  /** A request of this node: it joins the queue when the peer has agreed. */
  add(now: Instant, createId: number, create: CreateRequest): Content[] {
    const timeoutAt = create.maxTimeNs === 0 ? undefined : after(now, create.maxTimeNs);
    const waiting: Waiting = { createId, create, timeoutAt, remaining: create.pairs || Number.POSITIVE_INFINITY };
    return [this.#offer(waiting)];
  }

  /** The stream to the peer is there: offers what this node has asked for, again if need be. */
  connected(incarnation: number): Content[] {
    this.#connected = true;
    const own = [...this.#unanswered.values()];
    this.#unanswered.clear();
    return [{ $case: "hello", hello: { incarnation } }, ...own.map((waiting) => this.#offer(waiting))];
  }

  /** The stream to the peer is gone. @returns the peer's requests, now forgotten. */
  disconnected(): QueueItem[] {
    this.#connected = false;
    const items = this.queue.drain();
    for (const item of items.filter((one) => one.originatedHere)) {
      this.#communicationSequence += 1;
      this.#unanswered.set(this.#communicationSequence, item);
    }
    return items.filter((one) => !one.originatedHere);
  }

  /** Takes a request out. @returns what tells the peer. */
  remove(item: QueueItem, reason: ErrorCode): Content[] {
    if (!this.queue.remove(item) || !this.#connected) return [];
    return [{ $case: "remove", remove: { queueSequence: item.queueSequence, reason } }];
  }

  /** Takes out a request of this node, wherever it has got to. */
  cancel(createId: number): { readonly item: QueueItem | undefined; readonly replies: Content[] } {
    for (const [key, waiting] of this.#unanswered) if (waiting.createId === createId) this.#unanswered.delete(key);
    const item = this.queue.byCreateId(createId);
    return { item, replies: item ? this.remove(item, ErrorCode.UNSPECIFIED) : [] };
  }

  /** A message about the queue from the peer. */
  receive(now: Instant, content: Content): QueueChange {
    switch (content.$case) {
      case "add":
        return { replies: [this.#accept(now, content.add)], removed: [] };
      case "addResult": {
        const waiting = this.#unanswered.get(content.addResult.communicationSequence);
        if (!waiting) return { replies: this.#takeBack(content.addResult), removed: [] };
        this.#unanswered.delete(content.addResult.communicationSequence);
        const item = itemOf(waiting, content.addResult.queueSequence);
        if (content.addResult.rejected !== ErrorCode.UNSPECIFIED) {
          return { replies: [], removed: [{ item, reason: content.addResult.rejected }] };
        }
        this.queue.insert(item);
        return { replies: [], removed: [] };
      }
      case "remove": {
        const item = this.queue.bySequence(content.remove.queueSequence);
        if (!item) return { replies: [], removed: [] }; // removed here at the same time
        this.queue.remove(item);
        return { replies: [], removed: [{ item, reason: content.remove.reason }] };
      }
      default:
        return { replies: [], removed: [] };
    }
  }

  /** Own requests whose time has run out before the peer ever agreed. */
  timedOut(now: Instant): { readonly waiting: Waiting[]; readonly items: QueueItem[] } {
    const waiting: Waiting[] = [];
    for (const [key, one] of this.#unanswered) {
      if (one.timeoutAt === undefined || one.timeoutAt > now) continue;
      this.#unanswered.delete(key);
      waiting.push(one);
    }
    const items = this.queue.items().filter((item) => item.timeoutAt !== undefined && item.timeoutAt <= now);
    return { waiting, items };
  }

  #offer(waiting: Waiting): Content {
    this.#communicationSequence += 1;
    if (this.#isMaster) this.#queueSequence += 1;
    this.#unanswered.set(this.#communicationSequence, waiting);
    return {
      $case: "add",
      add: {
        communicationSequence: this.#communicationSequence,
        queueSequence: this.#isMaster ? this.#queueSequence : 0,
        createId: waiting.createId,
        create: { ...waiting.create, pairs: Number.isFinite(waiting.remaining) ? waiting.remaining : 0 },
      },
    };
  }

  /** An answer to a request that was cancelled meanwhile: the peer has it in its queue, unless it rejected it. */
  #takeBack({ queueSequence, rejected }: QueueAddResult): Content[] {
    if (rejected !== ErrorCode.UNSPECIFIED) return [];
    return [{ $case: "remove", remove: { queueSequence, reason: ErrorCode.UNSPECIFIED } }];
  }

  #accept(now: Instant, add: QueueAdd): Content {
    const { communicationSequence, create } = add;
    const result = (queueSequence: number, rejected: ErrorCode): Content => ({
      $case: "addResult",
      addResult: { communicationSequence, queueSequence, rejected },
    });
    if (!create) return result(0, ErrorCode.CREATE);
    const refusal = refusalOf(create, this.#model);
    if (refusal) return result(0, refusal.code);
    if (this.isFull) return result(0, ErrorCode.NORES);
    if (this.#isMaster) this.#queueSequence += 1;
    const queueSequence = this.#isMaster ? this.#queueSequence : add.queueSequence;
    this.queue.insert({
      queueSequence,
      createId: add.createId,
      originatedHere: false,
      create,
      timeoutAt: create.maxTimeNs === 0 ? undefined : after(now, create.maxTimeNs),
      remaining: create.pairs || Number.POSITIVE_INFINITY,
    });
    return result(queueSequence, ErrorCode.UNSPECIFIED);
  }
}

/** A request of this node that the peer has not agreed to yet. */
export interface Waiting {
  readonly createId: number;
  readonly create: CreateRequest;
  readonly timeoutAt: Instant | undefined;
  readonly remaining: number;
}

function itemOf(waiting: Waiting, queueSequence: number): QueueItem {
  const { createId, create, timeoutAt, remaining } = waiting;
  return { queueSequence, createId, originatedHere: true, create, timeoutAt, remaining };
}
