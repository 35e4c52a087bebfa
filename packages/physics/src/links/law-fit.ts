import { Tally } from "@bellmesh/numerics";
import type { WaitingLaw } from "./waiting-law.ts";

/** Of waiting times that are nearly exponential. */
const KURTOSIS = 9;

/** How far samples are from a law. */
export interface LawFit {
  /** The largest distance between the law and the share of samples up to a value, times √N. */
  readonly distance: number;
  /** Between the means, and between the variances, in standard errors. */
  readonly meanSigmas: number;
  readonly varianceSigmas: number;
}

/** The distance of 99 in 100 samples of a law is less; of more where the law has steps (Kolmogorov; Noether 1963). */
export const KOLMOGOROV_1_PERCENT = 1.63;

/** Compares samples with the law they should have, for tests: by Kolmogorov and Smirnov, and by moments. */
export function lawFit(samples: readonly number[], law: WaitingLaw): LawFit {
  const sorted = samples.toSorted((a, b) => a - b);
  const tally = new Tally();
  let distance = 0;
  for (const [place, value] of sorted.entries()) {
    tally.add(value);
    if (sorted[place + 1] === value) continue;
    distance = Math.max(distance, Math.abs((place + 1) / sorted.length - law.probabilityBy(value)));
  }
  const root = Math.sqrt(sorted.length);
  const variance = law.standardDeviationS * law.standardDeviationS;
  return {
    distance: distance * root,
    meanSigmas: (Math.abs(tally.mean - law.meanS) * root) / law.standardDeviationS,
    varianceSigmas: (Math.abs(tally.variance - variance) * root) / (variance * Math.sqrt(KURTOSIS - 1)),
  };
}
