import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { natureRestartsIn } from "./crashes.ts";
import { type Deed, halvesIn, isEnd, isSpent, strayIn } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

/** Halves heralded are halves ended, and requests end with as many pairs as were told of. */
export const conservation: PlainRule = {
  name: "conservation",
  isBroken: (history) => {
    const halves = halvesIn(history);
    if (strayIn(history).some(isEnd)) return true;
    if (halves.some(({ herald, deeds }) => !deeds.some(isEnd) && !natureRestartsIn(history, herald.index))) return true;
    const isTwice = halves.some(({ deeds }) => {
      const [first, ...later] = deeds.filter(isEnd);
      return first !== undefined && later.some((deed) => isSpent(deed) && kindOf(deed) === kindOf(first));
    });
    return isTwice || history.some((told, index) => miscounts(history, told, index));
  },
};

function kindOf({ what, told: { event } }: Deed): string {
  return event?.$case === "halfEnded" ? `ended ${event.halfEnded.outcome}` : what;
}
/** Whether a head-end says, as a request ends, that it delivered other than it told of since it started. */
function miscounts(history: readonly LedgerEvent[], { event, incarnation }: LedgerEvent, index: number): boolean {
  if (event?.$case !== "requestEnded") return false;
  const { requestId, node, delivered } = event.requestEnded;
  const before = history.slice(0, index);
  const headEnd = before
    .flatMap((one) => (one.event?.$case === "requestAccepted" ? [one.event.requestAccepted] : []))
    .findLast((one) => one.requestId === requestId)?.headEnd;
  const told = before
    .filter((one) => one.incarnation === incarnation)
    .flatMap(({ event: one }) => {
      if (one?.$case === "halfDelivered") return [{ ...one.halfDelivered, by: 1 }];
      return one?.$case === "halfRetracted" ? [{ ...one.halfRetracted, by: -1 }] : [];
    })
    .filter((one) => one.requestId === requestId && one.node === node);
  // Its first pairs may be told of before it is accepted: a request bears the name of its head-end.
  const isHeadEnd = headEnd === node || (headEnd === undefined && requestId.startsWith(`${node}/`) && told.length > 0);
  return isHeadEnd && told.reduce((sum, { by }) => sum + by, 0) !== delivered;
}
