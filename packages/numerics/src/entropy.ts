import { log, log1p } from "./logarithm.ts";
import { cos, sin } from "./trigonometry.ts";

/** One named source of chance. Its draws depend on the seed, the name and how many came before, on nothing else. */
export interface EntropyStream {
  /** Uniform in [0, 1), a multiple of 2^−53. */
  uniform(): number;
  /** Uniform in the whole numbers 0 … 2^32 − 1. */
  uint32(): number;
  /** Normal with mean 0 and standard deviation 1. */
  gaussian(): number;
  /**
   * The number of attempts up to and including the first success, each succeeding with probability p:
   * in {1, 2, …}, from one uniform draw. For p below about 1e−14 the result may exceed 2^53.
   * @throws RangeError when p is outside (0, 1].
   */
  geometric(p: number): number;
}

/**
 * All chance of a run, by name: a draw added to one stream never shifts another.
 * Asking for a name again gives the same stream object, which continues.
 */
export class SeededEntropy {
  readonly #seed: bigint;
  readonly #streams = new Map<string, EntropyStream>();

  /** @throws RangeError when the seed is not a whole number in [0, 2^64). */
  constructor(seed: number | bigint) {
    if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
      throw new RangeError(`a seed is a whole number below 2^53, or a bigint, not ${seed}`);
    }
    this.#seed = BigInt(seed);
    if (this.#seed !== BigInt.asUintN(64, this.#seed)) {
      throw new RangeError(`a seed lies in [0, 2^64), not ${seed}`);
    }
  }

  /** The stream of this name, such as "link.alice-bob.herald". */
  stream(name: string): EntropyStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new SmallFastCounter(this.#seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** The stream of this name from its first draw, apart from the one that `stream` continues. */
  fresh(name: string): EntropyStream {
    return new SmallFastCounter(this.#seed, name);
  }
}

/**
 * The generator sfc32 of PractRand (Doty-Humphrey): three chaotic words and a counter, period at least 2^32,
 * about 2^127 on average. The state is kept in signed 32-bit words, which the engine holds without boxing.
 */
class SmallFastCounter implements EntropyStream {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;
  #spareGaussian = 0;
  #hasSpareGaussian = false;
  #lastProbability = 1;
  #lastLogOfFailure = Number.NEGATIVE_INFINITY;

  /** Absorbs the seed, then the name, with the generator itself as the mixing function. */
  constructor(seed: bigint, name: string) {
    this.#absorb(Number(BigInt.asIntN(32, seed)));
    this.#absorb(Number(BigInt.asIntN(32, seed >> 32n)));
    for (let i = 0; i < name.length; i += 1) {
      this.#absorb(name.charCodeAt(i));
    }
    for (let i = 0; i < 16; i += 1) {
      this.#next();
    }
  }

  uniform(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67108864 + low) * 1.1102230246251565e-16;
  }

  uint32(): number {
    return this.#next() >>> 0;
  }

  /** Box & Muller 1958: two normals from two uniforms, the second kept for the next call. */
  gaussian(): number {
    if (this.#hasSpareGaussian) {
      this.#hasSpareGaussian = false;
      return this.#spareGaussian;
    }
    const radius = Math.sqrt(-2 * log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareGaussian = radius * sin(angle);
    this.#hasSpareGaussian = true;
    return radius * cos(angle);
  }

  /** Inversion of the distribution function: P(N ≤ n) = 1 − (1 − p)^n. */
  geometric(p: number): number {
    if (!(p > 0 && p <= 1)) {
      throw new RangeError(`a success probability lies in (0, 1], not ${p}`);
    }
    if (p !== this.#lastProbability) {
      this.#lastProbability = p;
      this.#lastLogOfFailure = log1p(-p);
    }
    return Math.floor(log1p(-this.uniform()) / this.#lastLogOfFailure) + 1;
  }

  #absorb(word: number): void {
    this.#b ^= word;
    this.#next();
    this.#next();
    this.#next();
    this.#next();
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result;
  }
}
