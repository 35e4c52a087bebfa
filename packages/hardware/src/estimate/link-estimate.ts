import {
  type AttemptPauses,
  type AttemptTiming,
  attemptPeriodS,
  meanAttemptPeriodS,
} from "../heralding/attempt-timing.ts";
import type { HeraldedPair } from "../heralding/heralded-pair.ts";
import { multiplexed } from "../heralding/multiplexing.ts";
import { heraldedPair, type LinkScheme } from "./link-scheme.ts";

/** All that decides what a link yields. */
export interface LinkParameters {
  readonly heralding: LinkScheme;
  readonly timing: AttemptTiming;
  /** Modes that one attempt tries; 1 when absent. */
  readonly modes?: number;
  /** Attempts are never paused when absent. */
  readonly pauses?: AttemptPauses;
}

/** What a link yields. */
export interface LinkEstimate {
  /** Of an attempt, over all its modes. */
  readonly successProbability: number;
  /** From one attempt to the next within a stretch of attempts. */
  readonly attemptPeriodS: number;
  /** The same with all pauses shared out over the attempts. */
  readonly meanAttemptPeriodS: number;
  /** Pairs per second in the long run, attempts going on all the time. */
  readonly rateHz: number;
  /** Of the pair as it is heralded with the announced state, averaged over what is announced. */
  readonly fidelity: number;
  readonly pair: HeraldedPair;
}

/**
 * What a link yields: the fidelity estimation of the link layer (as the unit of that name of Dahlberg et al. 2019).
 * A success takes a geometric number of attempts, 1/p on average, each a whole period long; the state is the one at
 * emission, before any memory has aged.
 * @param alpha bright-state population at the first end, in place of the scheme's own; for single-click schemes only
 * @throws ParameterError naming the parameter that cannot be.
 */
export function estimateLink(link: LinkParameters, alpha?: number): LinkEstimate {
  const { modes = 1 } = link;
  const pair = multiplexed(heraldedPair(link.heralding, alpha), modes);
  const periodS = attemptPeriodS(link.timing, modes);
  const meanPeriodS = meanAttemptPeriodS(periodS, link.pauses);
  const { successProbability, weights } = pair;
  return {
    successProbability,
    attemptPeriodS: periodS,
    meanAttemptPeriodS: meanPeriodS,
    rateHz: successProbability / meanPeriodS,
    fidelity: weights[0],
    pair,
  };
}
