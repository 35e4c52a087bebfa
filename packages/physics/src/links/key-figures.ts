import type { BellWeights } from "@bellmesh/bell";
import { ParameterError } from "@bellmesh/hardware";
import { binaryEntropy, chshMaximum, type ErrorRates, errorRates, sixStateFraction } from "../rates/key-rates.ts";

/** What a pair is worth to cryptography. */
export interface KeyFigures {
  /** How often the ends' bits differ, along each axis, after the flips that the announced index asks for. */
  readonly errorRates: ErrorRates;
  /** Secret bits a pair by BBM92 with most rounds in one basis; 0 where nothing is secret. */
  readonly bb84Fraction: number;
  /** The same with all three axes. */
  readonly sixStateFraction: number;
  readonly bb84RateHz: number;
  readonly sixStateRateHz: number;
  /** Largest S of the CHSH inequality that the best settings reach. */
  readonly chsh: number;
}

/**
 * Error rates and asymptotic, one-way secret-key rates of pairs that come at this rate and are measured at once.
 * BBM92 (Bennett, Brassard & Mermin 1992): 1 − h(e_x) − f·h(e_z), e_z in the basis of the key; six states: 1 − H. Both
 * count no sifting, which an ever rarer second basis makes free (Lo, Chau & Ardehali 2005).
 * @param weights of what the readouts say, relative to the announced index
 * @param errorCorrection f ≥ 1: how much more than Shannon's limit it takes
 * @throws ParameterError when f is below 1, RangeError when a weight gives no error rate in [0, 1].
 */
export function keyFigures(weights: BellWeights, rateHz: number, errorCorrection = 1): KeyFigures {
  if (!(errorCorrection >= 1 && errorCorrection < Number.POSITIVE_INFINITY)) {
    const expected = "it takes at least Shannon's limit: give a number from 1";
    throw new ParameterError("errorCorrection", errorCorrection, expected);
  }
  const rates = errorRates(weights);
  const bb84 = Math.max(0, 1 - binaryEntropy(unit(rates.x)) - errorCorrection * binaryEntropy(unit(rates.z)));
  const extra = (errorCorrection - 1) * binaryEntropy(unit(rates.z));
  const sixState = Math.max(0, sixStateFraction(weights) - extra);
  return {
    errorRates: rates,
    bb84Fraction: bb84,
    sixStateFraction: sixState,
    bb84RateHz: bb84 * rateHz,
    sixStateRateHz: sixState * rateHz,
    chsh: chshMaximum(weights),
  };
}

/** Rounding beyond 0 and 1 is cut off; what is clearly beyond stays and is refused. */
function unit(rate: number): number {
  if (rate < 0 && rate > -1e-12) return 0;
  return rate > 1 && rate < 1 + 1e-12 ? 1 : rate;
}
