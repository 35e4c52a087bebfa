import { after, type Instant } from "@bellmesh/wire";
import { openServerStream, openStream, send, setTimer } from "./effects.ts";
import type { Address, Effect, Stream } from "./host.ts";
import type { Method } from "./method.ts";

const REOPEN_AFTER_NS = 100_000_000;

/** Numbers the streams a machine opens: odd, each once. */
export class StreamNumbers {
  #next = 1;

  next<Item>(): Stream<Item> {
    const number = this.#next;
    this.#next += 2;
    return number as Stream<Item>;
  }
}

/**
 * A stream a machine wants open for as long as it lives: opened at start, and again a while after it has ended.
 * Peers start in any order, so the first attempts may well fail.
 */
export class StandingStream<Request, Response> {
  /** The timer that reopens it. */
  readonly timer: string;
  readonly #to: Address;
  readonly #method: Method<Request, Response>;
  readonly #numbers: StreamNumbers;
  #stream: Stream<Request> | undefined;

  constructor(to: Address, method: Method<Request, Response>, numbers: StreamNumbers) {
    this.timer = `reopen:${to}${method.path}`;
    this.#to = to;
    this.#method = method;
    this.#numbers = numbers;
  }

  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  /** Whether this is the stream of that number now. */
  is(stream: Stream): boolean {
    return this.#stream === stream;
  }

  /** Opens it; `request` is for methods that take one only. */
  open(effects: Effect[], request?: Request): void {
    if (this.#method.requestStream) {
      this.#stream = this.#numbers.next<Request>();
      effects.push(openStream(this.#stream, this.#to, this.#method));
    } else {
      const stream = this.#numbers.next<never>();
      this.#stream = stream;
      effects.push(openServerStream(stream, this.#to, this.#method, request as Request));
    }
  }

  /** Sends an item. @returns false, sending nothing, when the stream is down. */
  send(effects: Effect[], item: Request): boolean {
    if (this.#stream === undefined) return false;
    effects.push(send(this.#stream, item));
    return true;
  }

  /** The stream of this number has ended: if it was ours, it is down until `timer` comes. */
  ended(now: Instant, effects: Effect[], stream: Stream): boolean {
    if (this.#stream !== stream) return false;
    this.#stream = undefined;
    effects.push(setTimer(this.timer, after(now, REOPEN_AFTER_NS)));
    return true;
  }
}
