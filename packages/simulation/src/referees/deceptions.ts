import { faultKinds } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/wire/fault";

/** The faults in a ledger of which the stack cannot know, so that its claims meanwhile need not be true. */
export class Deceptions {
  /** Pairs that were not judged for it. */
  excused = 0;
  #acting = 0;
  #lastEndedNs = Number.NEGATIVE_INFINITY;

  begin(fault: FaultEntry | undefined): void {
    if (deceives(fault?.kind)) this.#acting += 1;
  }

  end(fault: FaultEntry | undefined, atNs: number): void {
    if (!deceives(fault?.kind)) return;
    this.#acting -= 1;
    this.#lastEndedNs = atNs;
  }

  /** Whether one has acted since then; that is counted. */
  excuse(sinceNs: number): boolean {
    const isExcused = this.#acting > 0 || this.#lastEndedNs >= sinceNs;
    if (isExcused) this.excused += 1;
    return isExcused;
  }
}

function deceives(kind: string | undefined): boolean {
  return faultKinds.get(kind ?? "")?.deceives ?? false;
}
