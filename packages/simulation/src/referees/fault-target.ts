import type { FaultEntry } from "@bellmesh/wire/fault";

/** What a fault befalls, as far as referees ask: the JSON in its entry may name more (docs/faults.md). */
export interface FaultTarget {
  readonly node?: string;
  /** `<service>/<place>`, or a place for all that run there. */
  readonly process?: string;
}

/** Whether it is a crash that comes with a later step, or never: only what the ledger has then tells of it. */
export function isInStep(fault: FaultEntry | undefined): boolean {
  return (JSON.parse(fault?.args || "{}") as { readonly inStep?: boolean }).inStep ?? false;
}

/** What this fault befalls. */
export function faultTarget(fault: FaultEntry | undefined): FaultTarget {
  return JSON.parse(fault?.target || "{}") as FaultTarget;
}
