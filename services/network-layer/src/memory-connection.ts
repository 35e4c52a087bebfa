import { type Effect, StandingStream, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { Deliver, HalvesRequest, HalvesResponse } from "@bellmesh/wire/node-controller";
import { memoryMethods } from "./methods.ts";

/** Orders to deliver that may have been under way when a stream broke: no node has more halves at a time. */
const DELIVERIES_MAX = 64;

/**
 * The way to the node's quantum memory manager. An order to deliver counts as carried out unless it objects, so orders
 * that a broken stream may have lost are given again: it knows what it has delivered, and objects to the rest.
 */
export class MemoryConnection {
  readonly #stream: StandingStream<HalvesRequest, HalvesResponse>;
  readonly #deliveries: Deliver[] = [];

  constructor(node: string, numbers: StreamNumbers) {
    this.#stream = new StandingStream(`node-controller/${node}`, memoryMethods.halves, numbers);
  }

  /** The timer that opens the stream again. */
  get timer(): string {
    return this.#stream.timer;
  }

  open(effects: Effect[]): void {
    this.#stream.open(effects);
    for (const deliver of this.#deliveries) this.#stream.send(effects, { message: { $case: "deliver", deliver } });
  }

  /** @returns whether this was the stream. */
  ended(now: Instant, effects: Effect[], stream: Stream): boolean {
    return this.#stream.ended(now, effects, stream);
  }

  send(effects: Effect[], message: NonNullable<HalvesRequest["message"]>): void {
    if (!this.#stream.send(effects, { message }) || message.$case !== "deliver") return;
    this.#deliveries.push(message.deliver);
    if (this.#deliveries.length > DELIVERIES_MAX) this.#deliveries.shift();
  }
}
