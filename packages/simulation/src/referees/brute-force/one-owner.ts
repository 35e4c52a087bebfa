import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { type Deed, deedsIn, halvesIn, heraldsIn, isEnd, strayIn } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

/** A half is in one hand at a time. */
export const oneOwner: PlainRule = {
  name: "one-owner",
  isBroken: (history) => {
    const deeds = deedsIn(history).filter(({ what }) => what !== "moved");
    if (deeds.some(({ place, node }) => place !== node && place !== "nature")) return true;
    const heralds = heraldsIn(history);
    const isElsewhere = (deed: Deed) => heralds.some(({ pair, index }) => pair === deed.pair && index < deed.index);
    if (strayIn(history).some((deed) => deed.what === "stored" && isElsewhere(deed))) return true;
    return halvesIn(history).some(({ deeds: its }) => {
      const ends = its.findIndex(isEnd);
      const stored = its.filter(({ what }, index) => what === "stored" && (ends === -1 || index < ends));
      if (stored.length > 1) return true;
      const delivered = its.filter(({ what }) => what === "delivered");
      if (new Set(delivered.map(requestOf)).size > 1) return true;
      return delivered.some((deed) => isOfOthers(history, deed));
    });
  },
};

function requestOf({ told: { event } }: Deed): string {
  return event?.$case === "halfDelivered" ? event.halfDelivered.requestId : "";
}

/** Whether a half is delivered for a request that its node is no end of. */
function isOfOthers(history: readonly LedgerEvent[], delivery: Deed): boolean {
  const before = history
    .slice(0, delivery.index)
    .flatMap(({ event }) =>
      event?.$case === "requestAccepted" && event.requestAccepted.requestId === requestOf(delivery)
        ? [event.requestAccepted]
        : [],
    );
  const request = before.at(-1);
  return request !== undefined && request.headEnd !== delivery.node && request.tailEnd !== delivery.node;
}
