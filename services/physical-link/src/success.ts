import type { BellIndex } from "@bellmesh/bell";
import type { PairHeralded } from "@bellmesh/wire/ledger";
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

/** What nature makes of it. */
export function createdPair({ ends, series, pair, bellIndex, state }: Success): CreatePairsRequest {
  return {
    pair,
    firstNode: ends[0].name,
    secondNode: ends[1].name,
    firstEmitted: series.firstEmittedNs,
    secondEmitted: series.secondEmittedNs,
    bellWeights: state.bellWeights,
    xState: state.xState,
    announced: bellIndex,
  };
}

/** What the ledger has of it. */
export function pairHeralded({ ends, series, attempts, pair, bellIndex, photonOffsetPs }: Success): PairHeralded {
  return {
    pair,
    firstNode: ends[0].name,
    secondNode: ends[1].name,
    firstEmitted: series.firstEmittedNs,
    secondEmitted: series.secondEmittedNs,
    bellIndex,
    attempts,
    photonOffsetPs,
  };
}
