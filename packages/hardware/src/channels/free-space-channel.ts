import { exp, sin } from "@bellmesh/numerics";
import { checkNotNegativeFields, checkPositiveFields, ParameterError } from "../parameter-error.ts";
import type { Channel } from "./channel.ts";
import { airTransmission, beamTransmission, type FreeSpaceBeam } from "./free-space-beam.ts";
import type { Sky } from "./sky.ts";

/** Of light in vacuum, in km/s. */
export const LIGHT_KM_PER_S = 299_792.458;
/** Mean radius of the Earth. */
export const EARTH_RADIUS_KM = 6371;

/** What free-space ways have in common. */
interface FreeSpaceParameters extends FreeSpaceBeam {
  /** Background photons a second behind filters and field stop; 0 when absent. */
  readonly noiseRateHz?: number;
  /** What radio equipment adds to a message; 0 when absent. */
  readonly classicalOverheadS?: number;
}

/** A beam along the ground. */
export interface FreeSpaceChannelParameters extends FreeSpaceParameters {
  readonly lengthKm: number;
  /** Of the air; 0 when absent. */
  readonly attenuationDbPerKm?: number;
}

/** A beam from a satellite to the ground. */
export interface SatelliteDownlinkParameters extends FreeSpaceParameters {
  /** Of the orbit above the ground. */
  readonly heightKm: number;
  /** Of the air straight up; 1 when absent. */
  readonly zenithTransmission?: number;
}

/**
 * A horizontal free-space way. Messages go as fast as light too.
 * @param sky the fading at one instant; without it the mean over pointing, with no weather
 * @throws ParameterError when a number cannot be.
 */
export function freeSpaceChannel(parameters: FreeSpaceChannelParameters, sky?: Sky): Channel {
  const { lengthKm, attenuationDbPerKm = 0 } = parameters;
  checkPositiveFields({ lengthKm });
  checkNotNegativeFields({ attenuationDbPerKm });
  const air = exp((-Math.LN10 / 10) * attenuationDbPerKm * lengthKm);
  return throughAir(parameters, lengthKm, air, sky);
}

/**
 * A satellite's downlink at an elevation.
 * @param elevationRad above the horizon
 * @param sky the fading at one instant; without it the mean over pointing, with no weather
 * @throws ParameterError when a number cannot be, or the satellite is below the horizon.
 */
export function satelliteDownlink(parameters: SatelliteDownlinkParameters, elevationRad: number, sky?: Sky): Channel {
  const { heightKm, zenithTransmission = 1 } = parameters;
  const air = airTransmission(zenithTransmission, elevationRad);
  return throughAir(parameters, slantRangeKm(heightKm, elevationRad), air, sky);
}

/**
 * The distance of a satellite at this height that stands at this elevation: −R·sin ε + √(R²·sin² ε + h² + 2hR).
 * @throws ParameterError when the height is not positive or the elevation not in [0, π/2].
 */
export function slantRangeKm(heightKm: number, elevationRad: number): number {
  checkPositiveFields({ heightKm });
  if (!(elevationRad >= 0 && elevationRad <= Math.PI / 2)) {
    throw new ParameterError("elevationRad", elevationRad, "it lies in [0, π/2]");
  }
  const vertical = EARTH_RADIUS_KM * sin(elevationRad);
  const beyond = heightKm * (heightKm + 2 * EARTH_RADIUS_KM);
  // The difference of two near numbers, without their cancelling.
  return beyond / (vertical + Math.sqrt(vertical * vertical + beyond));
}

function throughAir(parameters: FreeSpaceParameters, rangeKm: number, air: number, sky: Sky | undefined): Channel {
  const { noiseRateHz = 0, classicalOverheadS = 0 } = parameters;
  checkNotNegativeFields({ noiseRateHz, classicalOverheadS });
  const beam = beamTransmission(parameters, rangeKm, sky?.pointing);
  const delayS = rangeKm / LIGHT_KM_PER_S;
  return {
    transmission: Math.min(1, beam * air * (sky?.factor ?? 1)),
    delayS,
    classicalDelayS: delayS + classicalOverheadS,
    noiseRateHz,
  };
}
