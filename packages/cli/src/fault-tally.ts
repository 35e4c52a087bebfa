import type { FaultEntry } from "@bellmesh/mesh";
import { count } from "./table.ts";

/** The faults that a command was given: how many of them began, and how many were to begin when all was over. */
export interface FaultTally {
  readonly began: number;
  readonly notBegun: number;
}

/** @param endNs when the run, or the request, was over, on the clock of the entries' instants */
export function faultTally(entries: readonly FaultEntry[], endNs: number): FaultTally {
  const began = entries.filter(({ atNs }) => atNs <= endNs).length;
  return { began, notBegun: entries.length - began };
}

/** The row of a report: how many began, and those that never did. */
export function faultRows(tally: FaultTally | undefined): (readonly [string, string])[] {
  if (!tally) return [];
  const { began, notBegun } = tally;
  return [["faults", notBegun === 0 ? `${began} began` : `${began} began, ${notBegun} did not`]];
}

/**
 * What is said of faults none of which began: nothing went wrong on purpose, which is easily taken for robustness.
 * @param endNs when the run, or the request, was over, from its beginning
 */
export function tallyNotes(tally: FaultTally | undefined, endNs: number): string[] {
  if (!tally || tally.began > 0 || tally.notBegun === 0) return [];
  const were = `${count(tally.notBegun, "fault")} ${tally.notBegun === 1 ? "was" : "were"}`;
  return [`${were} to begin later than the run's end at ${(endNs / 1e9).toFixed(3)} s`];
}
