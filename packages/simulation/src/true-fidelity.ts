import { RecentMap } from "@bellmesh/mesh";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

const PARTS = 1e12;
/** Pairs of which a retraction may still come. */
const RECENT_MAX = 65_536;

/** The oracle's view: nature's fidelity of every pair delivered at both ends and not retracted, from the ledger. */
export class TrueFidelity {
  readonly #recent = new RecentMap<number>(RECENT_MAX);
  #sum = 0;
  #count = 0;

  observe({ event }: LedgerEvent): void {
    if (event?.$case === "pairFidelity") {
      const { firstPair, firstNode, secondPair, secondNode, fidelityPpt } = event.pairFidelity;
      const fidelity = fidelityPpt / PARTS;
      this.#sum += fidelity;
      this.#count += 1;
      this.#recent.set(`${firstPair} ${firstNode}`, fidelity);
      this.#recent.set(`${secondPair} ${secondNode}`, fidelity);
    } else if (event?.$case === "halfRetracted") {
      const half = `${event.halfRetracted.pair} ${event.halfRetracted.node}`;
      const fidelity = this.#recent.get(half);
      if (fidelity === undefined) return;
      this.#recent.delete(half);
      this.#sum -= fidelity;
      this.#count -= 1;
    }
  }

  /** What the mean is made of, for the difference between two moments. */
  total(): { readonly sum: number; readonly pairs: number } {
    return { sum: this.#sum, pairs: this.#count };
  }

  /** Null where there was no pair. */
  mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}
