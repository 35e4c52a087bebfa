import { type BellIndex, type BellWeights, fidelityOfXState, StateError, xStateOf } from "@bellmesh/bell";
import { PairRegister } from "@bellmesh/joint-state";
import type { CreatePairsRequest } from "@bellmesh/wire/quantum-state";
import type { Half } from "./half.ts";

/**
 * Puts two fresh halves into the state that a station says.
 * @returns how likely the pair is not the one that is announced; or why there is no such state, naming what is wrong
 * with it, and then the halves are as they were
 */
export function heralded(
  first: Half,
  second: Half,
  request: CreatePairsRequest,
  announced: BellIndex,
): number | string {
  const { xState: matrix, bellWeights } = request;
  if (matrix && bellWeights.length > 0) return "bell_weights and x_state are both given: a pair has one state";
  if (!matrix && bellWeights.length !== 4) {
    return `bell_weights has ${bellWeights.length} entries: there are four Bell states`;
  }
  try {
    const state = matrix ? xStateOf(matrix) : (bellWeights as unknown as BellWeights);
    return 1 - fidelityOfXState(new PairRegister(first, second, state), announced);
  } catch (error) {
    if (error instanceof StateError) return error.message;
    throw error;
  }
}
