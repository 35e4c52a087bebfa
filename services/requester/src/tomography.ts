import type { BellIndex } from "@bellmesh/wire/bell";
import { Basis } from "@bellmesh/wire/quantum-state";
import { nearestState } from "./nearest-state.ts";
import type { Shot } from "./tomography-table.ts";

/** An instrument's errors: p01 is the probability of reading 1 when the state was 0. */
export interface ReadoutErrors {
  readonly p01: number;
  readonly p10: number;
}

/** A correlation as measured in one setting. */
export interface Setting {
  /** Head-end's basis and tail-end's, such as "xy". */
  readonly bases: string;
  readonly shots: number;
  readonly correlation: number;
  readonly sigma: number;
}

/** What nine settings say of the delivered state, every pair turned to Φ+ by the index announced for it. */
export interface Tomography {
  readonly shots: number;
  /** Halves that were delivered and could not be measured. */
  readonly missed: number;
  /** ⟨Φ+|ρ|Φ+⟩ by linear inversion, free of bias, and its standard error. */
  readonly fidelity: number;
  readonly sigma: number;
  /** Of the physical state that is nearest to the linear inversion. */
  readonly physicalFidelity: number;
  /** That state: entry (row, column) as [real, imaginary], row 2·head + tail. */
  readonly rho: readonly (readonly (readonly [number, number])[])[];
  readonly settings: readonly Setting[];
}

/** Sum, sum of squares and number of what an estimator gave. */
interface Sums {
  count: number;
  sum: number;
  squares: number;
}

const AXES = [Basis.X, Basis.Y, Basis.Z] as const;
const LETTERS: Readonly<Record<number, string>> = { [Basis.X]: "x", [Basis.Y]: "y", [Basis.Z]: "z" };
/** With fewer shots in a setting there is no error to be told. */
const SHOTS_MIN = 2;

/**
 * Two-qubit tomography from the nine Pauli settings. Each bit counts as the value whose mean is the observable's
 * whatever the readout's errors are, so known readout errors are taken out without bias. The linear inversion
 * ρ = ¼ Σ ⟨P⊗Q⟩ P⊗Q may have negative eigenvalues; the nearest density matrix stands beside it (Smolin, Gambetta &
 * Smith, PRL 108, 070502, 2012).
 * @returns undefined where a setting has fewer than two shots
 */
export function tomography(
  shots: readonly Shot[],
  head: ReadoutErrors,
  tail: ReadoutErrors,
  missed = 0,
): Tomography | undefined {
  const joint = AXES.map(() => AXES.map((): Sums => ({ count: 0, sum: 0, squares: 0 })));
  const [ofHead, ofTail] = [AXES, AXES].map((axes) => axes.map((): Sums => ({ count: 0, sum: 0, squares: 0 })));
  for (const shot of shots) {
    const [row, column] = [AXES.indexOf(shot.headBasis as 1), AXES.indexOf(shot.tailBasis as 1)];
    const headValue = unbiased(shot.headBit, head);
    const tailValue = frameSign(shot.tailBasis, shot.index) * unbiased(shot.tailBit, tail);
    note(joint[row]?.[column], headValue * tailValue);
    note(ofHead?.[row], headValue);
    note(ofTail?.[column], tailValue);
  }
  if (joint.some((row) => row.some(({ count }) => count < SHOTS_MIN))) return undefined;
  const correlations = joint.map((row) => row.map(mean));
  const linear = linearInversion((ofHead as Sums[]).map(mean), (ofTail as Sums[]).map(mean), correlations);
  const rho = nearestState(linear);
  const [xx, yy, zz] = [0, 1, 2].map((at) => joint[at]?.[at] as Sums) as [Sums, Sums, Sums];
  return {
    shots: shots.length,
    missed,
    fidelity: (1 + mean(xx) - mean(yy) + mean(zz)) / 4,
    sigma: Math.sqrt(variance(xx) + variance(yy) + variance(zz)) / 4,
    physicalFidelity: overlapWithPhiPlus(rho),
    rho,
    settings: joint.flatMap((row, first) =>
      row.map((sums, second) => ({
        bases: `${LETTERS[AXES[first] as number]}${LETTERS[AXES[second] as number]}`,
        shots: sums.count,
        correlation: mean(sums),
        sigma: Math.sqrt(variance(sums)),
      })),
    ),
  };
}

/** The value of a bit whose mean over reports is ⟨P⟩: E[±1] = (1 − p01 − p10)·⟨P⟩ + p10 − p01. */
function unbiased(bit: boolean, { p01, p10 }: ReadoutErrors): number {
  return ((bit ? -1 : 1) - (p10 - p01)) / (1 - p01 - p10);
}

/** X^x Z^z on the tail turns |Φ+⟩ into the announced state, and turns the sign of a Pauli that anticommutes with it. */
function frameSign(basis: Basis, { x, z }: BellIndex): number {
  if (basis === Basis.X) return z ? -1 : 1;
  if (basis === Basis.Z) return x ? -1 : 1;
  return x === z ? 1 : -1;
}

function note(sums: Sums | undefined, value: number): void {
  if (!sums) throw new Error("a shot is measured in X, Y or Z at either end");
  sums.count += 1;
  sums.sum += value;
  sums.squares += value * value;
}

function mean({ count, sum }: Sums): number {
  return sum / count;
}

/** Of the mean. */
function variance(sums: Sums): number {
  const { count, squares } = sums;
  const average = mean(sums);
  return Math.max(0, squares / count - average * average) / (count - 1);
}

type Rows = readonly (readonly (readonly [number, number])[])[];

/** The Paulis I, X, Y, Z as [row, column, real, imaginary] of their two entries. */
const PAULIS = [
  [
    [0, 0, 1, 0],
    [1, 1, 1, 0],
  ],
  [
    [0, 1, 1, 0],
    [1, 0, 1, 0],
  ],
  [
    [0, 1, 0, -1],
    [1, 0, 0, 1],
  ],
  [
    [0, 0, 1, 0],
    [1, 1, -1, 0],
  ],
] as const;

function linearInversion(
  head: readonly number[],
  tail: readonly number[],
  joint: readonly (readonly number[])[],
): Rows {
  const rho = Array.from({ length: 4 }, () => Array.from({ length: 4 }, (): [number, number] => [0, 0]));
  for (let p = 0; p < 4; p += 1) {
    for (let q = 0; q < 4; q += 1) {
      const local = p === 0 ? (q === 0 ? 1 : tail[q - 1]) : head[p - 1];
      const expectation = (p > 0 && q > 0 ? joint[p - 1]?.[q - 1] : local) as number;
      for (const [row, column, re, im] of PAULIS[p] as (typeof PAULIS)[0]) {
        for (const [row2, column2, re2, im2] of PAULIS[q] as (typeof PAULIS)[0]) {
          const entry = rho[2 * row + row2]?.[2 * column + column2] as [number, number];
          entry[0] += (expectation * (re * re2 - im * im2)) / 4;
          entry[1] += (expectation * (re * im2 + im * re2)) / 4;
        }
      }
    }
  }
  return rho;
}

function overlapWithPhiPlus(rho: Rows): number {
  const real = (row: number, column: number) => rho[row]?.[column]?.[0] as number;
  return (real(0, 0) + real(0, 3) + real(3, 0) + real(3, 3)) / 2;
}
