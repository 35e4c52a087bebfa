import type { Scheduler } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { CreateRequest } from "@bellmesh/wire/link-layer";

/** Requests a queue holds at most: the 8-bit queue sequence of the EGP. */
export const QUEUE_ITEMS_MAX = 256;

/** One request, from CREATE to its end. */
export interface QueueItem {
  /** Its place in the order of service, the same at both ends of the link; 0 until the master has given it one. */
  queueSequence: number;
  /** As its originator numbers it. */
  readonly createId: number;
  readonly originatedHere: boolean;
  readonly create: CreateRequest;
  readonly timeoutAt: Instant | undefined;
  /** Pairs still to make; Infinity for continuous generation. The originator's count is the one that matters. */
  remaining: number;
  /** Whether both ends have it in their queues. */
  isAgreed: boolean;
}

/**
 * The queue of a link as one end sees it, in the order the master gave. First come, first served; or the request of the
 * highest priority, and among those the first. Both orders follow from what the ends have agreed on alone: places,
 * and priorities, which come with the request. What the other end has not agreed to yet holds up what is to be served
 * after it, or the ends would serve different requests.
 */
export class CreateQueue {
  readonly #items: QueueItem[] = [];
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get size(): number {
    return this.#items.length;
  }

  insert(item: QueueItem): void {
    const at = this.#items.findIndex((other) => other.queueSequence > item.queueSequence);
    if (at === -1) this.#items.push(item);
    else this.#items.splice(at, 0, item);
  }

  /** The request to serve now. */
  head(): QueueItem | undefined {
    const next = this.#scheduler === "strict-priority" ? this.#mostUrgent() : this.#items[0];
    return next?.isAgreed ? next : undefined;
  }

  bySequence(queueSequence: number): QueueItem | undefined {
    return this.#items.find((item) => item.queueSequence === queueSequence);
  }

  /** @returns whether it was there. */
  remove(item: QueueItem): boolean {
    const at = this.#items.indexOf(item);
    if (at === -1) return false;
    this.#items.splice(at, 1);
    return true;
  }

  /** Empties the queue and returns what was in it. */
  drain(): QueueItem[] {
    return this.#items.splice(0);
  }

  items(): readonly QueueItem[] {
    return this.#items;
  }

  #mostUrgent(): QueueItem | undefined {
    let most: QueueItem | undefined;
    for (const item of this.#items) if (!most || item.create.priority > most.create.priority) most = item;
    return most;
  }
}
