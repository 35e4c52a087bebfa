import { exp, expm1 } from "@bellmesh/numerics";
import type { CoincidenceFactors } from "../heralding/double-click.ts";
import { checkNotNegativeFields, checkPositiveFields, checkProbabilityFields } from "../parameter-error.ts";
import { simpson } from "./simpson.ts";

/** What makes a detector click without a photon of the link. */
export interface DarkCounts {
  readonly windowS: number;
  /** Of one detector. */
  readonly darkRateHz: number;
  /** Noise photons that come in through both arms of the station; each goes to either detector. 0 when absent. */
  readonly noiseRateHz?: number;
  /** Probability that such a photon clicks; 1 when absent. */
  readonly detectorEfficiency?: number;
}

/**
 * Probability that a detector clicks at least once in a window, dark counts and noise photons as Poisson processes:
 * 1 − e^(−rate·window).
 * @throws ParameterError when a time or a rate is negative or the efficiency outside [0, 1].
 */
export function darkCountProbability(counts: DarkCounts): number {
  const { windowS, darkRateHz, noiseRateHz = 0, detectorEfficiency = 1 } = counts;
  checkNotNegativeFields({ windowS, darkRateHz, noiseRateHz });
  checkProbabilityFields({ detectorEfficiency });
  return -expm1(-windowS * (darkRateHz + 0.5 * noiseRateHz * detectorEfficiency));
}

/**
 * Shares of pairs of clicks, one in each of two detection windows, whose times after the windows' opening differ by
 * at most the coincidence window: photons decay exponentially from the opening on and are cut off by the window, dark
 * counts are uniform in it. Visibility within a coincidence window is better than without; that is not counted.
 * @param lifetimeS of the photons
 * @throws ParameterError when a time is not positive.
 */
export function coincidenceFactors(windowS: number, coincidenceS: number, lifetimeS: number): CoincidenceFactors {
  checkPositiveFields({ windowS, coincidenceS, lifetimeS });
  if (coincidenceS >= windowS) return { photonPhoton: 1, photonDark: 1, darkDark: 1 };
  const rest = 1 - coincidenceS / windowS;
  const [window, apart] = [windowS / lifetimeS, coincidenceS / lifetimeS];
  const captured = -expm1(-window);
  // Of two photons, the one is later than the other by more than the coincidence window.
  const later = exp(-apart) * 0.5 * -expm1(-2 * (window - apart)) + exp(-window) * expm1(-(window - apart));
  const near = (t: number) => (Math.min(window, t + apart) - Math.max(0, t - apart)) / window;
  const photonNear = (from: number, to: number) =>
    from < to ? simpson(from, to, PIECE_INTERVALS, (t) => exp(-t) * near(t)) : 0;
  // Between its two kinks the integrand is smooth.
  const [first, second] = [Math.min(apart, window - apart), Math.max(apart, window - apart)];
  const end = Math.min(window, LIFETIMES);
  const cut = (t: number) => Math.min(end, t);
  const photonDark = photonNear(0, cut(first)) + photonNear(cut(first), cut(second)) + photonNear(cut(second), end);
  return {
    photonPhoton: clipped(1 - (2 * later) / (captured * captured)),
    photonDark: clipped(photonDark / captured),
    darkDark: 1 - rest * rest,
  };
}

const PIECE_INTERVALS = 400;
/** Beyond so many lifetimes there is less than 1e-17 of an exponential. */
const LIFETIMES = 40;

function clipped(probability: number): number {
  return Math.min(1, Math.max(0, probability));
}
