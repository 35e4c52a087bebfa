import type { ClockSpec } from "@bellmesh/topology";
import { MovingAverage } from "./moving-average.ts";
import type { ServoGains } from "./pi-servo.ts";

/** Bounds are this many standard deviations wide. */
export const SIGMAS = 4;

/**
 * Variance of one measured offset in units of a stamp's. It is 1 for a single exchange and 2¼ when the delay comes from
 * the median of many; the rest allows for offsets that share a median, and so are not independent.
 */
const OFFSET_VARIANCE = 3;
/** Asymptotic variance of a median of n Gaussian samples, times n. */
const MEDIAN_VARIANCE = Math.PI / 2;
const SECONDS_PER_DAY = 86_400;
/** A measured offset this far from the predicted one means that the prediction is wrong. */
const SURPRISE_SIGMAS = 5;

export interface ErrorBoundOptions {
  readonly gains: ServoGains;
  /** Standard deviation of one stamp. */
  readonly stampNs: number;
  /** Bound on how fast the frequency of this clock and the grandmaster's part, in ppb per second. */
  readonly agingPpbPerS: number;
  /** How far an asymmetric path can shift every measured offset, in ns: no exchange can see it. */
  readonly asymmetryNs: number;
  /** Standard deviation, in ns, of the phase that white frequency noise of the two adds up to in a second. */
  readonly whiteNs: number;
  /** Standard deviation, in ppb, of the frequency that flicker noise of the two wanders by. */
  readonly flickerPpb: number;
  /** Frequencies averaged for a holdover. */
  readonly ratesKept: number;
}

/** How far the clocks of a network stray from one another, of their own accord and by paths that are not symmetric. */
export function strayOf(clock: ClockSpec): Omit<ErrorBoundOptions, "gains" | "stampNs" | "ratesKept"> {
  return {
    agingPpbPerS: (SIGMAS * Math.SQRT2 * Math.abs(clock.agingPpbPerDay)) / SECONDS_PER_DAY,
    asymmetryNs: (SIGMAS * clock.asymmetryPs) / 2000,
    // Two oscillators wander apart.
    whiteNs: Math.SQRT2 * clock.whiteAt1S * 1e9,
    flickerPpb: Math.SQRT2 * clock.flickerFloor * 1e9,
  };
}

/**
 * How far a clock steered by a PI servo can be from its master.
 *
 * With x the phase error (ns), e the servo's frequency error (ppb) and w the noise of a measured offset, the servo's
 * law makes x(t) = (1 − (kp + ki) t) x − (kp + ki) t w − t e until the next sample, and e ← e + ki (x + w) at it.
 * Both are linear, so means and covariances of (x, e) follow exactly, from the first lock on. The bound is the mean's
 * magnitude plus four standard deviations plus the offset last measured, plus what an asymmetric path may hide. In
 * holdover it grows as σ0 + |Δf| t + ½ aging t², and by what the oscillators wander.
 */
export class ErrorBound {
  readonly #gains: ServoGains;
  readonly #agingPpbPerS: number;
  readonly #asymmetryNs: number;
  readonly #whiteVariance: number;
  readonly #flickerPpb: number;
  readonly #stampVariance: number;
  readonly #offsetVariance: number;
  /** Gains in force since the last sample: none after the one that locked. */
  #inForce: ServoGains = { kp: 0, ki: 0 };
  #phaseNs = 0;
  #ratePpb = 0;
  #phaseVariance = 0;
  #rateVariance = 0;
  #covariance = 0;
  #offsetNs = 0;
  #delaysKept = 1;
  readonly #recentRatePpb: MovingAverage;
  #heldNs = 0;
  #heldRatePpb = 0;

  constructor(options: ErrorBoundOptions) {
    this.#gains = options.gains;
    this.#agingPpbPerS = options.agingPpbPerS;
    this.#asymmetryNs = options.asymmetryNs;
    this.#whiteVariance = options.whiteNs * options.whiteNs;
    this.#flickerPpb = options.flickerPpb;
    this.#stampVariance = options.stampNs * options.stampNs;
    this.#offsetVariance = OFFSET_VARIANCE * this.#stampVariance;
    this.#recentRatePpb = new MovingAverage(options.ratesKept);
  }

  /**
   * The servo has locked: its frequency comes from two offsets `elapsedS` apart, and the clock is now `offsetNs` off
   * by the last one (0 when it was stepped).
   */
  locked(offsetNs: number, elapsedS: number): void {
    this.#inForce = { kp: 0, ki: 0 };
    this.#phaseNs = offsetNs;
    this.#ratePpb = 0;
    this.#phaseVariance = this.#offsetVariance;
    this.#rateVariance = (2 * this.#offsetVariance + this.#wanderVariance(elapsedS)) / (elapsedS * elapsedS);
    this.#covariance = -this.#offsetVariance / elapsedS;
    this.#offsetNs = Math.abs(offsetNs);
    this.#recentRatePpb.clear();
    this.#recentRatePpb.add(0);
  }

  /** The servo has steered by this offset, `elapsedS` after the sample before. */
  steered(offsetNs: number, elapsedS: number, delaysKept: number): void {
    this.#propagate(elapsedS);
    const surpriseNs = Math.abs(offsetNs - this.#phaseNs);
    const expectedNs = SURPRISE_SIGMAS * Math.sqrt(this.#phaseVariance + this.#offsetVariance);
    if (surpriseNs > expectedNs) this.#observe(offsetNs, surpriseNs / elapsedS);
    this.#inForce = this.#gains;
    this.#offsetNs = Math.abs(offsetNs);
    this.#delaysKept = delaysKept;
    this.#recentRatePpb.add(this.#ratePpb + this.#gains.ki * this.#phaseNs);
  }

  /** The clock now runs at the mean of the servo's recent frequencies, `elapsedS` after the last sample. */
  held(elapsedS: number): void {
    this.#heldNs = this.whileLocked(elapsedS);
    this.#heldRatePpb = Math.abs(this.#recentRatePpb.mean) + SIGMAS * Math.sqrt(this.#rateVariance);
  }

  /** A first offset after a holdover of `elapsedS`; the servo steers by it again. */
  resumed(offsetNs: number, elapsedS: number): void {
    this.#observe(offsetNs, this.#heldRatePpb + this.#agingPpbPerS * elapsedS);
    this.#inForce = this.#gains;
    this.#offsetNs = Math.abs(offsetNs);
    this.#recentRatePpb.clear();
    this.#recentRatePpb.add(this.#ratePpb + this.#gains.ki * this.#phaseNs);
  }

  /** Bound in ns from the last sample until `elapsedS` after it. The error's bound is convex in between. */
  whileLocked(elapsedS: number): number {
    return Math.max(this.#boundAfter(0), this.#boundAfter(elapsedS));
  }

  /** Bound in ns, `elapsedS` into a holdover. */
  whileHeld(elapsedS: number): number {
    const steadyNs = this.#heldRatePpb * elapsedS + 0.5 * this.#agingPpbPerS * elapsedS * elapsedS;
    return this.#heldNs + steadyNs + SIGMAS * Math.sqrt(this.#wanderVariance(elapsedS));
  }

  #boundAfter(elapsedS: number): number {
    const delayVariance = (MEDIAN_VARIANCE * this.#stampVariance) / this.#delaysKept;
    const deviationNs = Math.sqrt(this.#varianceAfter(elapsedS) + delayVariance);
    return Math.abs(this.#phaseAfter(elapsedS)) + SIGMAS * deviationNs + this.#offsetNs + this.#asymmetryNs;
  }

  #phaseAfter(elapsedS: number): number {
    const pull = (this.#inForce.kp + this.#inForce.ki) * elapsedS;
    return (1 - pull) * this.#phaseNs - elapsedS * this.#ratePpb;
  }

  #varianceAfter(elapsedS: number): number {
    const pull = (this.#inForce.kp + this.#inForce.ki) * elapsedS;
    const keep = 1 - pull;
    return (
      keep * keep * this.#phaseVariance +
      pull * pull * this.#offsetVariance +
      elapsedS * elapsedS * this.#rateVariance -
      2 * keep * elapsedS * this.#covariance +
      this.#wanderVariance(elapsedS)
    );
  }

  /**
   * Of the phase that noise of the oscillators adds up to in this time. White frequency noise makes a random walk of
   * it; flicker noise wanders by √(ln 2) of a standard deviation from one second to the next, here counted as a whole.
   */
  #wanderVariance(elapsedS: number): number {
    const flickerNs = this.#flickerPpb * elapsedS;
    return this.#whiteVariance * elapsedS + flickerNs * flickerNs;
  }

  #propagate(elapsedS: number): void {
    const { kp, ki } = this.#inForce;
    const pull = (kp + ki) * elapsedS;
    const phaseNs = this.#phaseAfter(elapsedS);
    const phaseVariance = this.#varianceAfter(elapsedS);
    const mixed = this.#covariance + ki * this.#phaseVariance;
    const covariance =
      (1 - pull) * mixed - pull * ki * this.#offsetVariance - elapsedS * (this.#rateVariance + ki * this.#covariance);
    this.#rateVariance += ki * (mixed + this.#covariance + ki * this.#offsetVariance);
    // Between two samples the frequency itself has wandered.
    this.#rateVariance += this.#flickerPpb * this.#flickerPpb;
    this.#ratePpb += ki * this.#phaseNs;
    this.#covariance = covariance;
    this.#phaseVariance = phaseVariance;
    this.#phaseNs = phaseNs;
  }

  /** Takes the phase from this offset alone, and the frequency as known only within `ratePpb`. */
  #observe(offsetNs: number, ratePpb: number): void {
    this.#phaseNs = offsetNs;
    this.#phaseVariance = this.#offsetVariance;
    this.#rateVariance += ratePpb * ratePpb;
    this.#covariance = 0;
  }
}
