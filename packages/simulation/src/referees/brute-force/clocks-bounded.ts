import type { ClockChecked, LedgerEvent } from "@bellmesh/wire/ledger";
import type { PlainRule } from "./plain-rule.ts";

/** What strikes a clock without its clock-sync hearing of it. */
const strikes = ["clock-step", "clock-drift", "clock-jitter", "false-announce"];

/** Intervals of synchronisation in which a clock notices that it is not what its clock-sync says. */
const TO_NOTICE = 5;

/** No clock is seen beyond what was promised of it for longer than it takes to notice; none without promise heralds. */
export const clocksBounded: PlainRule = {
  name: "clocks-bounded",
  isIdle: (history) => !history.some(({ event }) => event?.$case === "clockChecked"),
  isBroken: (history, { clock, nodes }) => {
    const allowedNs = TO_NOTICE * clock.syncIntervalS * 1e9;
    return nodes.some(({ name }) => {
      const checks = checksOf(history, name);
      const isLongBeyond = checks.some((last, index) => {
        const first = checks[checks.findLastIndex((one, before) => before < index && !isBeyond(one)) + 1];
        return isBeyond(last) && first !== undefined && last.at - first.at > allowedNs;
      });
      return (
        isLongBeyond ||
        emissionsOf(history, name).some(({ index, emittedNs }) => {
          const before = checks.filter((check) => check.index < index);
          const since = before[before.findLastIndex(({ promisesPs }) => promisesPs > 0) + 1];
          return since !== undefined && emittedNs - since.at > allowedNs;
        })
      );
    });
  },
};

type Check = ClockChecked & { readonly hasBeenStruck: boolean };

/** What holds over cannot be known to be wrong where it, or what it followed, was struck before. */
function isBeyond({ promisedPs, offsetPs, isHeld, hasBeenStruck }: Check): boolean {
  return promisedPs > 0 && offsetPs > promisedPs && !(isHeld && hasBeenStruck);
}

/** Whether a fault of one of these clocks has begun before a place of the history. */
function isStruck(history: readonly LedgerEvent[], place: number, nodes: readonly string[]): boolean {
  return history.slice(0, place).some(({ event }) => {
    const fault = event?.$case === "faultBegan" ? event.faultBegan.fault : undefined;
    return fault !== undefined && strikes.includes(fault.kind) && nodes.includes(JSON.parse(fault.target).node);
  });
}

/** What a clock's clock-sync said last before a place of the history is that it is worth nothing. */
function promisesNothing(history: readonly LedgerEvent[], place: number, node: string): boolean {
  const last = history
    .slice(0, place)
    .findLast(({ event }) => event?.$case === "clockChecked" && event.clockChecked.node === node);
  return last?.event?.$case === "clockChecked" && last.event.clockChecked.promisesPs === 0;
}

function checksOf(history: readonly LedgerEvent[], node: string) {
  return history.flatMap(({ event, at }, index) => {
    if (event?.$case !== "clockChecked" || event.clockChecked.node !== node) return [];
    const { grandmaster } = event.clockChecked;
    const isGone = grandmaster !== node && promisesNothing(history, index, grandmaster);
    const hasBeenStruck = isGone || isStruck(history, index, [node, grandmaster]);
    return [{ index, at, ...event.clockChecked, hasBeenStruck }];
  });
}

/** When a node emitted its halves of heralded pairs. */
function emissionsOf(history: readonly LedgerEvent[], node: string) {
  return history.flatMap(({ event }, index) => {
    if (event?.$case !== "pairHeralded") return [];
    const { firstNode, secondNode, firstEmitted, secondEmitted } = event.pairHeralded;
    const ends = [
      { emitter: firstNode, emittedNs: firstEmitted },
      { emitter: secondNode, emittedNs: secondEmitted },
    ];
    return ends.flatMap(({ emitter, emittedNs }) => (emitter === node ? [{ index, emittedNs }] : []));
  });
}
