import type { FaultEntry } from "@bellmesh/wire/fault";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { faultTarget, isInStep } from "./fault-target.ts";

const NATURE = "quantum-state/";

/**
 * When nature stood still last, as far as the ledger says: from when a fault paused it until that ended, or nature said
 * something, or another fault made it start again.
 */
export class NatureStandstill {
  #sinceNs = Number.POSITIVE_INFINITY;
  /** Infinity while it goes on. */
  #untilNs = Number.NEGATIVE_INFINITY;

  begin(fault: FaultEntry | undefined, atNs: number): void {
    if (!isOfNature(fault) || isInStep(fault)) return;
    if (fault?.kind !== "pause") this.#stop(atNs);
    else if (this.#untilNs < Number.POSITIVE_INFINITY)
      [this.#sinceNs, this.#untilNs] = [atNs, Number.POSITIVE_INFINITY];
  }

  end(fault: FaultEntry | undefined, atNs: number): void {
    if (isOfNature(fault) && !isInStep(fault)) this.#stop(atNs);
  }

  /** To be told of every event, before the faults are told of that begin or end with it. */
  hear({ event, writer, at }: LedgerEvent): void {
    if (this.#untilNs < Number.POSITIVE_INFINITY || !writer.startsWith(NATURE)) return;
    if (event?.$case === "faultBegan" && isOfNature(event.faultBegan.fault)) return;
    this.#stop(at);
  }

  /** Whether something happened at that instant of which nature heard later only. */
  mayHaveMissed(atNs: number): boolean {
    return atNs > this.#sinceNs && atNs <= this.#untilNs;
  }

  #stop(atNs: number): void {
    this.#untilNs = Math.min(this.#untilNs, atNs);
  }
}

function isOfNature(fault: FaultEntry | undefined): boolean {
  const { process = "" } = faultTarget(fault);
  return process === "nature" || process.startsWith(NATURE);
}
