import type { WaitingLaw } from "@bellmesh/physics";

/** Probabilities whose quantiles are shown. */
const QUANTILES = [0.05, 0.5, 0.95, 0.99] as const;
/** Points of a curve of a distribution. */
const POINTS = 60;
/** A curve ends where this share of all has come. */
const CURVE_END = 0.995;

/** A distribution over time as data: moments, quantiles, and P(T ≤ t) from its least value on, in ns. */
export interface WaitingReport {
  readonly meanNs: number;
  readonly standardDeviationNs: number;
  readonly quantiles: readonly { readonly probability: number; readonly timeNs: number }[];
  readonly cumulative: readonly { readonly timeNs: number; readonly probability: number }[];
}

/** A law of waiting as data. */
export function waitingReport(law: WaitingLaw): WaitingReport {
  // At its least value a law jumps: what needs no wait is there at once.
  const [startS, endS] = [law.quantileS(0), law.quantileS(CURVE_END)];
  return {
    meanNs: law.meanS * 1e9,
    standardDeviationNs: law.standardDeviationS * 1e9,
    quantiles: QUANTILES.map((probability) => ({ probability, timeNs: law.quantileS(probability) * 1e9 })),
    cumulative: Array.from({ length: POINTS + 1 }, (_, place) => {
      const timeS = startS + (place / POINTS) * (endS - startS);
      return { timeNs: timeS * 1e9, probability: law.probabilityBy(timeS) };
    }),
  };
}

const UNITS = [
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
] as const;

/** The unit in which a time reads best, and its size in s. */
export function timeUnit(timeS: number): { readonly size: number; readonly unit: string } {
  const [size, unit] = UNITS.find(([least]) => timeS >= least * (1 - 1e-9)) ?? ([1e-9, "ns"] as const);
  return { size, unit };
}

/** A time in the unit in which it reads best, to four figures. */
export function timeText(timeS: number): string {
  if (timeS === Number.POSITIVE_INFINITY) return "∞";
  if (timeS === 0) return "0 s";
  const { size, unit } = timeUnit(timeS);
  return `${numberText(timeS / size)} ${unit}`;
}

/** A number to so many figures, plain where that is readable. */
export function numberText(value: number, figures = 4): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1e7 || magnitude < 1e-4) return value.toExponential(figures - 1);
  return String(Number(value.toPrecision(figures)));
}

/** A fidelity, to seven places. */
export function fidelityText(value: number): string {
  return value.toFixed(7);
}
