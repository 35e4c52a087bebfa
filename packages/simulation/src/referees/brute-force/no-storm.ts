import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { PlainRule } from "./plain-rule.ts";

/** All processes together send at most four times what a run without faults takes. */
export const noStorm: PlainRule = {
  name: "no-storm",
  isIdle: (history) => !history.some(({ event }) => event?.$case === "census"),
  isBroken: (history, { nodes }) => {
    const count = ($case: string) => history.filter(({ event }) => event?.$case === $case).length;
    const lastOfEach = history.filter(({ event, writer, incarnation }, index) => {
      if (event?.$case !== "census") return false;
      const isOfIt = (one: LedgerEvent) => one.writer === writer && one.incarnation === incarnation;
      return !history.slice(index + 1).some((one) => one.event?.$case === "census" && isOfIt(one));
    });
    const sent = lastOfEach.reduce(
      (sum, { event }) => sum + (event?.$case === "census" ? event.census.messagesSent : 0),
      0,
    );
    const requests = count("requestAccepted") + count("requestRefused");
    const seconds = Math.max(0, ...history.map(({ at }) => at)) / 1e9;
    const perNode = nodes.length * (40 * requests + 3 * seconds);
    return sent > 4 * (25 * count("pairHeralded") + perNode + 20 * lastOfEach.length);
  },
};
