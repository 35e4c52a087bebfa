import type { FaultEntry } from "@bellmesh/wire/fault";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { faultTarget } from "./fault-target.ts";

const NATURE = "quantum-state/";
/** A real process runs on for a moment when it is told to stand still. */
const RUN_ON_NS = 10e6;

/**
 * Whether nature stands still, as far as the ledger says: from when a fault pauses it until that ends, or nature says
 * something, or another fault makes it start again.
 */
export class NatureStandstill {
  #sinceNs = Number.POSITIVE_INFINITY;

  observe({ event, writer, at }: LedgerEvent): void {
    if (event?.$case === "faultBegan" && isOfNature(event.faultBegan.fault)) {
      if (event.faultBegan.fault?.kind !== "pause") this.#sinceNs = Number.POSITIVE_INFINITY;
      else if (this.#sinceNs === Number.POSITIVE_INFINITY) this.#sinceNs = at;
    } else if (event?.$case === "faultEnded" && isOfNature(event.faultEnded.fault)) {
      this.#sinceNs = Number.POSITIVE_INFINITY;
    } else if (writer.startsWith(NATURE)) this.#sinceNs = Number.POSITIVE_INFINITY;
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
