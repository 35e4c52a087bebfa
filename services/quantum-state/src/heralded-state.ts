import {
  type BellIndex,
  type BellWeights,
  fidelityOfXState,
  ordinal,
  StateError,
  type XState,
  xStateOf,
  xStateOfWeights,
} from "@bellmesh/bell";
import type { CreatePairsRequest } from "@bellmesh/wire/quantum-state";

/** A heralded pair's state, and how likely it is not the one that is announced. */
export interface HeraldedState {
  readonly state: BellWeights | Readonly<XState>;
  readonly infidelity: number;
}

/** What a station says of a pair's state. @returns why there is no such state, naming what is wrong with it */
export function heraldedState(request: CreatePairsRequest, announced: BellIndex): HeraldedState | string {
  const { xState: matrix, bellWeights } = request;
  if (matrix && bellWeights.length > 0) return "bell_weights and x_state are both given: a pair has one state";
  try {
    if (matrix) {
      const state = xStateOf(matrix);
      return { state, infidelity: 1 - fidelityOfXState(state, announced) };
    }
    if (bellWeights.length !== 4) return `bell_weights has ${bellWeights.length} entries: there are four Bell states`;
    const state = bellWeights as unknown as BellWeights;
    xStateOfWeights(state);
    return { state, infidelity: 1 - state[ordinal(announced)] };
  } catch (error) {
    if (error instanceof StateError) return error.message;
    throw error;
  }
}
