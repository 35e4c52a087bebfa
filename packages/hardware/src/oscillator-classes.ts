import type { FrequencyNoiseParameters } from "./frequency-noise.ts";

/** What a class of oscillators is like: the spread of its specimens, and how each wanders. */
export interface OscillatorClass extends FrequencyNoiseParameters {
  /** Standard deviation of the frequency error among specimens a year after calibration. */
  readonly driftPpb: number;
  /** Standard deviation of the rate at which that error grows. */
  readonly agingPpbPerDay: number;
}

/**
 * Usual figures of the classes, rounded: accuracy per year, ageing per year and short-term stability as tabulated by
 * Vig, "Quartz Crystal Resonators and Oscillators" (quartz and rubidium); active hydrogen masers as in data sheets.
 */
export const oscillatorClasses = {
  /** Temperature-compensated quartz. */
  tcxo: { driftPpb: 2000, agingPpbPerDay: 1.4, whiteAt1S: 1e-9, flickerFloor: 1e-9 },
  /** Oven-controlled quartz. */
  ocxo: { driftPpb: 10, agingPpbPerDay: 0.014, whiteAt1S: 1e-12, flickerFloor: 1e-12 },
  /** Rubidium vapour cell. */
  rubidium: { driftPpb: 0.5, agingPpbPerDay: 5e-4, whiteAt1S: 3e-12, flickerFloor: 1e-13 },
  /** Active hydrogen maser. */
  maser: { driftPpb: 1e-3, agingPpbPerDay: 2e-7, whiteAt1S: 1e-13, flickerFloor: 1e-15 },
} as const satisfies Readonly<Record<string, OscillatorClass>>;

/** The name of a class of oscillators. */
export type OscillatorClassName = keyof typeof oscillatorClasses;
