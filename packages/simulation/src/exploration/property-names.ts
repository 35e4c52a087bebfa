import type { Topology } from "@bellmesh/topology";
import { allReferees } from "../referees/index.ts";

/** What a run as a whole must do; see `runTrial`. */
const ofTrials = [
  "pending-request-ends",
  "fresh-request-is-served",
  "complete-is-delivered",
  "complete-is-confirmed",
  "no-step-throws",
  "referee-throws",
  "canary",
] as const;

export type TrialProperty = (typeof ofTrials)[number];

/** What a trial on this network can break: the referees' rules, and those of the trial itself. */
export function propertyNames(topology: Topology): readonly string[] {
  return [...allReferees(topology).map(({ name }) => name), ...ofTrials];
}
