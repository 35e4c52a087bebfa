import { exp, expm1 } from "@bellmesh/numerics";
import { checkNotNegativeFields, checkPositiveFields } from "../parameter-error.ts";
import type { Channel } from "./channel.ts";

/** A superconducting waveguide between two refrigerators. */
export interface MicrowaveLineParameters {
  readonly lengthKm: number;
  /** From end to end, couplings counted. */
  readonly lossDb: number;
  readonly frequencyHz: number;
  /** Of the line. */
  readonly temperatureK: number;
  /** Group velocity; 200,000 when absent. */
  readonly speedKmPerS?: number;
  /** What room-temperature electronics add to a message; 0 when absent. */
  readonly classicalOverheadS?: number;
}

/** What a line does to a microwave photon. */
export interface MicrowaveLine extends Channel {
  /** Mean number of thermal photons in a mode of the line. */
  readonly thermalOccupation: number;
  /** How many of them loss mixes into the mode that is caught: (1 − η)·n. */
  readonly addedPhotons: number;
}

/**
 * A microwave line: transmission 10^(−dB/10), thermal photons by Bose and Einstein. Its noise is counted per caught
 * mode, in `addedPhotons`, not per second.
 * @throws ParameterError when a length, a loss or a temperature is negative, or the frequency not positive.
 */
export function microwaveLine(parameters: MicrowaveLineParameters): MicrowaveLine {
  const { lengthKm, lossDb, frequencyHz, temperatureK, speedKmPerS = 200_000, classicalOverheadS = 0 } = parameters;
  checkNotNegativeFields({ lengthKm, lossDb, classicalOverheadS });
  checkPositiveFields({ speedKmPerS });
  const exponent = (-Math.LN10 / 10) * lossDb;
  const occupation = thermalOccupation(frequencyHz, temperatureK);
  const delayS = lengthKm / speedKmPerS;
  return {
    transmission: exp(exponent),
    delayS,
    classicalDelayS: delayS + classicalOverheadS,
    noiseRateHz: 0,
    thermalOccupation: occupation,
    addedPhotons: -expm1(exponent) * occupation,
  };
}

/**
 * The mean number of photons in a mode at a temperature: 1/(e^(hf/kT) − 1).
 * @throws ParameterError when the frequency is not positive or the temperature negative.
 */
export function thermalOccupation(frequencyHz: number, temperatureK: number): number {
  checkPositiveFields({ frequencyHz });
  checkNotNegativeFields({ temperatureK });
  if (temperatureK === 0) return 0;
  return 1 / expm1((PLANCK_J_S * frequencyHz) / (BOLTZMANN_J_PER_K * temperatureK));
}

/** Exact since 2019. */
const PLANCK_J_S = 6.62607015e-34;
const BOLTZMANN_J_PER_K = 1.380649e-23;
