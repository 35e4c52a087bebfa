import type { BellIndex } from "@bellmesh/bell";
import type { CreatePairsRequest } from "@bellmesh/wire/quantum-state";
import type { AttemptSeries } from "./attempt-series.ts";
import type { End } from "./end.ts";
import type { CreatedState } from "./heralded-pair.ts";

/** A series that has made a pair, and what its station knows of that. */
export interface Success {
  readonly ends: readonly [End, End];
  readonly series: AttemptSeries;
  /** Made over all redraws. */
  readonly attempts: number;
  readonly pair: string;
  readonly pairSequence: number;
  readonly stationIncarnation: number;
  /** As it is announced. */
  readonly bellIndex: BellIndex;
  readonly state: CreatedState;
  readonly photonOffsetPs: number;
  /** How far apart the clocks of both ends are expected to be; undefined where one has not said. */
  readonly clockDifferencePs: number | undefined;
}

/** What nature makes of it, and tells the ledger. */
export function createdPair(success: Success): CreatePairsRequest {
  const { ends, series, attempts, pair, bellIndex, state, photonOffsetPs } = success;
  return {
    pair,
    firstNode: ends[0].name,
    secondNode: ends[1].name,
    firstEmitted: series.firstEmittedNs,
    secondEmitted: series.secondEmittedNs,
    bellWeights: state.bellWeights,
    xState: state.xState,
    announced: bellIndex,
    attempts,
    photonOffsetPs,
  };
}
