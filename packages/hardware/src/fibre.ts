import { exp } from "@bellmesh/numerics";

/**
 * The probability that a photon sent into a fibre leaves it: (1 − p₀)·10^(−αL/10).
 * Length in km, attenuation in dB/km, p₀ the loss before and after the fibre proper.
 * @throws RangeError when the length or the attenuation is negative, or p₀ is outside [0, 1].
 */
export function fibreTransmission(
  lengthKm: number,
  attenuationDbPerKm: number,
  initialLossProbability: number,
): number {
  if (!(lengthKm >= 0 && attenuationDbPerKm >= 0)) {
    throw new RangeError(`a fibre has no negative length or attenuation: ${lengthKm} km, ${attenuationDbPerKm} dB/km`);
  }
  if (!(initialLossProbability >= 0 && initialLossProbability <= 1)) {
    throw new RangeError(`a loss probability lies in [0, 1], not ${initialLossProbability}`);
  }
  return (1 - initialLossProbability) * exp(-lengthKm * attenuationDbPerKm * NEPER_PER_DECIBEL);
}

/** The time light takes through a fibre, in ns, not rounded. Group velocity in km/s; 200,000 is usual for silica. */
export function fibreDelayNs(lengthKm: number, speedKmPerS: number): number {
  if (!(lengthKm >= 0 && speedKmPerS > 0)) {
    throw new RangeError(`a fibre delay needs a length >= 0 and a speed > 0, not ${lengthKm} km, ${speedKmPerS} km/s`);
  }
  return (lengthKm * 1e9) / speedKmPerS;
}

/** ln 10 / 10: one decibel of power as an exponent. */
const NEPER_PER_DECIBEL = Math.LN10 / 10;
