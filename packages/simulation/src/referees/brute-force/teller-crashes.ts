import { isDeepStrictEqual } from "node:util";
import type { FaultEntry } from "@bellmesh/wire/fault";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** For so long after it nature may still take what was held for a node that was gone. */
const AFTERMATH_NS = 10e9;

/** A stretch of time in which a process may have been down. */
interface Outage {
  readonly fromNs: number;
  readonly untilNs: number;
}

/** Whether a fault may have taken down who would have told of a half in its life; without faults nothing is said. */
export function mayHaveCrashed(
  history: readonly LedgerEvent[],
  node: string,
  fromNs: number,
  untilNs: number,
): boolean {
  if (!history.some(({ event }) => event?.$case === "faultBegan")) return true;
  const tellers = [`network-layer/${node}`, `node-controller/${node}`];
  const outages = tellers.flatMap((teller) => outagesOf(history, teller, node));
  return outages.some((one) => one.fromNs <= untilNs && one.untilNs + AFTERMATH_NS >= fromNs);
}

function outagesOf(history: readonly LedgerEvent[], teller: string, node: string): readonly Outage[] {
  return history.flatMap(({ event, at }, index) => {
    const fault = event?.$case === "faultBegan" ? event.faultBegan.fault : undefined;
    if (!fault || !["crash", "store-loss"].includes(fault.kind)) return [];
    if (![node, teller].includes(JSON.parse(fault.target).process)) return [];
    const end = endIn(history, index, fault);
    const untilNs = end < history.length && fault.forNs !== 0 ? (history[end]?.at ?? 0) : Number.POSITIVE_INFINITY;
    if (!JSON.parse(fault.args || "{}").inStep) return [{ fromNs: at, untilNs }];
    const living = livingOn(history, index, teller);
    if (living.some((place) => place > end)) return [];
    return [{ fromNs: history[living.at(-1) ?? index]?.at ?? at, untilNs }];
  });
}

/** The place at which a fault that began at another is told to have ended; that behind the last, where it has not. */
function endIn(history: readonly LedgerEvent[], began: number, fault: FaultEntry): number {
  const end = history.findIndex(
    ({ event }, index) =>
      index > began && event?.$case === "faultEnded" && isDeepStrictEqual(event.faultEnded.fault, fault),
  );
  return end < 0 ? history.length : end;
}

/** Places after one at which a process writes as the incarnation that it was then, until it writes as another. */
function livingOn(history: readonly LedgerEvent[], after: number, writer: string): readonly number[] {
  const incarnation = history.slice(0, after).findLast((one) => one.writer === writer)?.incarnation ?? 1;
  const later = [...history.keys()].filter((place) => place > after && history[place]?.writer === writer);
  const other = later.findIndex((place) => history[place]?.incarnation !== incarnation);
  return other < 0 ? later : later.slice(0, other);
}
