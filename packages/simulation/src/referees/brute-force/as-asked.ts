import type { LedgerEvent, RequestAccepted } from "@bellmesh/wire/ledger";
import type { PlainRule } from "./plain-rule.ts";

interface Acceptance extends RequestAccepted {
  readonly index: number;
  readonly incarnation: number;
}

/** A head-end never has more pairs than asked, says complete when it has all, and delivers none when it has ended. */
export const asAsked: PlainRule = {
  name: "as-asked",
  isBroken: (history) => {
    const acceptances = history.flatMap(({ event, incarnation }, index) =>
      event?.$case === "requestAccepted" ? [{ ...event.requestAccepted, index, incarnation }] : [],
    );
    const isServedWrongly = acceptances.some((one) => isOverserved(history, one) || isIncomplete(history, one));
    return isServedWrongly || history.some((_, index) => deliversAfterEnd(history, index, acceptances));
  },
};

/** Whether at some instant from its acceptance on a head-end has more pairs than the request asked for. */
function isOverserved(history: readonly LedgerEvent[], { index, incarnation, requestId, headEnd, pairs }: Acceptance) {
  const told = history.flatMap(({ event, ...one }, place) => {
    if (one.incarnation !== incarnation) return [];
    if (event?.$case === "halfDelivered") return [{ ...event.halfDelivered, place, by: 1 }];
    return event?.$case === "halfRetracted" ? [{ ...event.halfRetracted, place, by: -1 }] : [];
  });
  const its = told.filter((one) => one.requestId === requestId && one.node === headEnd);
  return [index, ...its.map(({ place }) => place)].some((last) => {
    const sum = its.filter(({ place }) => place <= last).reduce((had, { by }) => had + by, 0);
    return last >= index && sum > pairs;
  });
}

function isIncomplete(history: readonly LedgerEvent[], { index, incarnation, requestId, headEnd, pairs }: Acceptance) {
  return history.slice(index).some((one) => {
    if (one.event?.$case !== "requestEnded" || one.incarnation !== incarnation) return false;
    const { requestId: ended, node, reason, delivered } = one.event.requestEnded;
    return ended === requestId && node === headEnd && reason === "COMPLETE" && delivered !== pairs;
  });
}

/** Whether this is a delivery at the head-end of a request that the same start of its controller has ended before. */
function deliversAfterEnd(history: readonly LedgerEvent[], index: number, acceptances: readonly Acceptance[]): boolean {
  const { event, incarnation } = history[index] as LedgerEvent;
  if (event?.$case !== "halfDelivered") return false;
  const { requestId, node } = event.halfDelivered;
  const accepted = acceptances.find((one) => one.requestId === requestId);
  // A request bears the name of its head-end, which may tell of pairs before it tells of the acceptance.
  if ((accepted?.headEnd ?? requestId.split("/")[0]) !== node) return false;
  return history.slice(0, index).some((one) => {
    if (one.event?.$case !== "requestEnded" || one.incarnation !== incarnation) return false;
    return one.event.requestEnded.requestId === requestId && one.event.requestEnded.node === node;
  });
}
