import type { EntropyStream } from "@bellmesh/numerics";

/** Where the outcome of a measurement comes from, and what a sample of a mixture is drawn from. */
export type Chance = Pick<EntropyStream, "uniform">;

/** For registers that are exact: they draw nothing. */
export const undrawn: Chance = {
  uniform(): number {
    throw new Error("a sample of a mixture draws its noise; give the operation a chance to draw from");
  },
};

/** A readout that errs: P(report 1 | truly 0) and P(report 0 | truly 1). */
export interface Readout {
  readonly p01: number;
  readonly p10: number;
}

/**
 * The probability that the readout reports this bit.
 * @param zero the probability that the qubit truly is 0
 */
export function reportProbability(reported: boolean, zero: number, readout: Readout): number {
  const one = zero * readout.p01 + (1 - zero) * (1 - readout.p10);
  return reported ? one : 1 - one;
}
