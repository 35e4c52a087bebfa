import { type BellIndex, bellIndices, bellName } from "@bellmesh/bell";
import type { Readout } from "@bellmesh/joint-state";
import type { Branch } from "../branch.ts";
import type { FlatMatrix } from "../complex-matrix.ts";
import { fixedGates } from "../named-gates.ts";

export interface BellMeasuringNoise {
  readonly twoQubitDepolarising?: number;
  readonly p01?: number;
  readonly p10?: number;
}

export const cnot = fixedGates.cnot as FlatMatrix;
export const hadamard = fixedGates.h as FlatMatrix;

/** The readout of a step; what it does not say is perfect. */
export function readoutOf({ p01 = 0, p10 = 0 }: { readonly p01?: number; readonly p10?: number }): Readout {
  return { p01, p10 };
}

/**
 * CNOT(first → second), H(first), second → x, first → z. What was due on the two is added to the outcome, so that it
 * names the Bell state that they would have shown after it.
 */
export function bellMeasure(
  branch: Branch,
  first: string,
  second: string,
  noise: BellMeasuringNoise,
): readonly { readonly index: BellIndex; readonly branch: Branch }[] {
  const due = [branch.due(first), branch.due(second)] as const;
  const flipX = due[0].x !== due[1].x;
  const flipZ = due[0].z !== due[1].z;
  branch.apply(cnot, [first, second]);
  branch.depolarise([first, second], noise.twoQubitDepolarising ?? 0);
  branch.apply(hadamard, [first]);
  return branch.measure(second, readoutOf(noise)).flatMap((x) =>
    x.branch.measure(first, readoutOf(noise)).map((z) => ({
      index: bellIndices[(z.bit !== flipZ ? 2 : 0) + (x.bit !== flipX ? 1 : 0)] as BellIndex,
      branch: z.branch,
    })),
  );
}

/** The names of the four outcomes. */
export const bellNames = bellIndices.map(bellName);
