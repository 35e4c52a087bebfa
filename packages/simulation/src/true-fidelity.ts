import { CountedPairs } from "./counted-pairs.ts";
import type { LedgerReader, Readings } from "./ledger-readers.ts";

const PARTS = 1e12;

/** How sure a mean is to which pairs contributed that were one sample of a mixture each. */
export interface SampledFidelity {
  readonly pairs: number;
  /** Standard error that the samples bring into the mean; null for a single one. */
  readonly sigma: number | null;
}

/**
 * The oracle's view: nature's fidelity of every pair delivered at both ends and not retracted, from the ledger. A pair
 * that was one sample of a mixture has none; what its sample says counts in its stead, as the mean over samples is that
 * of fidelities.
 */
export class TrueFidelity implements LedgerReader {
  readonly reads: Readings = {
    pairFidelity: (told) => {
      const { fidelityPpt, isSample = false, samplePpt } = told;
      const fidelity = (isSample ? (samplePpt ?? 0) : fidelityPpt) / PARTS;
      this.#add(fidelity, isSample, 1);
      this.#counted.count(told, { fidelity, isSample });
    },
    halfRetracted: (retracted) => {
      const counted = this.#counted.takeBack(retracted);
      if (counted) this.#add(counted.fidelity, counted.isSample, -1);
    },
  };
  readonly #counted = new CountedPairs<{ readonly fidelity: number; readonly isSample: boolean }>();
  #sum = 0;
  #count = 0;
  #samples = 0;
  #sampledSum = 0;
  #sampledSquares = 0;

  /** What the mean is made of, for the difference between two moments. */
  total(): { readonly sum: number; readonly pairs: number } {
    return { sum: this.#sum, pairs: this.#count };
  }

  /** Undefined where every pair had a fidelity. */
  sampled(): SampledFidelity | undefined {
    const [pairs, sum] = [this.#samples, this.#sampledSum];
    if (pairs === 0) return undefined;
    const variance = pairs === 1 ? null : Math.max(0, this.#sampledSquares - (sum * sum) / pairs) / (pairs - 1);
    return { pairs, sigma: variance === null ? null : Math.sqrt(variance * pairs) / this.#count };
  }

  #add(fidelity: number, isSample: boolean, times: 1 | -1): void {
    this.#sum += times * fidelity;
    this.#count += times;
    if (!isSample) return;
    this.#samples += times;
    this.#sampledSum += times * fidelity;
    this.#sampledSquares += times * fidelity * fidelity;
  }

  /** Null where there was no pair. */
  mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}
