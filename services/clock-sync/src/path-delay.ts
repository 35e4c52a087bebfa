/** A path delay further from the usual one than this many sigmas of a stamp, and a nanosecond, was queueing. */
const DEVIATION_SIGMAS = 8;
const DEVIATION_PS = 1000;
/** So many exchanges in a row that look queued are left out; then the path itself has changed. */
const QUEUED_TOLERATED = 3;

/** What an exchange's delay says of the path to the grandmaster. */
export type PathFinding = "as usual" | "queued" | "changed";

/** The delay of the path to the grandmaster, as exchanges have shown it. */
export class PathDelay {
  readonly #limitPs: number;
  /** So far, after the filter. */
  #usualPs: number | undefined;
  /** Exchanges in a row left out as queued. */
  #queued = 0;

  /** @param jitterPs standard deviation of one stamp */
  constructor(jitterPs: number) {
    this.#limitPs = DEVIATION_SIGMAS * jitterPs + DEVIATION_PS;
  }

  /** Another path: its delay is not known. */
  follow(): void {
    this.forget();
    this.#queued = 0;
  }

  /** What the delays were measured by is in doubt. */
  forget(): void {
    this.#usualPs = undefined;
  }

  /** An exchange was believed; its delay, after the filter. */
  measured(delayPs: number): void {
    this.#usualPs = delayPs;
  }

  /**
   * What to think of an exchange's delay. Where a message was held up, that would go into the offset by half; a path
   * that stays longer is no queue, and is believed after a few exchanges.
   * @param excessOfFirstPs by how much it is longer than it can be, where no delay is known
   * @param isUnlocked before the lock a shorter path shows that it was the exchanges before that were held up
   */
  find(delayPs: number, excessOfFirstPs: number, isUnlocked: boolean): PathFinding {
    const excessPs = this.#usualPs === undefined ? excessOfFirstPs : delayPs - this.#usualPs;
    if (Math.abs(excessPs) <= this.#limitPs) {
      this.#queued = 0;
      return "as usual";
    }
    const wasQueued = isUnlocked && excessPs < 0;
    this.#queued += 1;
    if (this.#queued <= QUEUED_TOLERATED && !wasQueued) return "queued";
    this.#queued = 0;
    return "changed";
  }

  /**
   * How far the offset can be wrong by a delay that is longer than the light takes: as far as it is longer, where all
   * of that is one way. Both ways take at least `lightPs`, so half their difference is no more than that (RFC 5905
   * counts half the round trip, not knowing the light time).
   */
  hiddenPs(lightPs: number): number {
    const excessPs = (this.#usualPs ?? lightPs) - lightPs;
    return excessPs <= this.#limitPs ? 0 : excessPs;
  }
}
