import { Tally } from "@bellmesh/numerics";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

const PARTS = 1e12;

/** The oracle's view: nature's fidelity of every pair delivered at both ends, read from the ledger. */
export class TrueFidelity {
  readonly tally = new Tally();

  observe({ event }: LedgerEvent): void {
    if (event?.$case === "pairFidelity") this.tally.add(event.pairFidelity.fidelityPpt / PARTS);
  }
}
