import { type Effect, Latest, StandingStream, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { SlotsRequest, SlotsResponse } from "@bellmesh/wire/node-controller";
import { memoryMethods } from "./methods.ts";

/** What was told lately may have been under way when the stream broke; what is older has long arrived. */
const TOLD_MAX = 64;

/** A half that the manager was, or should be, told of. */
interface Half {
  readonly link: string;
  readonly pair: string;
}

/**
 * The way to the node's quantum memory manager. Whatever becomes of a half, somebody has to end it: what may not have
 * been heard before the stream broke is told again as missed, so that a half the manager does have ends as well.
 */
export class MemoryConnection {
  readonly #stream: StandingStream<SlotsRequest, SlotsResponse>;
  readonly #links: readonly string[];
  /** Halves told of on this stream, the latest ones. */
  readonly #told = new Latest<Half>(TOLD_MAX);
  /** To be told of on the next. */
  #untold: Half[] = [];

  constructor(node: string, links: readonly string[], numbers: StreamNumbers) {
    this.#stream = new StandingStream(`node-controller/${node}`, memoryMethods.slots, numbers);
    this.#links = links;
  }

  /** The timer that opens the stream again. */
  get timer(): string {
    return this.#stream.timer;
  }

  open(effects: Effect[]): void {
    this.#stream.open(effects);
    for (const link of this.#links) this.#stream.send(effects, { link, message: { $case: "attach", attach: {} } });
  }

  /** @returns whether this was the stream; every slot lent on it is gone. */
  ended(now: Instant, effects: Effect[], stream: Stream): boolean {
    if (!this.#stream.ended(now, effects, stream)) return false;
    this.#untold.push(...this.#told.take());
    return true;
  }

  send(effects: Effect[], request: SlotsRequest): void {
    const { link, message } = request;
    const half = message?.$case === "occupied" ? message.occupied : message?.$case === "missed" && message.missed;
    const isSent = this.#stream.send(effects, request);
    if (!half) return;
    const { pair } = half;
    if (isSent) this.#told.add({ link, pair });
    else this.#untold.push({ link, pair });
  }

  /** A slot has come, which proves that the manager is there. */
  reached(effects: Effect[]): void {
    if (this.#untold.length === 0) return;
    const untold = this.#untold;
    this.#untold = [];
    for (const { link, pair } of untold) this.send(effects, { link, message: { $case: "missed", missed: { pair } } });
  }
}
