import { type Effect, StandingStream, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { OperateRequest, OperateResponse } from "@bellmesh/wire/quantum-state";
import { natureMethods } from "./methods.ts";

type Operation = NonNullable<OperateRequest["operation"]>;

/** Operations that are told again on a new stream: half of what a stream takes before it has been delivered. */
const LAST_WORDS_MAX = 512;

/** This node's operations on nature. Everything is stamped with the instant it happens, on the node's own clock. */
export class NatureLink {
  readonly #stream: StandingStream<OperateRequest, OperateResponse>;
  #incarnation = 0;
  #lastOperation = 0;
  /**
   * Qubits given up or handed over lately, whether nature was within reach or not. Nature answers none of it, so
   * nobody knows what a stream that broke has lost; what nature has done already it does not do again.
   */
  #lastWords: OperateRequest[] = [];
  /** The operation that attaches the stream, until nature has answered it. */
  #attaching: number | undefined;

  constructor(numbers: StreamNumbers) {
    this.#stream = new StandingStream("quantum-state/nature", natureMethods.operate, numbers);
  }

  /** The timer that opens the stream again. */
  get timer(): string {
    return this.#stream.timer;
  }

  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  start(now: Instant, effects: Effect[], incarnation: number): void {
    this.#incarnation = incarnation;
    this.open(now, effects);
  }

  /** Tells nature who this is, so that whatever a former incarnation held is lost. */
  open(now: Instant, effects: Effect[]): void {
    this.#stream.open(effects);
    this.#attaching = this.operate(now, effects, { $case: "attach", attach: { incarnation: this.#incarnation } });
  }

  /**
   * Where nature answers that it is there, it is told what it may not have heard; before that it would be told in vain,
   * again and again. @returns whether this was that answer.
   */
  attached(effects: Effect[], { operationId }: OperateResponse): boolean {
    if (operationId !== this.#attaching) return false;
    this.#attaching = undefined;
    for (const request of this.#lastWords) this.#stream.send(effects, request);
    return true;
  }

  /** @returns whether this was our stream; then nature is out of reach until `timer` comes. */
  ended(now: Instant, effects: Effect[], stream: Stream): boolean {
    return this.#stream.ended(now, effects, stream);
  }

  /** @returns the number of the operation, which an answer will name. */
  operate(now: Instant, effects: Effect[], operation: Operation): number {
    const request = this.#numbered(now, operation);
    this.#stream.send(effects, request);
    return request.operationId;
  }

  /** The node gives the qubit up: nature hears of it as soon as it can. */
  discard(now: Instant, effects: Effect[], qubit: string): void {
    this.tellLast(now, effects, { $case: "discard", discard: { qubit } });
  }

  /** The last operations of this node on a qubit: nature hears of them, whichever streams break. */
  tellLast(now: Instant, effects: Effect[], operation: Operation): void {
    const request = this.#numbered(now, operation);
    this.#stream.send(effects, request);
    this.#lastWords.push(request);
    if (this.#lastWords.length > LAST_WORDS_MAX) this.#lastWords = this.#lastWords.slice(-LAST_WORDS_MAX / 2);
  }

  #numbered(at: Instant, operation: Operation): OperateRequest {
    this.#lastOperation += 1;
    return { operationId: this.#lastOperation, at, operation };
  }
}
