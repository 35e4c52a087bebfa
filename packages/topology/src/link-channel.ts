import type { FrequencyConversion, GroundStation, Orbit } from "@bellmesh/hardware";

/** What every channel may say. */
interface Way {
  /** What switches, lasers and electronics add to a classical message over either arm; 0 when absent. */
  readonly classicalOverheadNs?: number;
}

/** A fibre whose loss follows from the wavelength, or that light is converted for. */
export interface FibreWay extends Way {
  readonly medium: "fibre";
  readonly wavelengthNm: number;
  readonly conversion?: FrequencyConversion;
  /** Loss before and after the fibre proper; 0 when absent. */
  readonly initialLossProbability?: number;
}

/** How weather fades a free-space way, each arm by itself. */
export interface Weather {
  /** The sky is taken to stay as it is for so long. */
  readonly weatherStepS: number;
  readonly hazeMedianDb?: number;
  readonly hazeLogStd?: number;
  readonly hazeS?: number;
  readonly cloudShare?: number;
  readonly cloudS?: number;
}

/** A Gaussian beam from each arm's sender to its receiver. */
export interface BeamWay extends Way {
  readonly wavelengthNm: number;
  readonly waistM?: number;
  readonly divergenceRad?: number;
  readonly receiverDiameterM: number;
  readonly pointingStdRad?: number;
  readonly opticsTransmission?: number;
  /** Background photons a second behind filters and field stop; 0 when absent. */
  readonly noiseRateHz?: number;
  /** No weather when absent. */
  readonly weather?: Weather;
}

/** Beams along the ground. */
export interface FreeSpaceWay extends BeamWay {
  readonly medium: "free-space";
  readonly airAttenuationDbPerKm: number;
}

/** A satellite above both ends, with the station on board. */
export interface SatelliteWay extends BeamWay {
  readonly medium: "satellite";
  readonly heightKm: number;
  /** Of the air straight up. */
  readonly zenithTransmission: number;
  /** No end tracks lower; light times are those at this elevation, the longest there are. */
  readonly maskDeg: number;
  /** Where the satellite stands for either end, in degrees above the horizon: a number, or from an orbit. */
  readonly sight:
    | { readonly elevationsDeg: readonly [number, number] }
    | { readonly orbit: Orbit; readonly stations: readonly [GroundStation, GroundStation] };
  /** The elevations are taken to stay as they are for so long. */
  readonly elevationStepS: number;
}

/** A cooled waveguide from end to end. */
export interface MicrowaveWay extends Way {
  readonly medium: "microwave";
  /** From end to end, couplings counted. */
  readonly lossDb: number;
  readonly frequencyHz: number;
  readonly temperatureK: number;
}

/** What lies between the ends of a link and its station, other than a fibre of so many dB per km. */
export type LinkChannel = FibreWay | FreeSpaceWay | SatelliteWay | MicrowaveWay;
