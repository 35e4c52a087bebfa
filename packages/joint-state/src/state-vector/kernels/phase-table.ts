import type { Complex } from "../complex.ts";

/** Phases of so many qubits, the lowest bits, are multiplied out before: 2^10 factors of 32 bytes. */
const PHASE_TABLE_BITS = 10;
const FACTOR_DOUBLES = 4;

/**
 * The phases of all qubits' |1⟩ in memory: for each number of the lowest bits the product of its bits' phases, and
 * the phases of the bits above one by one, of which every thread multiplies out what its chunk needs.
 */
export class PhaseTable {
  readonly #products: Float64Array;
  readonly #phases: Float64Array;
  readonly #chunks: Float64Array;

  /** @param products room for 2^10 factors; @param phases for 24; @param chunks for one of each chunk */
  constructor(products: Float64Array, phases: Float64Array, chunks: Float64Array) {
    this.#products = products;
    this.#phases = phases;
    this.#chunks = chunks;
  }

  /** Writes down phases by bit. Returns how many bits are multiplied out. */
  write(phases: readonly Complex[]): number {
    const bits = Math.min(PHASE_TABLE_BITS, phases.length);
    this.#products.set([1, 1, 0, 0]);
    for (const [bit, { real, imaginary }] of phases.entries()) {
      this.#phases.set([real, imaginary], 2 * bit);
      if (bit >= bits) continue;
      for (let number = 0; number < 1 << bit; number += 1) {
        const [a, b] = this.#product(number);
        writeFactor(this.#products, number + (1 << bit), a * real - b * imaginary, a * imaginary + b * real);
      }
    }
    return bits;
  }

  /** Writes the factor of a chunk's tile: the product of the phases of the tile's number, bit 0 of which is `bits`. */
  writeTile(chunk: number, tile: number, bits: number): void {
    let [real, imaginary] = [1, 0];
    for (let bit = bits; tile >> (bit - bits) !== 0; bit += 1) {
      if (((tile >> (bit - bits)) & 1) === 0) continue;
      const [a, b] = [this.#phases[2 * bit] as number, this.#phases[2 * bit + 1] as number];
      [real, imaginary] = [a * real - b * imaginary, a * imaginary + b * real];
    }
    writeFactor(this.#chunks, chunk, real, imaginary);
  }

  #product(number: number): readonly [number, number] {
    const at = FACTOR_DOUBLES * number;
    return [this.#products[at] as number, this.#products[at + 3] as number];
  }
}

/** A complex factor as the kernels read it: (re, re), (−im, im). */
export function writeFactor(into: Float64Array, index: number, real: number, imaginary: number): void {
  const at = FACTOR_DOUBLES * index;
  into[at] = real;
  into[at + 1] = real;
  into[at + 2] = -imaginary;
  into[at + 3] = imaginary;
}
