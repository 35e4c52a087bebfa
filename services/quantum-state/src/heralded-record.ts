import { type Effect, effect } from "@bellmesh/mesh";
import { Outcome } from "@bellmesh/wire/ledger";
import type { CreatePairsRequest } from "@bellmesh/wire/quantum-state";

/** A pair has been made. Whoever hears of it later finds it in the ledger, whatever crashes meanwhile. */
export function pairHeralded(request: CreatePairsRequest): Effect {
  const { pair, firstNode, secondNode, firstEmitted, secondEmitted, announced, attempts, photonOffsetPs } = request;
  const made = { pair, firstNode, secondNode, bellIndex: announced, attempts, photonOffsetPs };
  return effect.record({ $case: "pairHeralded", pairHeralded: { ...made, firstEmitted, secondEmitted } });
}

/** Its node gave this half up before it came, and wrote nothing of it: there was no pair that could have ended. */
export function endedUnwanted(pair: string, node: string): Effect {
  return effect.record({ $case: "halfEnded", halfEnded: { pair, node, outcome: Outcome.EXPIRED } });
}
