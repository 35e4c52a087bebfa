import type { BellMeasurementNoise } from "./bell-measurement.ts";
import { expectationsOf, type XMatrix, type XState, xMatrixOf } from "./x-state.ts";

/** The imperfections at the two ends of two pairs: each one's CNOT, one-qubit gates and readout. */
export interface DistillationNoise {
  readonly first: BellMeasurementNoise;
  readonly second: BellMeasurementNoise;
}

/** What distillation yields. */
export interface Distilled {
  /** Of success: of the reported bits that keep the pair. */
  readonly probability: number;
  /** The pair that stays, given success; maximally mixed where success is impossible. */
  readonly state: XState;
}

/** Nothing goes wrong. */
export const noiselessDistillation: DistillationNoise = Object.freeze({
  first: Object.freeze({ twoQubitDepolarising: 0, p01: 0, p10: 0 }),
  second: Object.freeze({ twoQubitDepolarising: 0, p01: 0, p10: 0 }),
});

/**
 * The step that distillation protocols share: at both ends a CNOT from the kept to the measured pair, then the
 * measured pair is read in Z. Exact and closed on X-states: the entries of the kept ρ are multiplied by entries of
 * the measured one, (i, j; k, l) by (a ⊕ i, b ⊕ j; a ⊕ k, b ⊕ l) for true bits a and b. Depolarising after a CNOT
 * replaces both qubits of that end, so that the populations keep the other end's marginals only and the coherences
 * vanish; the readouts mix the true bits behind the reported ones.
 * @param reportedFirst the bit that the first end reports, 1 as true
 * @returns the pair that stays, given these two reported bits, and their probability
 */
export function parityCheck(
  kept: Readonly<XState>,
  measured: Readonly<XState>,
  reportedFirst: boolean,
  reportedSecond: boolean,
  noise: DistillationNoise,
): Distilled {
  const first = likelihoods(reportedFirst, noise.first);
  const second = likelihoods(reportedSecond, noise.second);
  const control = xMatrixOf(kept);
  const target = xMatrixOf(measured);
  const populations = [0, 1, 2, 3].map((place) =>
    populationOf(populationsOf(control), populationsOf(target), place >> 1, place & 1, first, second, noise),
  ) as [number, number, number, number];
  const probability = populations.reduce((sum, population) => sum + population);
  if (!(probability > 0)) return { probability: 0, state: mixed() };
  const unspoilt = (1 - noise.first.twoQubitDepolarising) * (1 - noise.second.twoQubitDepolarising);
  const equal = first[0] * second[0] + first[1] * second[1];
  const equalSkew = first[0] * second[0] - first[1] * second[1];
  const unequal = first[0] * second[1] + first[1] * second[0];
  const unequalSkew = first[0] * second[1] - first[1] * second[0];
  // Exchanging both true bits conjugates the entry of the measured pair, unequal bits exchange its two coherences.
  const outerRe = equal * target.outerRe + unequal * target.innerRe;
  const outerIm = equalSkew * target.outerIm + unequalSkew * target.innerIm;
  const innerRe = equal * target.innerRe + unequal * target.outerRe;
  const innerIm = equalSkew * target.innerIm + unequalSkew * target.outerIm;
  // Multiplied before it is divided: a probability may be too small to have a finite inverse.
  const part = (value: number): number => (unspoilt * value) / probability;
  const state = expectationsOf({
    p00: populations[0] / probability,
    p01: populations[1] / probability,
    p10: populations[2] / probability,
    p11: populations[3] / probability,
    outerRe: part(control.outerRe * outerRe - control.outerIm * outerIm),
    outerIm: part(control.outerRe * outerIm + control.outerIm * outerRe),
    innerRe: part(control.innerRe * innerRe - control.innerIm * innerIm),
    innerIm: part(control.innerRe * innerIm + control.innerIm * innerRe),
  });
  return { probability, state };
}

/** The average of what two disjoint reports leave. */
export function eitherOf(one: Distilled, other: Distilled): Distilled {
  const probability = one.probability + other.probability;
  if (!(probability > 0)) return { probability: 0, state: mixed() };
  const share = one.probability / probability;
  const rest = other.probability / probability;
  const state = mixed();
  for (const term of ["xx", "xy", "yx", "yy", "zz", "zFirst", "zSecond"] as const) {
    state[term] = share * one.state[term] + rest * other.state[term];
  }
  return { probability, state };
}

type Populations = readonly [number, number, number, number];
/** P(the reported bit | truly 0) and P(the reported bit | truly 1). */
type Likelihoods = readonly [number, number];

function likelihoods(reported: boolean, { p01, p10 }: BellMeasurementNoise): Likelihoods {
  return reported ? [p01, 1 - p10] : [1 - p01, p10];
}

/** Rounding below 0 is cut off here, as these become populations again. */
function populationsOf({ p00, p01, p10, p11 }: XMatrix): Populations {
  return [Math.max(0, p00), Math.max(0, p01), Math.max(0, p10), Math.max(0, p11)];
}

/** The joint probability of the reported bits and of finding the kept pair in |ij⟩. */
function populationOf(
  control: Populations,
  target: Populations,
  i: number,
  j: number,
  first: Likelihoods,
  second: Likelihoods,
  noise: DistillationNoise,
): number {
  let whole = 0;
  let firstReplaced = 0;
  let secondReplaced = 0;
  for (const a of [0, 1] as const) {
    for (const b of [0, 1] as const) {
      const place = 2 * (a ^ i) + (b ^ j);
      whole += first[a] * second[b] * (target[place] as number);
    }
    firstReplaced += second[a] * ((target[a ^ j] as number) + (target[2 + (a ^ j)] as number));
    secondReplaced += first[a] * ((target[2 * (a ^ i)] as number) + (target[2 * (a ^ i) + 1] as number));
  }
  whole *= control[2 * i + j] as number;
  firstReplaced *= (control[j] as number) + (control[2 + j] as number);
  secondReplaced *= (control[2 * i] as number) + (control[2 * i + 1] as number);
  // The replaced end is in i with probability one half, and its measured qubit is truly 0 with one half.
  const blindFirst = 0.25 * (first[0] + first[1]);
  const blindSecond = 0.25 * (second[0] + second[1]);
  const p = noise.first.twoQubitDepolarising;
  const q = noise.second.twoQubitDepolarising;
  return (
    (1 - p) * (1 - q) * whole +
    p * (1 - q) * blindFirst * firstReplaced +
    (1 - p) * q * blindSecond * secondReplaced +
    p * q * blindFirst * blindSecond
  );
}

function mixed(): XState {
  return { xx: 0, xy: 0, yx: 0, yy: 0, zz: 0, zFirst: 0, zSecond: 0 };
}
