import {
  checkNotNegativeFields,
  checkPositiveFields,
  checkProbabilityFields,
  ParameterError,
} from "../parameter-error.ts";
import type { Channel } from "./channel.ts";
import { fibreDelayNs, fibreTransmission } from "./fibre.ts";
import { silicaAttenuationDbPerKm } from "./silica-attenuation.ts";

/** A quantum frequency converter, or a transducer, between the emitter and the fibre. */
export interface FrequencyConversion {
  readonly toNm: number;
  /** Probability that a photon comes out converted, couplings counted. */
  readonly efficiency: number;
  /** Photons a second that the pump makes in the output band; 0 when absent. */
  readonly noiseRateHz?: number;
}

/** A fibre with what stands before it. */
export interface FibreChannelParameters {
  readonly lengthKm: number;
  /** Of the emitter. */
  readonly wavelengthNm: number;
  /** Of the wavelength in the fibre; that of silica when absent. */
  readonly attenuationDbPerKm?: number;
  /** Loss before and after the fibre proper; 0 when absent. */
  readonly initialLossProbability?: number;
  /** Group velocity; 200,000 when absent. */
  readonly speedKmPerS?: number;
  readonly conversion?: FrequencyConversion;
  /** Length of the way that messages take; beside the quantum fibre when absent. */
  readonly classicalLengthKm?: number;
  /** What switches and lasers add to a message; 0 when absent. */
  readonly classicalOverheadS?: number;
}

/** Light of shorter wavelength than this is visible, or worse for a fibre. */
const VISIBLE_END_NM = 780;
/** Farther than this no network sends it. */
export const VISIBLE_REACH_KM = 0.1;

/**
 * A fibre, with conversion first where there is one: the transmission is (1 − loss)·efficiency·10^(−αL/10), and the
 * converter's noise photons suffer what the fibre does to the signal.
 * @throws ParameterError when a number cannot be, or visible light is to go more than 100 m unconverted.
 */
export function fibreChannel(parameters: FibreChannelParameters): Channel {
  const { lengthKm, wavelengthNm, conversion, initialLossProbability = 0, speedKmPerS = 200_000 } = parameters;
  const { classicalLengthKm = lengthKm, classicalOverheadS = 0 } = parameters;
  checkPositiveFields({ wavelengthNm });
  checkNotNegativeFields({ lengthKm, classicalLengthKm, classicalOverheadS });
  const { toNm: travelsNm = wavelengthNm, efficiency = 1, noiseRateHz = 0 } = conversion ?? {};
  checkProbabilityFields({ "conversion.efficiency": efficiency });
  checkPositiveFields({ "conversion.toNm": travelsNm });
  checkNotNegativeFields({ "conversion.noiseRateHz": noiseRateHz });
  if (travelsNm < VISIBLE_END_NM && lengthKm > VISIBLE_REACH_KM) {
    const [field, expected] =
      conversion === undefined
        ? ["wavelengthNm", `visible light goes at most 100 m; give a conversion, as to 1550 nm, for ${lengthKm} km`]
        : ["conversion.toNm", `visible light goes at most 100 m; convert to 1310 or 1550 nm for ${lengthKm} km`];
    throw new ParameterError(field as string, travelsNm, expected as string);
  }
  const attenuationDbPerKm = parameters.attenuationDbPerKm ?? silicaAttenuationDbPerKm(travelsNm);
  const fibre = fibreTransmission(lengthKm, attenuationDbPerKm, initialLossProbability);
  return {
    transmission: efficiency * fibre,
    delayS: 1e-9 * fibreDelayNs(lengthKm, speedKmPerS),
    classicalDelayS: 1e-9 * fibreDelayNs(classicalLengthKm, speedKmPerS) + classicalOverheadS,
    noiseRateHz: noiseRateHz * fibre,
  };
}
