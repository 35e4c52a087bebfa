import type { FrequencyNoise } from "./frequency-noise.ts";

/** A free-running oscillator: its error against true time is offset + drift·t + ½·aging·t² + noise. */
export interface OscillatorParameters {
  /** At true instant 0; positive is ahead. */
  readonly offsetNs: number;
  /** Fractional frequency error at true instant 0, in parts per 10⁹; positive runs fast. */
  readonly driftPpb: number;
  /** Change of the frequency error per day, in parts per 10⁹. */
  readonly agingPpbPerDay: number;
}

/**
 * The clock that a node's hardware stamps with. Works with its error against true time, a small number, rather than
 * with its reading: a double holds 1 ps of the former, but not of an instant of 10^15 ns.
 */
export class Oscillator {
  readonly #offset: number;
  readonly #rate: number;
  readonly #halfAging: number;
  readonly #noise: FrequencyNoise | undefined;
  #drifts: readonly Drift[] | undefined;

  /**
   * @param noise how its frequency wanders at random; not at all when absent
   * @throws RangeError when a parameter is not finite or the drift stops the oscillator.
   */
  constructor(parameters: OscillatorParameters, noise?: FrequencyNoise) {
    const { offsetNs, driftPpb, agingPpbPerDay } = parameters;
    if (!(Number.isFinite(offsetNs) && Number.isFinite(agingPpbPerDay) && Math.abs(driftPpb) < 1e9)) {
      throw new RangeError(
        `an oscillator needs finite parameters and |drift| < 1e9 ppb: ${JSON.stringify(parameters)}`,
      );
    }
    this.#offset = offsetNs;
    this.#rate = driftPpb * 1e-9;
    this.#halfAging = (0.5 * agingPpbPerDay * 1e-9) / NS_PER_DAY;
    this.#noise = noise;
  }

  /** Reading less true time, in ns; well below 1 ps of rounding while it is under 1 s. */
  offsetNs(trueNs: number): number {
    const steady = this.#offset + trueNs * (this.#rate + this.#halfAging * trueNs);
    const usual = this.#noise === undefined ? steady : steady + this.#noise.phaseNs(trueNs);
    return this.#drifts === undefined ? usual : usual + gainedNs(this.#drifts, trueNs);
  }

  /** From one true instant to another it gains so much more, as when it is heated; what it has gained stays. */
  drift(fromNs: number, untilNs: number, ppb: number): void {
    this.#drifts = [...(this.#drifts ?? []), { fromNs, untilNs, rate: ppb * 1e-9 }];
  }

  /** Fractional frequency error at a true instant, noise and drifts apart. */
  frequencyError(trueNs: number): number {
    return this.#rate + 2 * this.#halfAging * trueNs;
  }

  /** The reading in ns, with the resolution of a double (0.125 ns at 10^15 ns). */
  reading(trueNs: number): number {
    return trueNs + this.offsetNs(trueNs);
  }

  /** The true instant, in ns, at which the oscillator shows this reading. */
  trueAt(readingNs: number): number {
    let trueNs = readingNs;
    // Newton's rule; the error is all but linear, so that the second step is already exact.
    for (let step = 0; step < 3; step += 1) {
      trueNs -= (trueNs - readingNs + this.offsetNs(trueNs)) / (1 + this.frequencyError(trueNs));
    }
    return trueNs;
  }
}

const NS_PER_DAY = 86_400e9;

interface Drift {
  readonly fromNs: number;
  readonly untilNs: number;
  readonly rate: number;
}

function gainedNs(drifts: readonly Drift[], trueNs: number): number {
  let sumNs = 0;
  for (const { fromNs, untilNs, rate } of drifts) {
    if (trueNs > fromNs) sumNs += rate * (Math.min(trueNs, untilNs) - fromNs);
  }
  return sumNs;
}
