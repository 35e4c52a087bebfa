import { type Effect, Latest, StandingStream, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { Deliver, EndRequest, HalvesRequest, HalvesResponse, Settle } from "@bellmesh/wire/node-controller";
import { memoryMethods } from "./methods.ts";

/** Orders to deliver that may have been under way when a stream broke: no node has more halves at a time. */
const DELIVERIES_MAX = 64;
/** So many ends of requests may have been under way when a stream broke. */
const ENDS_MAX = 64;
/** Ends of requests that wait for a stream. */
const UNTOLD_ENDS_MAX = 1024;
/** Requests about which the memory is asked at a time. A restart of it cannot answer for the one before. */
const SETTLING_MAX = 1024;

/**
 * The way to the node's quantum memory manager. An order to deliver counts as carried out unless it objects, so orders
 * that a broken stream may have lost are given again: it knows what it has delivered, and objects to the rest. It is
 * asked again whether it has carried out all of them for a request, and told again of ends of this node's requests, of
 * which it takes one for each.
 */
export class MemoryConnection {
  readonly #stream: StandingStream<HalvesRequest, HalvesResponse>;
  readonly #requestsHere: string;
  readonly #deliveries = new Latest<Deliver>(DELIVERIES_MAX);
  /** Ordered while there was no stream. */
  readonly #unordered = new Latest<Deliver>(DELIVERIES_MAX);
  readonly #ends = new Latest<EndRequest>(ENDS_MAX);
  /** Of requests that ended while there was no stream. */
  readonly #untoldEnds = new Latest<EndRequest>(UNTOLD_ENDS_MAX);
  #incarnation = 0;
  /** By request: what it was asked and has not answered. */
  readonly #settling = new Map<string, Settle>();

  constructor(node: string, numbers: StreamNumbers) {
    this.#stream = new StandingStream(`node-controller/${node}`, memoryMethods.halves, numbers);
    this.#requestsHere = `${node}/`;
  }

  /** The timer that opens the stream again. */
  get timer(): string {
    return this.#stream.timer;
  }

  /** Opens the stream for the first time. */
  start(effects: Effect[], incarnation: number): void {
    this.#incarnation = incarnation;
    this.open(effects);
  }

  open(effects: Effect[]): void {
    this.#stream.open(effects);
    this.#stream.send(effects, { message: { $case: "attach", attach: { incarnation: this.#incarnation } } });
  }

  /**
   * The memory manager is there: it is told what a former stream may have lost, or could not take. What could not be
   * ordered is ordered as of now.
   */
  attached(now: Instant, effects: Effect[]): void {
    for (const deliver of this.#deliveries.all())
      this.#stream.send(effects, { message: { $case: "deliver", deliver } });
    for (const order of this.#unordered.take()) {
      this.send(effects, { $case: "deliver", deliver: { ...order, orderedAt: now } });
    }
    for (const settle of this.#settling.values()) this.#stream.send(effects, { message: { $case: "settle", settle } });
    for (const endRequest of this.#ends.all()) {
      this.#stream.send(effects, { message: { $case: "endRequest", endRequest } });
    }
    for (const endRequest of this.#untoldEnds.take()) this.send(effects, { $case: "endRequest", endRequest });
  }

  /** The memory manager has answered. */
  settled({ requestId, pairSequencesSum }: Settle): void {
    if (this.#settling.get(requestId)?.pairSequencesSum === pairSequencesSum) this.#settling.delete(requestId);
  }

  /** @returns whether this was the stream. */
  ended(now: Instant, effects: Effect[], stream: Stream): boolean {
    return this.#stream.ended(now, effects, stream);
  }

  send(effects: Effect[], message: NonNullable<HalvesRequest["message"]>): void {
    if (message.$case === "settle") this.#ask(message.settle);
    const isSent = this.#stream.send(effects, { message });
    if (message.$case === "deliver") {
      const orders = isSent ? this.#deliveries : this.#unordered;
      orders.add(message.deliver);
    } else if (message.$case === "endRequest") {
      const { endRequest } = message;
      if (!isSent) this.#untoldEnds.add(endRequest);
      // At the tail-end nobody knows whether an end was told before.
      else if (endRequest.requestId.startsWith(this.#requestsHere)) this.#ends.add(endRequest);
    }
  }

  #ask(settle: Settle): void {
    this.#settling.set(settle.requestId, settle);
    if (this.#settling.size <= SETTLING_MAX) return;
    const [oldest = ""] = this.#settling.keys();
    this.#settling.delete(oldest);
  }
}
