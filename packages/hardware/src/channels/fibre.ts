import { exp } from "@bellmesh/numerics";
import { checkNotNegativeFields, checkPositiveFields, checkProbabilityFields } from "../parameter-error.ts";

/**
 * The probability that a photon sent into a fibre leaves it: (1 − p₀)·10^(−αL/10).
 * Length in km, attenuation in dB/km, p₀ the loss before and after the fibre proper.
 * @throws ParameterError when the length or the attenuation is negative, or p₀ is outside [0, 1].
 */
export function fibreTransmission(
  lengthKm: number,
  attenuationDbPerKm: number,
  initialLossProbability: number,
): number {
  checkNotNegativeFields({ lengthKm, attenuationDbPerKm });
  checkProbabilityFields({ initialLossProbability });
  return (1 - initialLossProbability) * exp(-lengthKm * attenuationDbPerKm * NEPER_PER_DECIBEL);
}

/**
 * The time light takes through a fibre, in ns, not rounded. Group velocity in km/s; 200,000 is usual for silica.
 * @throws ParameterError when the length is negative or the speed not positive.
 */
export function fibreDelayNs(lengthKm: number, speedKmPerS: number): number {
  checkNotNegativeFields({ lengthKm });
  checkPositiveFields({ speedKmPerS });
  return (lengthKm * 1e9) / speedKmPerS;
}

/** ln 10 / 10: one decibel of power as an exponent. */
const NEPER_PER_DECIBEL = Math.LN10 / 10;
