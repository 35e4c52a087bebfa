import { TrueFidelity } from "@bellmesh/simulation";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** A sum over pairs, so that what came between two of them can be told. */
export interface FidelitySum {
  readonly sum: number;
  readonly pairs: number;
}

/** Nature's fidelity of what was delivered, apart for every two ends: a mesh may serve several at a time. */
export class FidelityOfEnds {
  readonly #ends = new Map<string, TrueFidelity>();

  observe(event: LedgerEvent): void {
    const { event: what } = event;
    if (what?.$case === "pairFidelity")
      this.#of(what.pairFidelity.firstNode, what.pairFidelity.secondNode).observe(event);
    // Whose pair it was that is taken back, only the ends it was counted for know.
    else if (what?.$case === "halfRetracted") for (const fidelity of this.#ends.values()) fidelity.observe(event);
  }

  between(one: string, other: string): FidelitySum {
    return this.#of(one, other).total();
  }

  #of(one: string, other: string): TrueFidelity {
    const key = one < other ? `${one} ${other}` : `${other} ${one}`;
    let fidelity = this.#ends.get(key);
    if (fidelity === undefined) {
      fidelity = new TrueFidelity();
      this.#ends.set(key, fidelity);
    }
    return fidelity;
  }
}
