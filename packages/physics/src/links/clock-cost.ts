import { ParameterError, type PhotonShape, visibilityFactor } from "@bellmesh/hardware";
import { exp } from "@bellmesh/numerics";

/** How far the clocks of a link's ends may be apart, and what they are needed for. */
export interface ClockError {
  /** Standard deviation of the difference between the two clocks, normally distributed about 0. */
  readonly differenceStdS: number;
  /** What the ends know it to be within; four standard deviations when absent. */
  readonly boundS?: number;
  readonly photon: PhotonShape;
  readonly windowS: number;
}

/** What the clocks cost a link. */
export interface ClockCost {
  readonly boundS: number;
  /** Whether the ends attempt at all: the bound is at most half the detection window. */
  readonly isTrusted: boolean;
  /** Factor on the visibility of the photons that meet. */
  readonly visibilityFactor: number;
  /** Share of the attempts in which the photons miss each other by more than half a window, and are lost. */
  readonly windowsLost: number;
  /** Factor on the rate: 0 where the clocks are not trusted. */
  readonly rateFactor: number;
}

/** What ends take for certain, in standard deviations; as clock synchronisation states its bound. */
const BOUND_SIGMAS = 4;

/**
 * What imperfect clocks cost: photons that arrive apart interfere less, those that miss each other by more than half
 * the detection window not at all, and ends that cannot exclude the latter refuse to try (`CLOCK_UNTRUSTED`).
 * The visibility is averaged over all differences, not only those within the window, of which more than 4σ lie within
 * while the clocks are trusted.
 * @throws ParameterError when a time is negative or not finite, or the window or the photon has no length.
 */
export function clockCost({ differenceStdS, boundS, photon, windowS }: ClockError): ClockCost {
  if (!(windowS > 0 && Number.isFinite(windowS))) {
    throw new ParameterError("windowS", windowS, "give a detection window above 0 s");
  }
  const factor = visibilityFactor(photon, { arrivalStdS: differenceStdS });
  const bound = boundS ?? BOUND_SIGMAS * differenceStdS;
  if (!(bound >= 0 && Number.isFinite(bound))) {
    throw new ParameterError("boundS", boundS, "give a finite bound, not below 0");
  }
  const isTrusted = bound <= windowS / 2;
  const windowsLost = differenceStdS === 0 ? 0 : beyond(windowS / 2 / differenceStdS);
  return {
    boundS: bound,
    isTrusted,
    visibilityFactor: factor,
    windowsLost,
    rateFactor: isTrusted ? 1 - windowsLost : 0,
  };
}

const INTERVALS = 2000;
/** Beyond so many standard deviations there is less than 1e-17 of a normal distribution. */
const END = 8.6;

/** How probable it is that a normal variable is so many standard deviations or more from its mean, either way. */
function beyond(sigmas: number): number {
  if (sigmas >= END) return 0;
  const step = (END - sigmas) / INTERVALS;
  let sum = 0;
  for (let place = 0; place <= INTERVALS; place += 1) {
    const x = sigmas + place * step;
    const simpson = place === 0 || place === INTERVALS ? 1 : place % 2 === 1 ? 4 : 2;
    sum += simpson * exp(-0.5 * x * x);
  }
  return Math.min(1, (2 * sum * step) / 3 / Math.sqrt(2 * Math.PI));
}
