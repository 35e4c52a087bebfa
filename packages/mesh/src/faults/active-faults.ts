import type { FaultEntry, FaultOf } from "./fault-kinds.ts";
import { faultText } from "./fault-text.ts";

/** The faults that befall a machine now, in the order in which they began. */
export class ActiveFaults {
  readonly #entries: FaultEntry[] = [];

  get all(): readonly FaultEntry[] {
    return this.#entries;
  }

  began(entry: FaultEntry): void {
    this.#entries.push(entry);
  }

  /** Ends an entry equal to this one. */
  ended(entry: FaultEntry): void {
    const text = faultText(entry);
    const place = this.#entries.findIndex((one) => one === entry || faultText(one) === text);
    if (place >= 0) this.#entries.splice(place, 1);
  }

  /** Those of a kind. */
  of<Kind extends FaultEntry["kind"]>(kind: Kind): readonly FaultOf<Kind>[] {
    return this.#entries.filter((entry): entry is FaultOf<Kind> => entry.kind === kind);
  }
}
