import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { Watcher } from "./watcher.ts";

type Loss = Extract<FaultEntry, { kind: "loss" }>;

/** A repeater swaps while the bus loses messages that may be its own. */
export class SwapsUnderLoss implements Watcher {
  readonly reached = { "swap-under-loss": 0 };
  readonly #losses: readonly Loss[];

  constructor(faults: readonly FaultEntry[]) {
    this.#losses = faults.filter((entry) => entry.kind === "loss");
  }

  record({ event, at }: LedgerEvent): void {
    if (event?.$case !== "pairsSwapped") return;
    const { node } = event.pairsSwapped;
    const acts = ({ atNs, forNs, target: { from = "*", to = "*" } }: Loss) =>
      at >= atNs && at < atNs + forNs && (from === "*" || from === node || to === node);
    if (this.#losses.some(acts)) this.reached["swap-under-loss"] += 1;
  }
}
