import { type Effect, StandingStream, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { OperateRequest, OperateResponse } from "@bellmesh/wire/quantum-state";
import { natureMethods } from "./methods.ts";

type Operation = NonNullable<OperateRequest["operation"]>;

/**
 * What was given up lately is told again on a new stream: the former may have broken with it under way. Half of what
 * a stream takes before it has been delivered.
 */
const DISCARDS_MAX = 512;

/** This node's operations on nature. Everything is stamped with the instant it happens, on the node's own clock. */
export class NatureLink {
  readonly #stream: StandingStream<OperateRequest, OperateResponse>;
  #incarnation = 0;
  #lastOperation = 0;
  /** Qubits given up lately, whether nature was within reach or not. */
  #discarded: string[] = [];

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

  /** Tells nature who this is, so that whatever a former incarnation held is lost; then what it has not heard. */
  open(now: Instant, effects: Effect[]): void {
    this.#stream.open(effects);
    this.operate(now, effects, { $case: "attach", attach: { incarnation: this.#incarnation } });
    const discarded = this.#discarded;
    this.#discarded = [];
    for (const qubit of discarded) this.discard(now, effects, qubit);
  }

  /** @returns whether this was our stream; then nature is out of reach until `timer` comes. */
  ended(now: Instant, effects: Effect[], stream: Stream): boolean {
    return this.#stream.ended(now, effects, stream);
  }

  /** @returns the number of the operation, which an answer will name. */
  operate(now: Instant, effects: Effect[], operation: Operation): number {
    this.#lastOperation += 1;
    this.#stream.send(effects, { operationId: this.#lastOperation, at: now, operation });
    return this.#lastOperation;
  }

  /** The node gives the qubit up: nature hears of it as soon as it can. */
  discard(now: Instant, effects: Effect[], qubit: string): void {
    if (this.isOpen) this.operate(now, effects, { $case: "discard", discard: { qubit } });
    this.#discarded.push(qubit);
    if (this.#discarded.length > DISCARDS_MAX) this.#discarded = this.#discarded.slice(-DISCARDS_MAX / 2);
  }
}
