import { SmallMap } from "@bellmesh/mesh";
import type { AddressedHerald } from "./herald-of.ts";

/** The heralds of one pair, one for each end. */
type Heralds = readonly AddressedHerald[];

const none: Heralds = Object.freeze([]);

/**
 * Pairs that nature has to confirm before the ends are told of them: an operation must find its pair, whichever way it
 * takes. What nature has not confirmed before its stream ends is given up, and never told again: it may have been made,
 * and a nature that has started anew would make it, and tell the ledger of it, once more.
 */
export class UnannouncedPairs {
  /** By pair, the oldest first. */
  readonly #heralds = new SmallMap<string, Heralds>();

  /** The sequence of the oldest; undefined when there is none. */
  get oldestSequence(): number | undefined {
    return this.#heralds.size > 0 ? this.#heralds.values()[0]?.[0]?.herald.pairSequence : undefined;
  }

  add(pair: string, heralds: Heralds): void {
    this.#heralds.set(pair, heralds);
  }

  /** Nature has this pair. @returns what the ends are to be told, unless they have been, or it was given up */
  confirmed(pair: string): Heralds {
    const heralds = this.#heralds.get(pair) ?? none;
    this.#heralds.delete(pair);
    return heralds;
  }

  /** Forgets them all. @returns the heralds of the latest, for which the ends may wait still */
  giveUp(): Heralds {
    const latest = this.#heralds.values().at(-1) ?? none;
    this.#heralds.clear();
    return latest;
  }
}
