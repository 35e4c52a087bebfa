import { halvesIn, isEnd } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

/** What has ended is not used again, and no half is in two pairs. */
export const noCloning: PlainRule = {
  name: "no-cloning",
  isBroken: (history) => {
    const halves = halvesIn(history);
    const isUsedWhenGone = halves.some(({ deeds }) => {
      const end = deeds.findIndex(isEnd);
      return end !== -1 && deeds.slice(end).some(({ what }) => what === "stored" || what === "turned");
    });
    const isWithItself = history.some(
      ({ event }) =>
        event?.$case === "pairsSwapped" && event.pairsSwapped.upstreamPair === event.pairsSwapped.downstreamPair,
    );
    const isInTwo = halves.some(({ herald, pair, node }) => {
      const told = history.slice(herald.index).flatMap(({ event }) => {
        if (event?.$case !== "pairFidelity") return [];
        const { firstPair, firstNode, secondPair, secondNode } = event.pairFidelity;
        return [`${firstPair} ${firstNode}`, `${secondPair} ${secondNode}`].filter((one) => one === `${pair} ${node}`);
      });
      return told.length > 1;
    });
    return isUsedWhenGone || isWithItself || isInTwo;
  },
};
