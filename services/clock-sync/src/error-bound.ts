import type { ClockSpec } from "@bellmesh/topology";
import { MovingAverage } from "./moving-average.ts";
import type { ServoGains } from "./pi-servo.ts";
import { ServoError } from "./servo-error.ts";

/** Bounds are this many standard deviations wide. */
export const SIGMAS = 4;

/**
 * Variance of one measured offset in units of a stamp's. It is 1 for a single exchange and 2¼ when the delay comes from
 * the median of many; the rest allows for offsets that share a median, and so are not independent.
 */
const OFFSET_VARIANCE = 3;
/** The delays of both offsets that a servo locks by are kept. */
const DELAYS_AT_LOCK = 2;
/** Asymptotic variance of a median of n Gaussian samples, times n. */
const MEDIAN_VARIANCE = Math.PI / 2;
const SECONDS_PER_DAY = 86_400;
/** A measured offset this far from the predicted one means that the prediction is wrong. */
const SURPRISE_SIGMAS = 5;
/**
 * Where so many times the variance of an offset was expected, the offset itself says more of the clock than what went
 * before: after a holdover, or a surprise. While the servo is settled it does not, and offsets share their delays.
 */
const TELLING_RATIO = 16;

export interface ErrorBoundOptions {
  readonly gains: ServoGains;
  /** Standard deviation of one stamp, with what rounds it. */
  readonly stampNs: number;
  /** Standard deviation of one stamp as it is expected: perfect stamps are exact. */
  readonly jitterNs: number;
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
export function strayOf(clock: ClockSpec): Omit<ErrorBoundOptions, "gains" | "stampNs" | "jitterNs" | "ratesKept"> {
  return {
    agingPpbPerS: (SIGMAS * Math.SQRT2 * Math.abs(clock.agingPpbPerDay)) / SECONDS_PER_DAY,
    asymmetryNs: (SIGMAS * clock.asymmetryPs) / 2000,
    // Two oscillators wander apart.
    whiteNs: Math.SQRT2 * clock.whiteAt1S * 1e9,
    flickerPpb: Math.SQRT2 * clock.flickerFloor * 1e9,
  };
}

/** Two clocks of a network do not look further apart than this, in ppb, by offsets a sync interval apart. */
export function plausibleFrequencyPpb(clock: ClockSpec, stampNs: number): number {
  const { whiteNs, flickerPpb } = strayOf(clock);
  const { driftPpb, syncIntervalS } = clock;
  const phaseVariance = 2 * OFFSET_VARIANCE * stampNs * stampNs + whiteNs * whiteNs * syncIntervalS;
  const frequencyVariance = 2 * driftPpb * driftPpb + flickerPpb * flickerPpb;
  return SIGMAS * Math.sqrt(frequencyVariance + phaseVariance / (syncIntervalS * syncIntervalS));
}

/** What a clock is expected to be off by. */
export interface ExpectedError {
  /** Root of the mean square, in ns, until the next sample is due. */
  readonly errorNs: number;
  /** What is added to it from then on, as the root of a mean square, too. */
  readonly driftPpb: number;
}

/**
 * How far a clock steered by a PI servo can be from its master, and what it is expected to be off by. The bound is the
 * magnitude of the mean phase error plus four standard deviations plus the offset last measured, plus what an
 * asymmetric path may hide. In holdover it grows as σ0 + |Δf| t + ½ aging t², and by what the oscillators wander.
 */
export class ErrorBound {
  readonly #agingPpbPerS: number;
  readonly #asymmetryNs: number;
  readonly #stampVariance: number;
  readonly #offsetVariance: number;
  readonly #jitterVariance: number;
  readonly #asymmetryVariance: number;
  readonly #flickerPpb: number;
  /** As the bound takes it. */
  readonly #error: ServoError;
  /** As it is expected. */
  readonly #expected: ServoError;
  #offsetNs = 0;
  #hiddenNs = 0;
  #delaysKept = 1;
  readonly #recentRatePpb: MovingAverage;
  #heldNs = 0;
  #heldRatePpb = 0;

  constructor(options: ErrorBoundOptions) {
    this.#agingPpbPerS = options.agingPpbPerS;
    this.#asymmetryNs = options.asymmetryNs;
    this.#jitterVariance = options.jitterNs * options.jitterNs;
    this.#asymmetryVariance = (options.asymmetryNs / SIGMAS) * (options.asymmetryNs / SIGMAS);
    this.#flickerPpb = options.flickerPpb;
    this.#error = new ServoError(options);
    this.#expected = new ServoError(options);
    this.#stampVariance = options.stampNs * options.stampNs;
    this.#offsetVariance = OFFSET_VARIANCE * this.#stampVariance;
    this.#recentRatePpb = new MovingAverage(options.ratesKept);
  }

  /** A path that takes longer than light does may hide so much of an offset, in ns, until another is measured. */
  hidden(hiddenNs: number): void {
    this.#hiddenNs = hiddenNs;
  }

  /** The servo has locked by two offsets `elapsedS` apart; the clock is `offsetNs` off by the last one. */
  locked(offsetNs: number, elapsedS: number): void {
    this.#error.locked(offsetNs, elapsedS, this.#offsetVariance);
    this.#expected.locked(offsetNs, elapsedS, this.#expectedVariance(DELAYS_AT_LOCK));
    this.#offsetNs = Math.abs(offsetNs);
    this.#recentRatePpb.clear();
    this.#recentRatePpb.add(0);
  }

  /** The servo has steered by this offset, `elapsedS` after the sample before. */
  steered(offsetNs: number, elapsedS: number, delaysKept: number): void {
    const expectedVariance = this.#expectedVariance(delaysKept);
    this.#error.sampled(elapsedS);
    this.#expected.sampled(elapsedS);
    const surpriseNs = Math.abs(offsetNs - this.#error.phaseNs);
    const surpriseVariance = this.#error.surpriseVariance(this.#offsetVariance);
    const expectedNs = SURPRISE_SIGMAS * Math.sqrt(surpriseVariance);
    if (surpriseNs > expectedNs) {
      this.#error.observed(offsetNs, surpriseNs / elapsedS, this.#offsetVariance);
      this.#expected.observed(offsetNs, surpriseNs / elapsedS, expectedVariance);
    } else if (surpriseVariance > TELLING_RATIO * this.#offsetVariance) {
      this.#error.learned(offsetNs, this.#offsetVariance);
      this.#expected.learned(offsetNs, expectedVariance);
    }
    this.#error.steered(this.#offsetVariance);
    this.#expected.steered(expectedVariance);
    this.#offsetNs = Math.abs(offsetNs);
    this.#delaysKept = delaysKept;
    this.#recentRatePpb.add(this.#error.steeredRatePpb);
  }

  /** The clock now runs at the mean of the servo's recent frequencies, `elapsedS` after the last sample. */
  held(elapsedS: number): void {
    this.#heldNs = this.whileLocked(elapsedS);
    this.#heldRatePpb = Math.abs(this.#recentRatePpb.mean) + SIGMAS * Math.sqrt(this.#error.rateVariance);
  }

  /** A first offset after a holdover of `elapsedS`; the servo steers by it again. */
  resumed(offsetNs: number, elapsedS: number): void {
    const ratePpb = this.#heldRatePpb + this.#agingPpbPerS * elapsedS;
    this.#error.observed(offsetNs, ratePpb, this.#offsetVariance);
    this.#error.steered(this.#offsetVariance);
    this.#expected.observed(offsetNs, ratePpb / SIGMAS, this.#expectedVariance(1));
    this.#expected.steered(this.#expectedVariance(1));
    this.#offsetNs = Math.abs(offsetNs);
    this.#recentRatePpb.clear();
    this.#recentRatePpb.add(this.#error.steeredRatePpb);
  }

  /** Bound in ns from the last sample until `elapsedS` after it. The error's bound is convex in between. */
  whileLocked(elapsedS: number): number {
    return Math.max(this.#boundAfter(0), this.#boundAfter(elapsedS));
  }

  /** Bound in ns, `elapsedS` into a holdover. */
  whileHeld(elapsedS: number): number {
    const steadyNs = this.#heldRatePpb * elapsedS + 0.5 * this.#agingPpbPerS * elapsedS * elapsedS;
    return this.#heldNs + steadyNs + SIGMAS * Math.sqrt(this.#error.wanderVariance(elapsedS));
  }

  /**
   * What it is expected to be off by from now on, when a sample is due after this time.
   * @param heldS since when it holds over; undefined where it does not
   */
  expected(intervalS: number, heldS: number | undefined): ExpectedError {
    const delayVariance = this.#delaysKept > 1 ? (MEDIAN_VARIANCE * this.#jitterVariance) / this.#delaysKept : 0;
    const at = (elapsedS: number) => this.#expected.squareAfter(elapsedS);
    // By Simpson's rule: the mean square is a polynomial of second order.
    const mean = (at(0) + 4 * at(intervalS / 2) + at(intervalS)) / 6;
    const growth = Math.max(0, at(2 * intervalS) - at(intervalS)) / (intervalS * intervalS);
    const heldSquare = heldS === undefined ? 0 : this.#heldRateSquare * heldS * heldS;
    // Nobody knows how much of it is one way: all of it may be, either way, and any share is as likely.
    const hiddenVariance = (this.#hiddenNs * this.#hiddenNs) / 3;
    return {
      errorNs: Math.sqrt(mean + heldSquare + delayVariance + this.#asymmetryVariance + hiddenVariance),
      driftPpb: Math.sqrt(heldS === undefined ? growth : this.#heldRateSquare),
    };
  }

  /** Of the frequency that a holdover runs at, and of what that wanders. */
  get #heldRateSquare(): number {
    const ratePpb = this.#recentRatePpb.mean;
    return ratePpb * ratePpb + this.#expected.rateVariance + this.#flickerPpb * this.#flickerPpb;
  }

  /** Of an offset as it is expected to be: 2 of t2 − t1, less what the latest delay shares with them. */
  #expectedVariance(delaysKept: number): number {
    return (2 - 1 / delaysKept) * this.#jitterVariance;
  }

  #boundAfter(elapsedS: number): number {
    const delayVariance = (MEDIAN_VARIANCE * this.#stampVariance) / this.#delaysKept;
    const deviationNs = Math.sqrt(this.#error.varianceAfter(elapsedS) + delayVariance);
    const phaseNs = Math.abs(this.#error.phaseAfter(elapsedS));
    return phaseNs + SIGMAS * deviationNs + this.#offsetNs + this.#asymmetryNs + this.#hiddenNs;
  }
}
