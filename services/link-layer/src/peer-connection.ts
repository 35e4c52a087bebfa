import { type Effect, effect, type Method, StandingStream, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { PeerRequest, PeerResponse } from "@bellmesh/wire/link-layer";
import type { PeerContent } from "./distributed-queue.ts";

/**
 * The way to the link layer at the other end of one link. The link's second node opens the stream and greets, its
 * first node serves it and greets back; nothing is sent, and what is sent is lost, while there is none.
 */
export class PeerConnection {
  readonly #link: string;
  readonly #uplink: StandingStream<PeerRequest, PeerResponse> | undefined;
  #served: Stream<PeerResponse> | undefined;

  /** @param opens whether this is the link's second node */
  constructor(
    link: string,
    remoteNode: string,
    opens: boolean,
    peer: Method<PeerRequest, PeerResponse>,
    numbers: StreamNumbers,
  ) {
    this.#link = link;
    this.#uplink = opens ? new StandingStream(`link-layer/${remoteNode}`, peer, numbers) : undefined;
  }

  /** Whether this end opens the stream; else it waits for the peer to do so. */
  get opens(): boolean {
    return this.#uplink !== undefined;
  }

  /** Whether this is the stream to the peer. */
  is(stream: Stream): boolean {
    return this.#uplink?.is(stream) ?? this.#served === stream;
  }

  /** Opens the stream, at the end that does so, unless it is open. @returns whether it was opened */
  open(effects: Effect[]): boolean {
    // Streams of parallel links go to the same address, and share the timer that opens them again.
    if (!this.#uplink || this.#uplink.isOpen) return false;
    this.#uplink.open(effects);
    return true;
  }

  /** Whether this timer is for opening the stream again. */
  isTimer(timer: string): boolean {
    return this.#uplink?.timer === timer;
  }

  /** The peer has opened this stream and greeted. @returns the stream it had open before, if any */
  serve(stream: Stream<PeerResponse>): Stream<PeerResponse> | undefined {
    const former = this.#served;
    this.#served = stream;
    return former;
  }

  send(effects: Effect[], content: PeerContent): void {
    const message = { link: this.#link, content };
    if (this.#uplink) this.#uplink.send(effects, { message });
    else if (this.#served !== undefined) effects.push(effect.send(this.#served, { message }));
  }

  /** A stream has ended. @returns whether it was this one; at the end that opens it, it comes back by itself */
  ended(now: Instant, effects: Effect[], stream: Stream): boolean {
    if (this.#uplink) return this.#uplink.ended(now, effects, stream);
    if (this.#served === undefined || this.#served !== stream) return false;
    this.#served = undefined;
    return true;
  }
}
