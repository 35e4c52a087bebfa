import { type Effect, effect, SmallMap } from "@bellmesh/mesh";
import { after, type Instant } from "@bellmesh/wire";
import type { HalvesRequest } from "@bellmesh/wire/node-controller";

/** The timer of the order that has waited longest. */
export const PARKED_TIMER = "parked orders";

/**
 * How long an order waits for its half. The link layer tells of the half on a stream of its own, which is at most
 * some scheduling late; what is later will not come.
 */
const PARKED_FOR_NS = 1_000_000_000;

export type Order = NonNullable<HalvesRequest["message"]>;

interface Parked {
  readonly pair: string;
  readonly orders: Order[];
  readonly until: Instant;
}

/** Orders for halves the link layer has not told of yet: its stream and the network layer's may race. */
export class ParkedOrders {
  /** By pair, in the order of `until`. */
  readonly #parked = new SmallMap<string, Parked>();

  get size(): number {
    return this.#parked.size;
  }

  park(now: Instant, effects: Effect[], pair: string, order: Order): void {
    const parked = this.#parked.get(pair);
    if (parked) {
      parked.orders.push(order);
      return;
    }
    const until = after(now, PARKED_FOR_NS);
    if (this.#parked.size === 0) effects.push(effect.setTimer(PARKED_TIMER, until));
    this.#parked.set(pair, { pair, orders: [order], until });
  }

  /** Takes out what was ordered for this pair, in order. */
  take(pair: string): readonly Order[] {
    const parked = this.#parked.get(pair);
    if (!parked) return [];
    this.#parked.delete(pair);
    return parked.orders;
  }

  /** Takes back the order to deliver this pair. @returns false when it is not parked. */
  takeBackDelivery(pair: string): boolean {
    const parked = this.#parked.get(pair);
    const at = parked?.orders.findIndex(({ $case }) => $case === "deliver") ?? -1;
    if (at === -1) return false;
    parked?.orders.splice(at, 1);
    return true;
  }

  /** A pair of this request that waits to be delivered. */
  toBeDelivered(requestId: string): string | undefined {
    for (const { pair, orders } of this.#parked.values()) {
      if (orders.some((order) => order.$case === "deliver" && order.deliver.requestId === requestId)) return pair;
    }
    return undefined;
  }

  /** The timer has come. @returns the pairs whose halves will not come; the timer is set for the next. */
  lapsed(now: Instant, effects: Effect[]): readonly string[] {
    const pairs: string[] = [];
    for (const { pair, until } of this.#parked.values()) {
      if (until > now) {
        effects.push(effect.setTimer(PARKED_TIMER, until));
        break;
      }
      pairs.push(pair);
    }
    return pairs;
  }

  clear(): void {
    this.#parked.clear();
  }
}
