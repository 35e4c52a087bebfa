import type { Instant } from "@bellmesh/wire";
import type { CreateRequest } from "@bellmesh/wire/link-layer";

/** Requests a queue holds at most: the 8-bit queue sequence of the EGP. */
export const QUEUE_ITEMS_MAX = 256;

/** One request in the queue both ends of a link share. */
export interface QueueItem {
  /** Its place in the order of service; the same at both ends. */
  readonly queueSequence: number;
  /** As its originator numbers it. */
  readonly createId: number;
  readonly originatedHere: boolean;
  readonly create: CreateRequest;
  readonly timeoutAt: Instant | undefined;
  /** Pairs still to make; Infinity for continuous generation. */
  remaining: number;
}

/**
 * The queue of a link as one end sees it: first come, first served, in the order the master gave.
 * It holds only what both ends have agreed to.
 */
export class CreateQueue {
  readonly #items: QueueItem[] = [];

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
    return this.#items[0];
  }

  bySequence(queueSequence: number): QueueItem | undefined {
    return this.#items.find((item) => item.queueSequence === queueSequence);
  }

  byCreateId(createId: number): QueueItem | undefined {
    return this.#items.find((item) => item.originatedHere && item.createId === createId);
  }

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

  /** The earliest time limit in the queue. */
  nextTimeout(): Instant | undefined {
    let next: Instant | undefined;
    for (const { timeoutAt } of this.#items) {
      if (timeoutAt !== undefined && (next === undefined || timeoutAt < next)) next = timeoutAt;
    }
    return next;
  }

  items(): readonly QueueItem[] {
    return this.#items;
  }
}
