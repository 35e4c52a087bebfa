import type { Input } from "../host.ts";
import type { FaultEntry, FaultOf } from "./fault-kinds.ts";
import { faultText } from "./fault-text.ts";

/** A fault has begun or ended, as a machine is told of it. */
export type FaultChange = Extract<Input, { readonly kind: "fault-began" | "fault-ended" }>;

/** The faults that befall a machine now, in the order in which they began. */
export class ActiveFaults {
  readonly #entries: FaultEntry[] = [];

  /** Takes in what has begun or ended. */
  change({ kind, fault }: Pick<FaultChange, "kind" | "fault">): void {
    if (kind === "fault-began") this.began(fault);
    else this.ended(fault);
  }

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
