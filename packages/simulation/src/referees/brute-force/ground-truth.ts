import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { deliveriesIn } from "./deliveries.ts";
import type { PlainRule } from "./plain-rule.ts";

/** What the ends say of a pair is true of it. */
export const groundTruth: PlainRule = {
  name: "ground-truth",
  isBroken: (history) => isMisannounced(history),
};

/** An end that has not taken its half back says another index than nature, when it was last heard. */
function isMisannounced(history: readonly LedgerEvent[]): boolean {
  return deliveriesIn(history).some(({ half, announced, isRetracted }) => {
    if (isRetracted || announced === undefined) return false;
    const told = history
      .slice(half.herald.index)
      .flatMap(({ event }) => (event?.$case === "pairFidelity" ? [event.pairFidelity] : []));
    const last = told.findLast(
      ({ firstPair, firstNode, secondPair, secondNode }) =>
        (firstPair === half.pair && firstNode === half.node) || (secondPair === half.pair && secondNode === half.node),
    );
    const intended = last?.intended;
    return intended !== undefined && (intended.x !== announced.x || intended.z !== announced.z);
  });
}
