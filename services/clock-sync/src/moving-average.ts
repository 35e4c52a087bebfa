/** The mean of the last `length` samples; 0 before the first. */
export class MovingAverage {
  readonly #samples: number[] = [];
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  get mean(): number {
    if (this.#samples.length === 0) return 0;
    let sum = 0;
    for (const sample of this.#samples) sum += sample;
    return sum / this.#samples.length;
  }

  add(sample: number): void {
    if (this.#samples.length === this.#length) this.#samples.shift();
    this.#samples.push(sample);
  }

  clear(): void {
    this.#samples.length = 0;
  }
}
