import {
  type Address,
  type Call,
  Code,
  type Effect,
  StandingStream,
  type Status,
  type Stream,
  type StreamNumbers,
} from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { EventsRequest, EventsResponse } from "@bellmesh/wire/link-layer";
import { linkLayerMethods } from "./methods.ts";

/** The way to the node's link layer: the calls that are made to it, and what it tells of them. */
export class LinkLayerConnection {
  readonly address: Address;
  readonly #events: StandingStream<EventsRequest, EventsResponse>;
  readonly #heardNothing: (effects: Effect[]) => void;
  #lastEvent = 0;
  #lastCall = 0;

  /** @param heardNothing told when it is listened to again: what it told meanwhile may be lost with a restart */
  constructor(node: string, numbers: StreamNumbers, heardNothing: (effects: Effect[]) => void) {
    this.#heardNothing = heardNothing;
    this.address = `link-layer/${node}`;
    this.#events = new StandingStream(this.address, linkLayerMethods.events, numbers);
  }

  /** The timer that listens again. */
  get timer(): string {
    return this.#events.timer;
  }

  /** Listens for the first time. */
  start(effects: Effect[]): void {
    this.#events.open(effects, { afterSequence: 0 });
  }

  /**
   * Listens to its events again, unless that is done already. Whoever asks something of it must: that it has restarted
   * and forgotten what it was asked is told by the end of the stream alone.
   */
  listen(effects: Effect[]): void {
    if (this.#events.isOpen) return;
    this.#events.open(effects, { afterSequence: this.#lastEvent });
    this.#heardNothing(effects);
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
