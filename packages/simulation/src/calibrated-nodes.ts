import type { HardwareChanged } from "@bellmesh/wire/ledger";
import type { LedgerReader, Readings } from "./ledger-readers.ts";

/** Whose hardware is another than the topology's, and since which calibration. */
export interface CalibratedNode {
  readonly node: string;
  readonly version: number;
  /** From when on it is in force, in true mesh time. */
  readonly sinceNs: number;
  /** On which platform it was measured, and on which day; absent where nobody said so. */
  readonly platform?: string;
  readonly measuredOn?: string;
}

/** The nodes that have been calibrated, by what nature says in the ledger. */
export class CalibratedNodes implements LedgerReader {
  readonly reads: Readings = { hardwareChanged: (changed) => this.#change(changed) };
  readonly #latest = new Map<string, CalibratedNode>();

  /** Each with its latest version, by name. */
  all(): readonly CalibratedNode[] {
    return [...this.#latest.values()].sort((one, other) => (one.node < other.node ? -1 : 1));
  }

  #change(changed: HardwareChanged): void {
    const { node, version, at: sinceNs, platform, measuredOn } = changed;
    // A fault changes hardware too, under the version that it had.
    if (version <= (this.#latest.get(node)?.version ?? 0)) return;
    const measured = { ...(platform !== undefined && { platform }), ...(measuredOn !== undefined && { measuredOn }) };
    this.#latest.set(node, { node, version, sinceNs, ...measured });
  }
}
