import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import { chainFrom, endOf } from "./chains.ts";
import { natureRestartsIn } from "./crashes.ts";
import { halvesIn } from "./deeds.ts";
import { type Delivery, deliveriesIn, otherEndOf } from "./deliveries.ts";
import type { PlainRule } from "./plain-rule.ts";

/** A node may say that it has restarted this long before nature says what it lost in that. */
const RESTART_NS = 1e9;

/** Both ends of what stays delivered say the same, and no number of a request is given twice. */
export const endsAgree: PlainRule = {
  name: "ends-agree",
  isBroken: (history) => {
    const kept = deliveriesIn(history).filter(({ isRetracted }) => !isRetracted);
    return isNumberedTwice(history) || !kept.every((one) => isShared(history, one));
  },
};

function isNumberedTwice(history: readonly LedgerEvent[]): boolean {
  const told = history.flatMap(({ event }) => (event?.$case === "halfDelivered" ? [event.halfDelivered] : []));
  const numbers = told.map(({ requestId, node, pairSequence }) => `${requestId} ${node} ${pairSequence}`);
  return new Set(numbers).size < numbers.length;
}

/** The other end has delivered the same, or nobody can be blamed that it has not. */
function isShared(history: readonly LedgerEvent[], one: Delivery): boolean {
  const far = chainFrom(history, one.half.pair, one.half.node)?.far;
  if (!far || one.announced === undefined) return false;
  const other = otherEndOf(history, one.half);
  if (other && !other.isRetracted) return isTheSame(one, other);
  // What an end does not know of any more it cannot take back.
  return restartsSince(history, one.told.node, one.atNs) || isLost(history, far);
}

function isTheSame({ told: a, announced: k }: Delivery, { told: b, announced: l }: Delivery): boolean {
  const isSameIndex = k?.x === l?.x && k?.z === l?.z;
  const isSameRequest = a.requestId === b.requestId && a.pairSequence === b.pairSequence;
  return isSameIndex && isSameRequest && a.peer === b.node && b.peer === a.node;
}

/** Whether what a node knows of its deliveries was forgotten at that time or later. */
function restartsSince(history: readonly LedgerEvent[], node: string, atNs: number): boolean {
  const writers = [`network-layer/${node}`, `node-controller/${node}`];
  return writers.some((writer) => {
    const its = history.filter((one) => one.writer === writer);
    return its.some(({ incarnation, at }, index) => {
      return incarnation > 1 && at >= atNs && its[index - 1]?.incarnation !== incarnation;
    });
  });
}

/** Whether a half, or word of its end, was lost in a crash. */
function isLost(history: readonly LedgerEvent[], { pair, node }: { pair: string; node: string }): boolean {
  const half = halvesIn(history).find((one) => one.pair === pair && one.node === node);
  if (!half) return false;
  const end = endOf(history, half);
  if (!end) return natureRestartsIn(history, half.herald.index);
  const { event, at } = end.told;
  if (event?.$case !== "halfEnded") return false;
  if (event.halfEnded.outcome !== Outcome.LOST_CRASH) return restartsSince(history, node, at);
  return mayHaveCrashed(history, node) || restartsSince(history, node, at - RESTART_NS);
}

/** Whether a fault took down who would have told the other end; a history without faults says nothing of that. */
function mayHaveCrashed(history: readonly LedgerEvent[], node: string): boolean {
  const faults = history.flatMap(({ event }) => (event?.$case === "faultBegan" ? [event.faultBegan.fault] : []));
  const tellers = [node, `network-layer/${node}`, `node-controller/${node}`];
  const crashes = faults.filter((fault) => fault?.kind === "crash" || fault?.kind === "store-loss");
  return faults.length === 0 || crashes.some((fault) => tellers.includes(JSON.parse(fault?.target ?? "{}").process));
}
