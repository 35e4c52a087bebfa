/** Running moments of a series of numbers (Welford 1962), without keeping the numbers. */
export class Tally {
  #count = 0;
  #mean = 0;
  #sumOfSquares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  add(x: number): void {
    this.#count += 1;
    const before = x - this.#mean;
    this.#mean += before / this.#count;
    this.#sumOfSquares += before * (x - this.#mean);
    this.#min = Math.min(this.#min, x);
    this.#max = Math.max(this.#max, x);
  }

  get count(): number {
    return this.#count;
  }

  /** NaN while nothing was added. */
  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#mean;
  }

  /** The unbiased estimate, with count − 1 in the denominator; NaN below two numbers. */
  get variance(): number {
    return this.#count < 2 ? Number.NaN : this.#sumOfSquares / (this.#count - 1);
  }

  /** Of the mean: √(variance / count); NaN below two numbers. */
  get standardError(): number {
    return Math.sqrt(this.variance / this.#count);
  }

  /** NaN while nothing was added. */
  get min(): number {
    return this.#count === 0 ? Number.NaN : this.#min;
  }

  /** NaN while nothing was added. */
  get max(): number {
    return this.#count === 0 ? Number.NaN : this.#max;
  }
}

/**
 * The q-quantile of numbers in ascending order, interpolated linearly between neighbours (type 7 of Hyndman & Fan
 * 1996); NaN of no numbers.
 * @throws RangeError when q is outside [0, 1].
 */
export function quantile(sorted: readonly number[], q: number): number {
  if (!(q >= 0 && q <= 1)) {
    throw new RangeError(`a quantile lies in [0, 1], not ${q}`);
  }
  if (sorted.length === 0) {
    return Number.NaN;
  }
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lower + (position - below) * (upper - lower);
}
