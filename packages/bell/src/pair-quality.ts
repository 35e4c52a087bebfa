import { fidelityOf, multiply, type PauliEigenvalues } from "./bell-diagonal.ts";
import type { BellIndex } from "./bell-index.ts";
import { type BellMeasurementNoise, bellMeasurementDecay } from "./bell-measurement.ts";
import type { Half, XMatrix } from "./x-state.ts";

/** A pair's eigenvalue z, had halves relaxed to |0⟩: the first alone, the second alone, or both. */
export interface RelaxedZ {
  readonly first: number;
  readonly second: number;
  readonly both: number;
}

/**
 * What a pair is worth and will be after waiting: its Pauli eigenvalues, and what z is once a half has relaxed to |0⟩.
 * That depends on more than Bell weights: relaxing raises z where halves were rather in |0⟩ with Φ or in |1⟩ with Ψ.
 * Where `relaxed` is undefined it counts as 0: what Bell-diagonal pairs have on average over Φ and Ψ.
 */
export interface PairQuality extends PauliEigenvalues {
  readonly relaxed: RelaxedZ | undefined;
}

/** What waiting leaves of one half: Z of the half becomes z·Z + relaxed, X and Y shrink by x and y. */
export interface HalfDecay extends PauliEigenvalues {
  /** From 0 to 1 − z. */
  readonly relaxed: number;
}

/** The same where it is not known how the half was kept: at least these eigenvalues, and `relaxed` between these. */
export interface LeastHalfDecay extends PauliEigenvalues {
  readonly leastRelaxed: number;
  readonly mostRelaxed: number;
}

const bellDiagonal: RelaxedZ = { first: 0, second: 0, both: 0 };

/** `relaxed` of a state in the Z basis that is announced with this index. */
export function relaxedOf({ p00, p01, p10, p11 }: XMatrix, { x }: BellIndex): RelaxedZ {
  const sign = x ? -1 : 1;
  return { first: sign * (p00 + p10 - p01 - p11), second: sign * (p00 + p01 - p10 - p11), both: sign };
}

/** A wait in a memory of which `memoryDecay` gives this. */
export function relaxing(decay: PauliEigenvalues): HalfDecay {
  return { x: decay.x, y: decay.y, z: decay.z, relaxed: 1 - decay.z };
}

/** Pauli noise on a half, which relaxes nothing. */
export function unrelaxing(noise: PauliEigenvalues): HalfDecay {
  return { x: noise.x, y: noise.y, z: noise.z, relaxed: 0 };
}

/** Two decays of the same half, one after the other. */
export function inTurn(first: HalfDecay, second: HalfDecay): HalfDecay {
  return { ...multiply(first, second), relaxed: second.z * first.relaxed + second.relaxed };
}

/** The pair after one of its halves has decayed; exact for every X-state. */
export function afterDecay(pair: PairQuality, half: Half, decay: HalfDecay): PairQuality {
  const { first, second, both } = pair.relaxed ?? bellDiagonal;
  const { x, y, z, relaxed } = decay;
  return {
    x: pair.x * x,
    y: pair.y * y,
    z: pair.z * z + relaxed * (half === 0 ? first : second),
    relaxed:
      half === 0
        ? { first, second: z * second + relaxed * both, both }
        : { first: z * first + relaxed * both, second, both },
  };
}

/** The least fidelity of a pair after one of its halves has decayed in a way that is not known. */
export function leastFidelityAfter(pair: PairQuality, half: Half, decay: LeastHalfDecay): number {
  const relaxed = (pair.relaxed ?? bellDiagonal)[half === 0 ? "first" : "second"];
  const { leastRelaxed, mostRelaxed } = decay;
  return fidelityOf(multiply(pair, decay)) + (relaxed < 0 ? mostRelaxed : leastRelaxed) * (relaxed / 4);
}

/**
 * Two pairs become one by a Bell measurement of the first's second half and the second's first: the mean over its
 * outcomes, exact for X-states. A readout that errs more often for 1 than for 0 reports one x bit more often than the
 * other, and is right of the far halves that much more often, whatever was true of the near ones.
 */
export function joined(before: PairQuality, noise: BellMeasurementNoise, behind: PairQuality): PairQuality {
  const { twoQubitDepolarising, p01, p10, oneQubitDepolarising } = noise;
  const { x, y, z: kept } = bellMeasurementDecay(twoQubitDepolarising, p01, p10, oneQubitDepolarising);
  const skew = p10 - p01;
  const one = before.relaxed ?? bellDiagonal;
  const other = behind.relaxed ?? bellDiagonal;
  return {
    x: before.x * x * behind.x,
    y: before.y * y * behind.y,
    z: before.z * kept * behind.z + skew * one.second * other.first,
    relaxed: {
      first: one.first * kept * behind.z + skew * one.both * other.first,
      second: before.z * kept * other.second + skew * one.second * other.both,
      both: one.first * kept * other.second + skew * one.both * other.both,
    },
  };
}

/** The same pair as its other end sees it: the halves change places. */
export function exchanged(pair: PairQuality): PairQuality {
  const { x, y, z, relaxed } = pair;
  return relaxed ? { x, y, z, relaxed: { first: relaxed.second, second: relaxed.first, both: relaxed.both } } : pair;
}
