const SEED_MAX = Number.MAX_SAFE_INTEGER;

/** A set of seeds, kept as ranges: written and read as `1..200,300`. */
export class SeedSet {
  /** Ascending, and no two touch. */
  #ranges: readonly (readonly [number, number])[] = [];

  /** @returns the set, or undefined when the text is no such list */
  static parse(text: string): SeedSet | undefined {
    const set = new SeedSet();
    if (text === "") return set;
    for (const part of text.split(",")) {
      const match = /^(\d{1,16})(?:\.\.(\d{1,16}))?$/.exec(part);
      if (!match) return undefined;
      const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
      if (first > last || last > SEED_MAX) return undefined;
      set.addRange(first, last);
    }
    return set;
  }

  /** How many there are. */
  get size(): number {
    return this.#ranges.reduce((sum, [first, last]) => sum + (last - first + 1), 0);
  }

  has(seed: number): boolean {
    return this.#ranges.some(([first, last]) => seed >= first && seed <= last);
  }

  add(seed: number): void {
    if (!this.has(seed)) this.addRange(seed, seed);
  }

  /** Adds every seed from `first` to `last`, both included. */
  addRange(first: number, last: number): void {
    const apart = this.#ranges.filter(([low, high]) => high < first - 1 || low > last + 1);
    const touching = this.#ranges.filter(([low, high]) => high >= first - 1 && low <= last + 1);
    const low = Math.min(first, ...touching.map(([from]) => from));
    const high = Math.max(last, ...touching.map(([, to]) => to));
    this.#ranges = [...apart, [low, high] as const].toSorted(([a], [b]) => a - b);
  }

  /** Those that the other has too. */
  within(other: SeedSet): SeedSet {
    return this.without(this.without(other));
  }

  /** Those that the other set has not. */
  without(other: SeedSet): SeedSet {
    const left = new SeedSet();
    for (const [first, last] of this.#ranges) {
      let from = first;
      for (const [low, high] of other.#ranges) {
        if (high < from || low > last) continue;
        if (low > from) left.addRange(from, low - 1);
        from = high + 1;
      }
      if (from <= last) left.addRange(from, last);
    }
    return left;
  }

  /** From the lowest on. */
  *[Symbol.iterator](): Iterator<number> {
    for (const [first, last] of this.#ranges) for (let seed = first; seed <= last; seed += 1) yield seed;
  }

  toString(): string {
    return this.#ranges.map(([first, last]) => (first === last ? `${first}` : `${first}..${last}`)).join(",");
  }
}
