import type { ServoGains } from "./pi-servo.ts";

export interface ServoErrorOptions {
  readonly gains: ServoGains;
  /** Standard deviation, in ns, of the phase that white frequency noise of clock and master adds up to in a second. */
  readonly whiteNs: number;
  /** Standard deviation, in ppb, of the frequency that flicker noise of the two wanders by. */
  readonly flickerPpb: number;
}

/**
 * Mean and covariance of what a clock steered by a PI servo is off by.
 *
 * With x the phase error (ns), e the servo's frequency error (ppb) and w the noise of a measured offset, the servo's
 * law makes x(t) = (1 − (kp + ki) t) x − (kp + ki) t w − t e until the next sample, and e ← e + ki (x + w) at it.
 * Both are linear, so means and covariances of (x, e) follow exactly, from the first lock on.
 */
export class ServoError {
  readonly #gains: ServoGains;
  readonly #whiteVariance: number;
  readonly #flickerVariance: number;
  /** Gains in force since the last sample: none after the one that locked. */
  #inForce: ServoGains = { kp: 0, ki: 0 };
  /** Of the offset that the servo was last steered by. */
  #offsetVariance = 0;
  #phaseNs = 0;
  #ratePpb = 0;
  #phaseVariance = 0;
  #rateVariance = 0;
  #covariance = 0;

  constructor({ gains, whiteNs, flickerPpb }: ServoErrorOptions) {
    this.#gains = gains;
    this.#whiteVariance = whiteNs * whiteNs;
    this.#flickerVariance = flickerPpb * flickerPpb;
  }

  /** Of the frequency error, in ppb². */
  get rateVariance(): number {
    return this.#rateVariance;
  }

  /** The frequency error that the integral term of the sample just taken leaves, in ppb. */
  get steeredRatePpb(): number {
    return this.#ratePpb + this.#gains.ki * this.#phaseNs;
  }

  /**
   * The servo has locked: its frequency comes from two offsets `elapsedS` apart, and the clock is now `offsetNs` off
   * by the last one (0 when it was stepped).
   */
  locked(offsetNs: number, elapsedS: number, offsetVariance: number): void {
    this.#inForce = { kp: 0, ki: 0 };
    this.#offsetVariance = offsetVariance;
    this.#phaseNs = offsetNs;
    this.#ratePpb = 0;
    this.#phaseVariance = offsetVariance;
    this.#rateVariance = (2 * offsetVariance + this.wanderVariance(elapsedS)) / (elapsedS * elapsedS);
    this.#covariance = -offsetVariance / elapsedS;
  }

  /** What the clock had come to when this sample was taken, `elapsedS` after the one before. */
  sampled(elapsedS: number): void {
    const { kp, ki } = this.#inForce;
    const [pull, offsetVariance] = [(kp + ki) * elapsedS, this.#offsetVariance];
    const phaseNs = this.phaseAfter(elapsedS);
    const phaseVariance = this.varianceAfter(elapsedS);
    const mixed = this.#covariance + ki * this.#phaseVariance;
    const covariance =
      (1 - pull) * mixed - pull * ki * offsetVariance - elapsedS * (this.#rateVariance + ki * this.#covariance);
    this.#rateVariance += ki * (mixed + this.#covariance + ki * offsetVariance);
    // Between two samples the frequency itself has wandered.
    this.#rateVariance += this.#flickerVariance;
    this.#ratePpb += ki * this.#phaseNs;
    this.#covariance = covariance;
    this.#phaseVariance = phaseVariance;
    this.#phaseNs = phaseNs;
  }

  /** How far an offset just measured may be from the phase that was expected: its variance in ns². */
  surpriseVariance(offsetVariance: number): number {
    return this.#phaseVariance + offsetVariance;
  }

  /** The phase error that was expected of the sample just taken. */
  get phaseNs(): number {
    return this.#phaseNs;
  }

  /** Takes the phase from this offset alone, and the frequency as known only within `ratePpb`. */
  observed(offsetNs: number, ratePpb: number, offsetVariance: number): void {
    this.#phaseNs = offsetNs;
    this.#phaseVariance = offsetVariance;
    this.#rateVariance += ratePpb * ratePpb;
    this.#covariance = 0;
  }

  /**
   * What was expected of phase and frequency is corrected by the offset just measured, as Kalman's filter does it: a
   * phase that could have come only by the frequency gives that away.
   */
  learned(offsetNs: number, offsetVariance: number): void {
    const innovationNs = offsetNs - this.#phaseNs;
    const innovationVariance = this.#phaseVariance + offsetVariance;
    // Of perfect stamps and steady oscillators nothing is unknown, and nothing to be learned.
    if (innovationVariance > 0) {
      const gain = this.#covariance / innovationVariance;
      this.#ratePpb += gain * innovationNs;
      this.#rateVariance = Math.max(0, this.#rateVariance - gain * this.#covariance);
      this.#covariance *= offsetVariance / innovationVariance;
    }
    this.#phaseNs = offsetNs;
    this.#phaseVariance = offsetVariance;
  }

  /** The servo steers by the sample just taken. */
  steered(offsetVariance: number): void {
    this.#inForce = this.#gains;
    this.#offsetVariance = offsetVariance;
  }

  /** Mean of the phase error in ns, `elapsedS` after the last sample. */
  phaseAfter(elapsedS: number): number {
    const pull = (this.#inForce.kp + this.#inForce.ki) * elapsedS;
    return (1 - pull) * this.#phaseNs - elapsedS * this.#ratePpb;
  }

  /** Variance of the phase error in ns², `elapsedS` after the last sample. */
  varianceAfter(elapsedS: number): number {
    const pull = (this.#inForce.kp + this.#inForce.ki) * elapsedS;
    const keep = 1 - pull;
    const variance =
      keep * keep * this.#phaseVariance +
      pull * pull * this.#offsetVariance +
      elapsedS * elapsedS * this.#rateVariance -
      2 * keep * elapsedS * this.#covariance +
      this.wanderVariance(elapsedS);
    // Phase and frequency that are known to be the same thing cancel, but for rounding.
    return Math.max(0, variance);
  }

  /** Mean square of the phase error in ns², `elapsedS` after the last sample. */
  squareAfter(elapsedS: number): number {
    const phaseNs = this.phaseAfter(elapsedS);
    return phaseNs * phaseNs + this.varianceAfter(elapsedS);
  }

  /**
   * Of the phase that noise of the oscillators adds up to in this time. White frequency noise makes a random walk of
   * it; flicker noise wanders by √(ln 2) of a standard deviation from one second to the next, here counted as a whole.
   */
  wanderVariance(elapsedS: number): number {
    return this.#whiteVariance * elapsedS + this.#flickerVariance * elapsedS * elapsedS;
  }
}
