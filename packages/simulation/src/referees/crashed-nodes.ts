import type { FaultEntry } from "@bellmesh/wire/fault";
import { faultTarget } from "./fault-target.ts";

/**
 * Nodes whose network layer or node-controller a fault has taken down, as far as the ledger tells. A network layer that
 * starts again need not write anything, so where no fault is told of any node may be among them.
 */
export class CrashedNodes {
  #areTold = false;
  readonly #nodes = new Set<string>();

  befall(fault: FaultEntry | undefined): void {
    this.#areTold = true;
    if (fault?.kind !== "crash" && fault?.kind !== "store-loss") return;
    const { process = "" } = faultTarget(fault);
    const [service = "", node = service] = process.split("/");
    if (node === service || service === "network-layer" || service === "node-controller") this.#nodes.add(node);
  }

  mayHaveCrashed(node: string): boolean {
    return !this.#areTold || this.#nodes.has(node);
  }
}
