import { isDeepStrictEqual } from "node:util";
import type { FaultEntry } from "@bellmesh/wire/fault";
import type { ClockChecked, LedgerEvent } from "@bellmesh/wire/ledger";
import { isInLastPause } from "./nature-pauses.ts";
import type { PlainRule } from "./plain-rule.ts";
import { quietFromNs } from "./quiet.ts";

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
        checks.some((_, index) => isBeyondInQuiet(history, clock.syncIntervalS * 1e9, checks.slice(0, index + 1))) ||
        emissionsOf(history, name).some(({ index, emittedNs }) => {
          const before = checks.filter((check) => check.index < index);
          const since = before[before.findLastIndex(({ promisesPs }) => promisesPs > 0) + 1];
          const isLong = since !== undefined && emittedNs - since.at > allowedNs;
          return isLong && !isInLastPause(history, index, emittedNs);
        })
      );
    });
  },
};

type Check = ClockChecked & { readonly hasBeenStruck: boolean };
type PlacedCheck = Check & { readonly index: number; readonly at: number };

/** Whether the last of these checks of a clock finds it beyond its promise by neither chance nor any trouble. */
function isBeyondInQuiet(history: readonly LedgerEvent[], intervalNs: number, checks: readonly PlacedCheck[]): boolean {
  const last = checks.at(-1);
  if (!last || !isBeyond(last)) return false;
  const quietNs = quietFromNs(history, last.index);
  // An election, five intervals to notice, ten whose delays are remembered, twelve to settle.
  const isQuiet = ({ at }: PlacedCheck) => at > quietNs + 11e9 + (5 + 10 + 12) * intervalNs;
  if (!isQuiet(last)) return false;
  const times = checks.filter((one) => isBeyond(one) && quietFromNs(history, one.index) === quietNs && isQuiet(one));
  const byChance = 5 + 0.0001 * ((last.at - Math.max(0, quietNs)) / intervalNs);
  return last.offsetPs > 2 * last.promisedPs || times.length > byChance;
}

/** What holds over cannot be known to be wrong where it, or what it followed, was struck since it settled. */
function isBeyond({ promisedPs, offsetPs, isHeld, hasBeenStruck }: Check): boolean {
  return promisedPs > 0 && offsetPs > promisedPs && !(isHeld && hasBeenStruck);
}

/** Whether a fault of one of these clocks, of which a history tells before a place, acted at that instant or later. */
function isStruck(history: readonly LedgerEvent[], place: number, nodes: readonly string[], sinceNs: number): boolean {
  const before = history.slice(0, place);
  return before.some((told, index) => {
    const fault = faultIn(told);
    if (!fault || !strikes.includes(fault.kind) || !nodes.includes(JSON.parse(fault.target).node)) return false;
    if (before.slice(index + 1).some((later) => isDeepStrictEqual(faultIn(later), fault))) return false;
    if (told.event?.$case === "faultEnded") return told.at >= sinceNs;
    return Math.max(told.at, fault.atNs + (fault.forNs ?? Number.POSITIVE_INFINITY)) >= sinceNs;
  });
}

/** The fault that an event tells of. */
function faultIn({ event }: LedgerEvent): FaultEntry | undefined {
  if (event?.$case === "faultBegan") return event.faultBegan.fault;
  return event?.$case === "faultEnded" ? event.faultEnded.fault : undefined;
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
    const { grandmaster, settledNs = Number.NEGATIVE_INFINITY } = event.clockChecked;
    const isGone = grandmaster !== node && promisesNothing(history, index, grandmaster);
    const hasBeenStruck = isGone || isStruck(history, index, [node, grandmaster], settledNs);
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
