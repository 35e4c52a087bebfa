import { faultKinds } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/wire/fault";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** What hardware does to pairs holds up no word and moves no clock; a cable carries words too. */
function disturbs({ kind }: FaultEntry): boolean {
  return faultKinds.get(kind)?.family !== "hardware" || kind === "cable-cut";
}

/** A process that ends without a duration stays down. */
function isForGood({ kind, forNs }: FaultEntry): boolean {
  return (kind === "crash" || kind === "store-loss") && forNs === 0;
}

/**
 * What the ledger tells of things that hold words up or move clocks, anywhere: faults while they act, and restarts. Of
 * one that acts in several processes, each of which tells of it, the last word counts.
 */
export class Disturbances {
  /** From this instant on, as far as is known by now, nothing has been wrong, or will be. */
  quietFromNs = Number.NEGATIVE_INFINITY;
  #lastToldNs = Number.NEGATIVE_INFINITY;
  /** By fault: until when it acts. */
  readonly #untilNs = new Map<string, number>();
  readonly #incarnations = new Map<string, number>();

  begin(fault: FaultEntry | undefined, atNs: number): void {
    if (!fault || !disturbs(fault)) return;
    const isMomentary = faultKinds.get(fault.kind)?.isMomentary === true;
    const endNs = isForGood(fault) ? Number.POSITIVE_INFINITY : fault.atNs + (fault.forNs ?? Number.POSITIVE_INFINITY);
    this.#note(fault, isMomentary ? atNs : Math.max(atNs, endNs), atNs);
  }

  end(fault: FaultEntry | undefined, atNs: number): void {
    if (!fault || !disturbs(fault)) return;
    this.#note(fault, isForGood(fault) ? Number.POSITIVE_INFINITY : atNs, atNs);
  }

  /** To be told of every event. Says whether its writer has restarted since it wrote last. */
  hear({ writer, incarnation, at }: LedgerEvent): boolean {
    // Until somebody has restarted all are of the first incarnation.
    if (incarnation === 1 && this.#incarnations.size === 0) return false;
    if (this.#incarnations.get(writer) === incarnation) return false;
    this.#incarnations.set(writer, incarnation);
    if (incarnation === 1) return false;
    this.#lastToldNs = Math.max(this.#lastToldNs, at);
    this.quietFromNs = Math.max(this.quietFromNs, at);
    return true;
  }

  /** Of which incarnation a process was when it wrote last; one that has not is taken to be of its first. */
  incarnationOf(writer: string): number {
    return this.#incarnations.get(writer) ?? 1;
  }

  #note(fault: FaultEntry, untilNs: number, atNs: number): void {
    this.#untilNs.set(JSON.stringify(fault), untilNs);
    this.#lastToldNs = Math.max(this.#lastToldNs, atNs);
    this.quietFromNs = Math.max(this.#lastToldNs, ...this.#untilNs.values());
  }
}
