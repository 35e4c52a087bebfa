import type { Histogram } from "@bellmesh/wire/telemetry";

/** Buckets to a doubling: a bucket's bounds are within a fifth of one another. */
const PER_OCTAVE = 4;
const BUCKETS = 4 * 64;
/** The lower bounds of the buckets within an octave: 2^(0/4), 2^(1/4), … */
const STEPS = [1, 1.189207115002721, Math.SQRT2, 1.681792830507429] as const;

/** Counts of values by size, in quarter octaves: enough for quantiles to a tenth, mergeable, and never large. */
export class LogHistogram {
  #count = 0;
  #sum = 0;
  #max = 0;
  readonly #buckets = new Float64Array(BUCKETS);
  #used = 0;

  /** Adds a value of at least 0. */
  add(value: number): void {
    this.#count += 1;
    this.#sum += value;
    if (value > this.#max) this.#max = value;
    const bucket = bucketOf(value);
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    if (bucket >= this.#used) this.#used = bucket + 1;
  }

  toMessage(): Histogram {
    const buckets = Array.from(this.#buckets.subarray(0, this.#used));
    return { count: this.#count, sum: this.#sum, max: this.#max, buckets };
  }
}

/** Several histograms as one. */
export function mergedHistogram(parts: readonly Histogram[]): Histogram {
  const merged = { count: 0, sum: 0, max: 0, buckets: [] as number[] };
  for (const { count, sum, max, buckets } of parts) {
    merged.count += count;
    merged.sum += sum;
    merged.max = Math.max(merged.max, max);
    for (const [bucket, counted] of buckets.entries()) {
      merged.buckets[bucket] = (merged.buckets[bucket] ?? 0) + counted;
    }
  }
  return merged;
}

/** The value below which a share `q` of the values lies, to within its bucket; undefined where there are none. */
export function histogramQuantile({ count, max, buckets }: Histogram, q: number): number | undefined {
  if (count === 0) return undefined;
  let rest = q * count;
  for (const [bucket, counted] of buckets.entries()) {
    if (rest <= counted && counted > 0) {
      const from = bucket === 0 ? 0 : lowerBound(bucket);
      return Math.min(max, from + (rest / counted) * (lowerBound(bucket + 1) - from));
    }
    rest -= counted;
  }
  return max;
}

function bucketOf(value: number): number {
  if (value < 1) return 0;
  const octave = 31 - Math.clz32(value >= 4294967296 ? Math.floor(value / 4294967296) : Math.floor(value));
  const whole = value >= 4294967296 ? octave + 32 : octave;
  let part = 0;
  const scaled = value / powerOfTwo(whole);
  while (part < PER_OCTAVE - 1 && scaled >= (STEPS[part + 1] as number)) part += 1;
  return Math.min(BUCKETS - 1, whole * PER_OCTAVE + part);
}

function lowerBound(bucket: number): number {
  return powerOfTwo(Math.floor(bucket / PER_OCTAVE)) * (STEPS[bucket % PER_OCTAVE] as number);
}

function powerOfTwo(exponent: number): number {
  return exponent < 31 ? 1 << exponent : (1 << 30) * powerOfTwo(exponent - 30);
}
