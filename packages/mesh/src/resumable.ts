import { close, send } from "./effects.ts";
import type { Effect, Stream } from "./host.ts";
import { Code, failure } from "./status.ts";

/** Room for sequences of one incarnation: they keep growing over restarts. */
const SEQUENCES_PER_INCARNATION = 4_294_967_296;

/** The incarnation of the machine that gave an event this sequence. */
export function incarnationOf(sequence: number): number {
  return Math.floor(sequence / SEQUENCES_PER_INCARNATION);
}

/**
 * A numbered series of events that any number of server streams follow. The last `keptMax` are kept, so that a
 * client whose stream broke resumes with the sequence it saw last and misses nothing.
 */
export class Resumable<Item extends { sequence: number }> {
  readonly #keptMax: number;
  readonly #kept: Item[] = [];
  readonly #followers = new Set<Stream<Item>>();
  #firstKept = 0;
  #last = 0;

  constructor(keptMax = 4096) {
    this.#keptMax = keptMax;
  }

  /** Sequences of a later incarnation are higher than all of an earlier one. */
  start(incarnation: number): void {
    this.#last = incarnation * SEQUENCES_PER_INCARNATION;
  }

  /** Gives the item its number, keeps it and sends it to every follower. */
  append(effects: Effect[], item: Item): void {
    this.#last += 1;
    item.sequence = this.#last;
    this.#kept.push(item);
    // Dropping in blocks keeps the amortised cost of appending constant.
    if (this.#kept.length - this.#firstKept > this.#keptMax) this.#firstKept += 1;
    if (this.#firstKept > this.#keptMax) {
      this.#kept.splice(0, this.#firstKept);
      this.#firstKept = 0;
    }
    for (const stream of this.#followers) effects.push(send(stream, item));
  }

  /** A client follows from after `afterSequence` on; refused with OUT_OF_RANGE when that is no longer kept. */
  follow(effects: Effect[], stream: Stream<Item>, afterSequence: number): void {
    const oldest = this.#kept[this.#firstKept]?.sequence ?? this.#last + 1;
    if (incarnationOf(afterSequence) === incarnationOf(oldest) && afterSequence + 1 < oldest) {
      const message = `events after ${afterSequence} are no longer kept; the oldest is ${oldest}`;
      effects.push(close(stream, failure(Code.OUT_OF_RANGE, message, "EVENTS_FORGOTTEN")));
      return;
    }
    for (let index = this.#firstKept; index < this.#kept.length; index += 1) {
      const item = this.#kept[index] as Item;
      if (item.sequence > afterSequence) effects.push(send(stream, item));
    }
    this.#followers.add(stream);
  }

  /** The follower has gone. */
  unfollow(stream: Stream): void {
    this.#followers.delete(stream as Stream<Item>);
  }
}
