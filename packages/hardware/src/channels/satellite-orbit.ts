import { cos, sin } from "@bellmesh/numerics";
import { checkFiniteFields, checkPositiveFields, ParameterError } from "../parameter-error.ts";
import { EARTH_RADIUS_KM } from "./free-space-channel.ts";

/** A circular orbit about a round Earth. Angles are in an inertial frame; its z axis is the Earth's. */
export interface Orbit {
  /** Above the ground. */
  readonly heightKm: number;
  /** Between the orbit's plane and the equator's; above π/2 the satellite goes against the Earth's turning. */
  readonly inclinationRad: number;
  /** Where the satellite crosses the equator northwards, measured eastwards from the x axis; 0 when absent. */
  readonly ascendingNodeRad?: number;
  /** How far along the orbit from there it is at time 0; 0 when absent. */
  readonly phaseRad?: number;
}

/** A place on the ground. At time 0 longitude 0 lies on the x axis. */
export interface GroundStation {
  /** Northwards. */
  readonly latitudeRad: number;
  /** Eastwards. */
  readonly longitudeRad: number;
}

/** Where a satellite stands, as seen from the ground. */
export interface SatelliteView {
  /** Above the horizon; negative below it. */
  readonly elevationRad: number;
  readonly rangeKm: number;
}

/** Of the Earth, in km³/s². */
const GRAVITATION_KM3_PER_S2 = 398_600.4418;
/** Of the Earth against the stars. */
const EARTH_TURN_RAD_PER_S = 7.292_115_9e-5;

/**
 * The time a satellite takes around its orbit, by Kepler's third law.
 * @throws ParameterError when the height is not positive.
 */
export function orbitPeriodS(heightKm: number): number {
  checkPositiveFields({ heightKm });
  const radiusKm = EARTH_RADIUS_KM + heightKm;
  return 2 * Math.PI * radiusKm * Math.sqrt(radiusKm / GRAVITATION_KM3_PER_S2);
}

/**
 * Where a satellite stands for a station at a time. Without refraction, oblateness and drag.
 * @throws ParameterError when the height is not positive, the latitude not in [−π/2, π/2], or a number not finite.
 */
export function satelliteView(orbit: Orbit, station: GroundStation, timeS: number): SatelliteView {
  checkFiniteFields({ timeS });
  const { sine, rangeKm } = satelliteSight(orbit, station)(timeS);
  return { elevationRad: arcsine(sine), rangeKm };
}

/** The sine of a satellite's elevation, and its distance, by time. */
export type SatelliteSight = (timeS: number) => { readonly sine: number; readonly rangeKm: number };

/**
 * The same as a function of time only, checked once.
 * @throws ParameterError when the height is not positive, the latitude not in [−π/2, π/2], or a number not finite.
 */
export function satelliteSight(orbit: Orbit, station: GroundStation): SatelliteSight {
  const { heightKm, inclinationRad, ascendingNodeRad = 0, phaseRad = 0 } = orbit;
  const { latitudeRad, longitudeRad } = station;
  const turnRadPerS = (2 * Math.PI) / orbitPeriodS(heightKm);
  checkFiniteFields({ inclinationRad, ascendingNodeRad, phaseRad, longitudeRad });
  if (!(Math.abs(latitudeRad) <= Math.PI / 2)) {
    throw new ParameterError("latitudeRad", latitudeRad, "a latitude lies in [−π/2, π/2]");
  }
  const radiusKm = EARTH_RADIUS_KM + heightKm;
  const [cosInclination, sinInclination] = [cos(inclinationRad), sin(inclinationRad)];
  const [cosLatitude, sinLatitude] = [cos(latitudeRad), sin(latitudeRad)];
  return (timeS) => {
    const along = phaseRad + turnRadPerS * timeS;
    // In the plane of the node and the pole; the station turns below it.
    const aside = longitudeRad + EARTH_TURN_RAD_PER_S * timeS - ascendingNodeRad;
    const [cosAlong, sinAlong] = [cos(along), sin(along)];
    const cosApart =
      cosLatitude * (cosAlong * cos(aside) + sinAlong * cosInclination * sin(aside)) +
      sinLatitude * sinAlong * sinInclination;
    const squareKm2 = heightKm * heightKm + 2 * EARTH_RADIUS_KM * radiusKm * (1 - cosApart);
    const rangeKm = Math.sqrt(squareKm2);
    return { sine: (radiusKm * cosApart - EARTH_RADIUS_KM) / rangeKm, rangeKm };
  };
}

/** The angle in [−π/2, π/2] of this sine; 0.5 ulp of rounding beyond ±1 is cut off. */
export function arcsine(sine: number): number {
  let [low, high] = [-Math.PI / 2, Math.PI / 2];
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (sin(middle) < sine) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
