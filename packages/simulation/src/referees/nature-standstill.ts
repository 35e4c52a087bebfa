import type { FaultEntry } from "@bellmesh/wire/fault";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { faultTarget, isInStep } from "./fault-target.ts";

const NATURE = "quantum-state/";
/** A real process runs on for a moment when it is told to stand still. */
const RUN_ON_NS = 10e6;

/**
 * Whether nature stands still, as far as the ledger says: from when a fault pauses it until that ends, or nature says
 * something, or another fault makes it start again.
 */
export class NatureStandstill {
  #sinceNs = Number.POSITIVE_INFINITY;

  begin(fault: FaultEntry | undefined, atNs: number): void {
    if (!isOfNature(fault) || isInStep(fault)) return;
    if (fault?.kind !== "pause") this.#sinceNs = Number.POSITIVE_INFINITY;
    else if (this.#sinceNs === Number.POSITIVE_INFINITY) this.#sinceNs = atNs;
  }

  end(fault: FaultEntry | undefined): void {
    if (isOfNature(fault) && !isInStep(fault)) this.#sinceNs = Number.POSITIVE_INFINITY;
  }

  /** To be told of every event, before the faults are told of that begin or end with it. */
  hear({ event, writer }: LedgerEvent): void {
    if (this.#sinceNs === Number.POSITIVE_INFINITY || !writer.startsWith(NATURE)) return;
    if (event?.$case === "faultBegan" && isOfNature(event.faultBegan.fault)) return;
    this.#sinceNs = Number.POSITIVE_INFINITY;
  }

  /** Whether nature may not have heard of something that happened at that instant. */
  mayHaveMissed(atNs: number): boolean {
    return atNs > this.#sinceNs;
  }

  /** Whether nature cannot have heard of anything that happened at that instant. */
  hasMissed(atNs: number): boolean {
    return atNs > this.#sinceNs + RUN_ON_NS;
  }
}

function isOfNature(fault: FaultEntry | undefined): boolean {
  const { process = "" } = faultTarget(fault);
  return process === "nature" || process.startsWith(NATURE);
}
