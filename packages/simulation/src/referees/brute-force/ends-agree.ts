import { choosesAlpha, linkModel, type Topology } from "@bellmesh/topology";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import { chainFrom, endOf } from "./chains.ts";
import { natureRestartsIn } from "./crashes.ts";
import { halvesIn } from "./deeds.ts";
import { type Delivery, deliveriesIn, otherEndOf } from "./deliveries.ts";
import type { PlainRule } from "./plain-rule.ts";
import { quietFromNs } from "./quiet.ts";
import { mayHaveCrashed } from "./teller-crashes.ts";

/** A node may say that it has restarted this long before nature says what it lost in that. */
const RESTART_NS = 1e9;

/**
 * Both ends of what stays delivered say the same, and no number of a request is given twice. What one end alone has
 * delivered it takes back in time, where nothing goes wrong.
 */
export const endsAgree: PlainRule = {
  name: "ends-agree",
  isBroken: (history, topology) => {
    const all = deliveriesIn(history);
    const kept = all.filter(({ isRetracted }) => !isRetracted);
    const isKeptAlone = kept.some((one) => !isShared(history, one));
    return isNumberedTwice(history) || isKeptAlone || all.some((one) => isLate(history, topology, one));
  },
};

/** Nature's lease, a stream and a call that stand still, and the lease of an end on a path over all links. */
function boundNs(topology: Topology): number {
  let expectedNs = 0;
  for (const link of topology.links) {
    const { meanPeriodNs, successProbability, messageDelayNs } = linkModel(topology, link);
    const pairNs = (meanPeriodNs / successProbability) * (choosesAlpha(link) ? 10 : 1);
    expectedNs += pairNs + messageDelayNs[0] + messageDelayNs[1];
  }
  return 10e9 + 5e9 + 5e9 + Math.max(1e9, 10 * expectedNs);
}

/** Whether an end was alone with a delivery for longer than the bound, while nothing was wrong, and had no excuse. */
function isLate(history: readonly LedgerEvent[], topology: Topology, one: Delivery): boolean {
  const bound = boundNs(topology);
  const instants = history.slice(one.index).map(({ at }) => at);
  if (Math.max(...instants) - Math.min(...instants) <= bound) return false;
  let [sinceNs, isJudged] = [Number.NaN, false];
  for (let place = one.index + 1; place < history.length; place++) {
    if (!isAlone(history, one, place)) [sinceNs, isJudged] = [Number.NaN, false];
    else if (Number.isNaN(sinceNs)) sinceNs = history[place - 1]?.at ?? 0;
    const dueNs = Math.max(sinceNs, quietFromNs(history, place)) + bound;
    if (isJudged || !((history[place]?.at ?? 0) > dueNs)) continue;
    isJudged = true;
    if (!isExcused(history.slice(0, place), one)) return true;
  }
  return false;
}

/** Whether, before a place, this end alone has delivered the pair, and knows its index. */
function isAlone(history: readonly LedgerEvent[], { half, told, index: since }: Delivery, before: number): boolean {
  const deeds = half.deeds.filter(({ index }) => index > since && index < before);
  const upgrade = deeds.findLast(({ what }) => what === "upgraded")?.told.event;
  const announced = upgrade?.$case === "halfUpgraded" ? upgrade.halfUpgraded.bellIndex : told.bellIndex;
  if (announced === undefined || deeds.some(({ what }) => what === "retracted")) return false;
  const far = chainFrom(history, half.pair, half.node, before)?.far;
  const other = deliveriesIn(history).find((one) => one.half.pair === far?.pair && one.half.node === far.node);
  if (!other || other.index >= before) return true;
  return other.half.deeds.some(({ what, index }) => what === "retracted" && index > other.index && index < before);
}

function isNumberedTwice(history: readonly LedgerEvent[]): boolean {
  const told = history.flatMap(({ event }) => (event?.$case === "halfDelivered" ? [event.halfDelivered] : []));
  const numbers = told.map(({ requestId, node, pairSequence }) => `${requestId} ${node} ${pairSequence}`);
  return new Set(numbers).size < numbers.length;
}

/** The other end has delivered the same, or nobody can be blamed that it has not. */
function isShared(history: readonly LedgerEvent[], one: Delivery): boolean {
  const far = chainFrom(history, one.half.pair, one.half.node)?.far;
  if (!far) return false;
  if (one.announced === undefined && !controllerRestartsSince(history, one.told.node, one.atNs)) return false;
  const other = otherEndOf(history, one.half);
  if (other && !other.isRetracted) return isTheSame(one, other);
  return isExcused(history, one);
}

/** What an end does not know of any more it cannot take back, nor what it cannot hear of. */
function isExcused(history: readonly LedgerEvent[], { half, told, atNs }: Delivery): boolean {
  const far = chainFrom(history, half.pair, half.node)?.far;
  return restartsSince(history, told.node, atNs) || (far !== undefined && isLost(history, far));
}

function isTheSame({ told: a, announced: k }: Delivery, { told: b, announced: l }: Delivery): boolean {
  // An index that is not known contradicts none.
  const isSameIndex = !k || !l || (k.x === l.x && k.z === l.z);
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

function controllerRestartsSince(history: readonly LedgerEvent[], ofNode: string, atNs: number): boolean {
  return history.some(
    ({ event, at }) =>
      event?.$case === "controllerRestarted" && event.controllerRestarted.node === ofNode && at >= atNs,
  );
}

/** Whether a half, or word of its end, was lost in a crash. */
function isLost(history: readonly LedgerEvent[], { pair, node }: { pair: string; node: string }): boolean {
  const half = halvesIn(history).find((one) => one.pair === pair && one.node === node);
  if (!half) return false;
  const end = endOf(history, half);
  if (!end) return natureRestartsIn(history, half.herald.index);
  const { event, at } = end.told;
  if (event?.$case === "halfDelivered") return restartsSince(history, node, at);
  if (event?.$case !== "halfEnded") return false;
  if (event.halfEnded.outcome !== Outcome.LOST_CRASH) return restartsSince(history, node, at);
  const emittedNs = half.herald.emitted[half.herald.nodes.indexOf(node)] ?? 0;
  return mayHaveCrashed(history, node, emittedNs, at) || restartsSince(history, node, at - RESTART_NS);
}
