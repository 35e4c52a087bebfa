import type { FaultEntry } from "@bellmesh/wire/fault";

/** What a fault befalls, as far as referees ask: the JSON in its entry may name more (docs/faults.md). */
export interface FaultTarget {
  readonly node?: string;
  /** `<service>/<place>`, or a place for all that run there. */
  readonly process?: string;
}

/** What this fault befalls. */
export function faultTarget(fault: FaultEntry | undefined): FaultTarget {
  return JSON.parse(fault?.target || "{}") as FaultTarget;
}
