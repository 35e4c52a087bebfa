import type { Axis } from "./bell-index.ts";
import type { Half, XState } from "./x-state.ts";

/** A qubit by its Bloch vector: ρ = ½(I + x·X + y·Y + z·Z). */
export interface BlochVector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A readout that errs: p01 = P(report 1 | truly 0), p10 = P(report 0 | truly 1). Bit 0 is the +1 eigenstate. */
export interface ReadoutErrors {
  readonly p01: number;
  readonly p10: number;
}

/** What a readout of one half leaves, for one reported bit. */
export interface HalfMeasurement {
  /** Of this bit being reported. */
  readonly probability: number;
  /** The other half, given that this bit was reported; maximally mixed where the bit cannot be reported. */
  readonly other: BlochVector;
}

/**
 * Measures one half along an axis. The true bit is hidden: given the report it is mixed by Bayes' rule.
 * @param reported the bit that was reported, 1 as true
 */
export function measureHalf(
  state: Readonly<XState>,
  half: Half,
  axis: Axis,
  reported: boolean,
  readout: ReadoutErrors,
): HalfMeasurement {
  const keepZero = reported ? readout.p01 : 1 - readout.p01;
  const keepOne = reported ? 1 - readout.p10 : readout.p10;
  const flat = keepZero + keepOne;
  const slope = keepZero - keepOne;
  const twice = axis === "z" ? flat + slope * (half === 0 ? state.zFirst : state.zSecond) : flat;
  if (!(twice > 0)) return { probability: 0, other: { x: 0, y: 0, z: 0 } };
  const share = slope / twice;
  const otherZ = (half === 0 ? state.zSecond : state.zFirst) * (flat / twice);
  const probability = twice / 2;
  if (axis === "z") return { probability, other: { x: 0, y: 0, z: otherZ + share * state.zz } };
  // The row or column of the correlations that stands opposite to the measured axis.
  const x = axis === "x" ? state.xx : half === 0 ? state.yx : state.xy;
  const y = axis === "y" ? state.yy : half === 0 ? state.xy : state.yx;
  return { probability, other: { x: share * x, y: share * y, z: otherZ } };
}
