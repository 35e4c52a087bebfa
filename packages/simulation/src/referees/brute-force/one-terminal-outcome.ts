import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import { isUnheard, natureRestartsIn } from "./crashes.ts";
import { type Deed, halvesIn, isEnd, isSpent, type PlainHalf, strayIn } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

/** Every half ends once, but for what no-double-spend judges, one retraction of a delivery, and what a crash hides. */
export const oneTerminalOutcome: PlainRule = {
  name: "one-terminal-outcome",
  isBroken: (history) =>
    history.some(({ event }) => event?.$case === "halfEnded" && event.halfEnded.outcome === Outcome.UNSPECIFIED) ||
    strayIn(history).some((deed) => isAfterwards(deed) || (deed.what === "ended" && !isSpent(deed))) ||
    halvesIn(history).some((half) => endsOtherwise(history, half)) ||
    history.some((told, index) => isOfSilentRestart(history, told, index)),
};

/** Whether nature, once restarted, says something of halves before it has said that it has restarted. */
function isOfSilentRestart(history: readonly LedgerEvent[], told: LedgerEvent, index: number): boolean {
  const ofHalves = ["pairsSwapped", "pairFidelity", "halfEnded", "halfMeasured", "qubitMoved"];
  const isOfNature = ({ writer }: LedgerEvent) => writer.startsWith("quantum-state/");
  if (!isOfNature(told) || told.incarnation === 1 || !ofHalves.includes(told.event?.$case ?? "")) return false;
  const restarts = history.slice(0, index).filter(({ event }) => event?.$case === "natureRestarted");
  return !restarts.some((one) => isOfNature(one) && one.incarnation >= told.incarnation);
}

function endsOtherwise(history: readonly LedgerEvent[], { herald, deeds }: PlainHalf): boolean {
  let [state, end]: [string, Deed | undefined] = ["live", undefined];
  for (const deed of deeds.filter((one) => isEnd(one) || isAfterwards(one))) {
    if (isAfterwards(deed)) {
      if (state !== "delivered") return true;
      if (deed.what === "retracted") state = "given up";
    } else if (state === "live") {
      state = deed.what === "delivered" ? "delivered" : isSpent(deed) ? "spent" : "given up";
      end = deed;
    } else if (state === "delivered" && outcomeOf(deed) === Outcome.LOST_CRASH) {
      // What the application of a node that crashes still held of a delivery.
      [state, end] = ["given up", deed];
    } else if (end && isGivenUp(deed) && isUnheard(history, end, deed)) end = deed;
    else if (state === "given up" || !isSpent(deed)) return true;
  }
  return state === "live" && !natureRestartsIn(history, herald.index);
}

function outcomeOf({ told: { event } }: Deed): Outcome | undefined {
  return event?.$case === "halfEnded" ? event.halfEnded.outcome : undefined;
}

/** Given up by somebody who may not have heard that it was gone. */
function isGivenUp(deed: Deed): boolean {
  return outcomeOf(deed) === Outcome.DISCARDED || outcomeOf(deed) === Outcome.LOST_CRASH;
}

const isAfterwards = ({ what }: Deed) => what === "retracted" || what === "upgraded";
