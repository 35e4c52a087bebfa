import type { AddressedHerald } from "./herald-of.ts";

/** The heralds of one pair, one for each end. */
type Heralds = readonly AddressedHerald[];

const none: Heralds = Object.freeze([]);

/**
 * The pair that nature has to confirm before the ends are told of it: an operation must find its pair, whichever way it
 * takes. What nature has not confirmed before its stream ends is given up, and never told again: it may have been made,
 * and a nature that has started anew would make it, and tell the ledger of it, once more. There is one at most, so that
 * the ends know which it is when their station starts anew: the one behind the last of which they have been told.
 */
export class UnannouncedPair {
  /** How many pairs have been numbered. */
  #numbered = 0;
  #heralds = none;

  get isThere(): boolean {
    return this.#heralds !== none;
  }

  /** The sequence of the next pair that the ends will hear of. */
  get nextAnnounced(): number {
    return this.isThere ? this.#numbered : this.#numbered + 1;
  }

  /** @returns the sequence of a new pair */
  number(): number {
    this.#numbered += 1;
    return this.#numbered;
  }

  /** Nature has been told of a pair, and the ends are to be. */
  hold(heralds: Heralds): void {
    this.#heralds = heralds;
  }

  /** Nature has this pair. @returns what the ends are to be told, unless they have been, or it was given up */
  confirmed(pair: string): Heralds {
    return this.#heralds[0]?.herald.pair === pair ? this.giveUp() : none;
  }

  /** Forgets it. @returns the heralds for which the ends wait */
  giveUp(): Heralds {
    const heralds = this.#heralds;
    this.#heralds = none;
    return heralds;
  }
}
