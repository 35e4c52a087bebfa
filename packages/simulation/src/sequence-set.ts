/**
 * A set of whole numbers that come more or less in order: one run without gaps, and the few that stand apart.
 * Its memory is that of the gaps.
 */
export class SequenceSet {
  #low = 0;
  /** Below `#low`: nothing yet. */
  #high = -1;
  readonly #apart = new Set<number>();

  /** Adds a number; false when it was there already. */
  add(sequence: number): boolean {
    if (this.#high < this.#low) {
      this.#low = sequence;
      this.#high = sequence;
      return true;
    }
    if (sequence >= this.#low && sequence <= this.#high) return false;
    if (sequence === this.#high + 1) {
      this.#high = sequence;
      while (this.#apart.size > 0 && this.#apart.delete(this.#high + 1)) this.#high += 1;
      return true;
    }
    if (sequence === this.#low - 1) {
      this.#low = sequence;
      while (this.#apart.size > 0 && this.#apart.delete(this.#low - 1)) this.#low -= 1;
      return true;
    }
    if (this.#apart.has(sequence)) return false;
    this.#apart.add(sequence);
    return true;
  }

  /** The last number up to which none is missing from `from` on; below `from` when that is missing itself. */
  prefixFrom(from: number): number {
    let next = from;
    for (;;) {
      if (next >= this.#low && next <= this.#high) next = this.#high + 1;
      else if (this.#apart.has(next)) next += 1;
      else return next - 1;
    }
  }

  /** The ranges missing from `from` to the highest number seen, both ends included. */
  missing(from: number): { first: number; last: number }[] {
    if (this.#high < this.#low) return [];
    const starts = [...this.#apart, this.#low].sort((a, b) => a - b);
    const ranges: { first: number; last: number }[] = [];
    let next = from;
    for (const start of starts) {
      if (start > next) ranges.push({ first: next, last: start - 1 });
      next = Math.max(next, (start === this.#low ? this.#high : start) + 1);
    }
    return ranges;
  }
}
