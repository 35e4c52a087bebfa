/**
 * The last so many of what was added, in their order. What is older goes in blocks: to take the first out of an array
 * each time would move all the others.
 */
export class Latest<T> {
  readonly #max: number;
  #added: T[] = [];

  /** @param max how many are kept */
  constructor(max: number) {
    this.#max = max;
  }

  add(one: T): void {
    this.#added.push(one);
    if (this.#added.length >= 2 * this.#max) this.#added = this.#added.slice(-this.#max);
  }

  /** Those kept, the oldest first. */
  all(): readonly T[] {
    return this.#added.slice(-this.#max);
  }

  /** Forgets them. @returns what was kept */
  take(): readonly T[] {
    const all = this.all();
    this.#added = [];
    return all;
  }
}
