import { exp } from "@bellmesh/numerics";
import { checkFiniteFields, checkNotNegativeFields, checkPositiveFields, ParameterError } from "../parameter-error.ts";
import { simpson } from "./simpson.ts";

/** When a photon is found, if it is: an exponential decay, or a Gaussian pulse. */
export interface PhotonShape {
  readonly shape: "exponential" | "gaussian";
  /** Exponential: lifetime τ of the emitter. Gaussian: standard deviation of the intensity. */
  readonly lengthS: number;
}

/** How two photons at the beam splitter differ. */
export interface PhotonMismatch {
  /** How much later one arrives, on average; 0 when absent. */
  readonly arrivalOffsetS?: number;
  /** Standard deviation of that, normally distributed: what clocks leave; 0 when absent. */
  readonly arrivalStdS?: number;
  /** Difference of their frequencies, in Hz and not in rad/s; 0 when absent. */
  readonly detuningHz?: number;
}

/**
 * The factor by which the visibility |⟨a|b⟩|² of two photons of the same shape falls because one comes later, at
 * another frequency, or when imperfect clocks say: averaged over what the clocks leave.
 * Exponential: e^(−|δt|/τ)/(1 + (Δω·τ)²). Gaussian: e^(−δt²/4σ² − Δω²σ²). By inner products of the wave packets (as
 * Legero et al. 2003 for Gaussian ones); mean overlaps for exponential ones by Simpson's rule, to about 1e-10.
 * @throws ParameterError when the length is not positive, the spread negative, or a number not finite.
 */
export function visibilityFactor(photon: PhotonShape, mismatch: PhotonMismatch): number {
  const { arrivalOffsetS = 0, arrivalStdS = 0, detuningHz = 0 } = mismatch;
  const { lengthS } = photon;
  checkPositiveFields({ lengthS });
  checkNotNegativeFields({ arrivalStdS });
  checkFiniteFields({ arrivalOffsetS, detuningHz });
  const phase = 2 * Math.PI * detuningHz * lengthS;
  const offset = arrivalOffsetS / lengthS;
  const spread = arrivalStdS / lengthS;
  if (isExponential(photon)) return meanExponential(offset, spread) / (1 + phase * phase);
  const width = 1 + 0.5 * spread * spread;
  return exp((-0.25 * offset * offset) / width - phase * phase) / Math.sqrt(width);
}

/**
 * The share of a photon that falls into a detection window.
 * @param windowS length of the window
 * @param arrivalS when the decay starts, or the middle of the Gaussian, after the window opens; may be negative
 * @throws ParameterError when the photon's length is not positive, the window negative, or the arrival not finite.
 */
export function windowShare(photon: PhotonShape, windowS: number, arrivalS = 0): number {
  checkPositiveFields({ lengthS: photon.lengthS });
  checkNotNegativeFields({ windowS });
  checkFiniteFields({ arrivalS });
  const opens = -arrivalS / photon.lengthS;
  const closes = opens + windowS / photon.lengthS;
  if (isExponential(photon)) return Math.max(0, exp(-Math.max(0, opens)) - exp(-Math.max(0, closes)));
  const [from, to] = [Math.max(-GAUSSIAN_END, opens), Math.min(GAUSSIAN_END, closes)];
  if (from >= to) return 0;
  return Math.min(
    1,
    simpson(from, to, INTERVALS, (x) => NORMAL * exp(-0.5 * x * x)),
  );
}

/** Whether the photon decays exponentially. */
function isExponential({ shape }: PhotonShape): boolean {
  if (shape === "exponential") return true;
  if (shape === "gaussian") return false;
  throw new ParameterError("shape", shape, "give exponential or gaussian");
}

const INTERVALS = 1500;
/** 1/√(2π). */
const NORMAL = 1 / Math.sqrt(2 * Math.PI);
/** Beyond so many standard deviations there is less than 1e-17 of a normal distribution. */
const GAUSSIAN_END = 8.6;
/** Beyond so many lifetimes there is less than 1e-17 of an exponential. */
const EXPONENTIAL_END = 40;

/** The mean of e^(−|x|) over x with this mean and standard deviation; the kink at 0 divides the integral in two. */
function meanExponential(mean: number, spread: number): number {
  if (spread === 0) return exp(-Math.abs(mean));
  return side(mean, spread) + side(-mean, spread);
}

/** The part of positive x. */
function side(mean: number, spread: number): number {
  const from = Math.max(0, mean - GAUSSIAN_END * spread);
  const to = Math.min(mean + GAUSSIAN_END * spread, from + EXPONENTIAL_END);
  if (from >= to) return 0;
  const integral = simpson(from, to, INTERVALS, (x) => {
    const deviation = (x - mean) / spread;
    return exp(-0.5 * deviation * deviation - x);
  });
  return (NORMAL * integral) / spread;
}
