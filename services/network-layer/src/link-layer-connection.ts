import type { StreamNumbers } from "@bellmesh/mesh";
import { type Address, type Call, Code, type Effect, StandingStream, type Status, type Stream } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { EventsRequest, EventsResponse } from "@bellmesh/wire/link-layer";
import { linkLayerMethods } from "./methods.ts";

/** The way to the node's link layer: the calls that are made to it, and what it tells of them. */
export class LinkLayerConnection {
  readonly address: Address;
  readonly #events: StandingStream<EventsRequest, EventsResponse>;
  #lastEvent = 0;
  #lastCall = 0;

  constructor(node: string, numbers: StreamNumbers) {
    this.address = `link-layer/${node}`;
    this.#events = new StandingStream(this.address, linkLayerMethods.events, numbers);
  }

  /** The timer that listens again. */
  get timer(): string {
    return this.#events.timer;
  }

  /**
   * Listens to its events, unless that is done already. Whoever asks something of it must: that it has restarted and
   * forgotten what it was asked is told by the end of the stream alone.
   */
  listen(effects: Effect[]): void {
    if (!this.#events.isOpen) this.#events.open(effects, { afterSequence: this.#lastEvent });
  }

  heard({ sequence }: EventsResponse): void {
    this.#lastEvent = sequence;
  }

  /** @returns whether this was the stream of events. */
  ended(now: Instant, effects: Effect[], stream: Stream, status: Status): boolean {
    if (!this.#events.ended(now, effects, stream)) return false;
    if (status.code === Code.OUT_OF_RANGE) this.#lastEvent = 0;
    return true;
  }

  /** The number of the next call. */
  next<Response>(): Call<Response> {
    this.#lastCall += 1;
    return this.#lastCall as Call<Response>;
  }
}
