import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import type { Deed } from "./deeds.ts";

/** What a process wrote this long before it crashed may not have reached anybody else. */
const UNHEARD_NS = 1e9;

/** Whether nature has restarted after this place in a history, and before another. */
export function natureRestartsIn(history: readonly LedgerEvent[], after: number, before = history.length): boolean {
  return history.slice(after + 1, before).some(({ event }) => event?.$case === "natureRestarted");
}

/** Whether the node-controller of a node has restarted after this place in a history. */
export function controllerRestartsIn(history: readonly LedgerEvent[], node: string, after: number): boolean {
  const later = history.slice(after + 1);
  return later.some(({ event }) => event?.$case === "controllerRestarted" && event.controllerRestarted.node === node);
}

/** Whether who told of this end crashed within a second of it, so that who tells of another need not have heard it. */
export function isUnheard(history: readonly LedgerEvent[], end: Deed, later: Deed): boolean {
  const { writer, incarnation, at } = end.told;
  const before = history.slice(0, later.index);
  if (later.told.writer === writer && later.told.incarnation === incarnation) return false;
  const isLost = later.told.event?.$case === "halfEnded" && later.told.event.halfEnded.outcome === Outcome.LOST_CRASH;
  if (!isLost && !before.some((one) => one.writer === writer && one.incarnation > incarnation)) return false;
  const last = before.findLast((one) => one.writer === writer && one.incarnation === incarnation);
  return last !== undefined && last.at - at <= UNHEARD_NS;
}
