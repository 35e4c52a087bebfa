/** The median of the last `length` samples; of an even number, the mean of the middle two. */
export class MovingMedian {
  readonly #samples: number[] = [];
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  /** Samples now in the window. */
  get count(): number {
    return this.#samples.length;
  }

  /** Takes a sample and returns the median with it. */
  add(sample: number): number {
    if (this.#samples.length === this.#length) this.#samples.shift();
    this.#samples.push(sample);
    const sorted = this.#samples.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    const upper = sorted[middle] as number;
    return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
  }

  clear(): void {
    this.#samples.length = 0;
  }
}
