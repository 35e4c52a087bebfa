import { cos, exp, log1p, sin } from "@bellmesh/numerics";
import type { Lattice } from "../frequency-noise.ts";
import { checkNotNegativeFields, checkPositiveFields, checkProbabilityFields } from "../parameter-error.ts";
import { simpson } from "../photons/simpson.ts";
import type { Pointing } from "./free-space-beam.ts";

/** How a free-space way fades at one instant. */
export interface Sky {
  /** Where the beam points, in standard deviations. */
  readonly pointing: Pointing;
  /** By turbulence and weather, on the transmission; 0 behind a cloud, and above 1 when turbulence focuses. */
  readonly factor: number;
}

/** How the sky changes; each part has the time in which it does. */
export interface SkyParameters {
  /** Of the telescope's pointing; 0.01 when absent. */
  readonly pointingS?: number;
  /** Variance of the intensity over its mean squared, by turbulence; 0 when absent. */
  readonly scintillationIndex?: number;
  /** 0.001 when absent. */
  readonly scintillationS?: number;
  /** Median loss by haze; 0 when absent. */
  readonly hazeMedianDb?: number;
  /** Standard deviation of the logarithm of that loss; 0 when absent. */
  readonly hazeLogStd?: number;
  /** 600 when absent. */
  readonly hazeS?: number;
  /** Share of time when a cloud lets nothing through; 0 when absent. */
  readonly cloudShare?: number;
  /** 1200 when absent. */
  readonly cloudS?: number;
}

/**
 * Fading as a pure function of time, so that any instant can be asked for without those before it: pointing is normal
 * on two axes, turbulence log-normal with mean 1 (weak scintillation; Andrews & Phillips 2005), haze a loss in dB that
 * is log-normal as rain's is, clouds come when a slow normal process is above its quantile. Each process blends the
 * deviates of a lattice in time so that its variance is 1 at every instant.
 */
export class ChangingSky {
  readonly #parameters: Required<SkyParameters>;
  readonly #lattice: Lattice;
  readonly #logStd: number;
  readonly #cloudFrom: number;

  /**
   * @param lattice normal deviates, by process (0 to 4) and place; the same at every call
   * @throws ParameterError when a time is not positive, a share outside [0, 1] or another number negative.
   */
  constructor(parameters: SkyParameters, lattice: Lattice) {
    const { pointingS = 0.01, scintillationIndex = 0, scintillationS = 0.001 } = parameters;
    const { hazeMedianDb = 0, hazeLogStd = 0, hazeS = 600, cloudShare = 0, cloudS = 1200 } = parameters;
    checkPositiveFields({ pointingS, scintillationS, hazeS, cloudS });
    checkNotNegativeFields({ scintillationIndex, hazeMedianDb, hazeLogStd });
    checkProbabilityFields({ cloudShare });
    this.#parameters = {
      ...{ pointingS, scintillationIndex, scintillationS },
      ...{ hazeMedianDb, hazeLogStd, hazeS, cloudShare, cloudS },
    };
    this.#lattice = lattice;
    this.#logStd = Math.sqrt(log1p(scintillationIndex));
    this.#cloudFrom = upperQuantile(cloudShare);
  }

  /** The sky at an instant, in s. */
  at(timeS: number): Sky {
    const { pointingS, scintillationS, hazeMedianDb, hazeLogStd, hazeS, cloudS } = this.#parameters;
    const pointing = [this.#process(0, timeS / pointingS), this.#process(1, timeS / pointingS)] as const;
    if (this.#process(4, timeS / cloudS) > this.#cloudFrom) return { pointing, factor: 0 };
    const logStd = this.#logStd;
    const turbulence = logStd === 0 ? 0 : logStd * this.#process(2, timeS / scintillationS) - 0.5 * logStd * logStd;
    const hazeDb = hazeMedianDb === 0 ? 0 : hazeMedianDb * exp(hazeLogStd * this.#process(3, timeS / hazeS));
    return { pointing, factor: exp(turbulence - hazeDb * (Math.LN10 / 10)) };
  }

  /** A normal deviate that changes smoothly; squares of cosine and sine sum to 1, so its variance is 1. */
  #process(number: number, at: number): number {
    const place = Math.floor(at);
    const turn = (Math.PI / 2) * (at - place);
    return cos(turn) * this.#lattice(number, place) + sin(turn) * this.#lattice(number, place + 1);
  }
}

/** Above it lies this share of the normal distribution. */
function upperQuantile(share: number): number {
  if (share === 0) return Number.POSITIVE_INFINITY;
  if (share === 1) return Number.NEGATIVE_INFINITY;
  const END = 9;
  let [low, high] = [-END, END];
  for (let halving = 0; halving < 50; halving += 1) {
    const middle = (low + high) / 2;
    const above = simpson(middle, END, 200, (x) => exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
    if (above > share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
