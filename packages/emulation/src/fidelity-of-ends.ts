import { LedgerReaders, TrueFidelity } from "@bellmesh/simulation";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { type FidelityLosses, LostFidelity } from "./lost-fidelity.ts";

/** A sum over pairs, so that what came between two of them can be told. */
export interface FidelitySum {
  readonly sum: number;
  readonly pairs: number;
  readonly losses: FidelityLosses;
}

/** Of two ends. */
class Ends {
  readonly fidelity = new TrueFidelity();
  readonly lost = new LostFidelity();
  readonly #readers = new LedgerReaders([this.fidelity]);

  observe(event: LedgerEvent): void {
    this.#readers.read(event);
    this.lost.observe(event);
  }
}

/** Nature's fidelity of what was delivered, apart for every two ends: a mesh may serve several at a time. */
export class FidelityOfEnds {
  readonly #ends = new Map<string, Ends>();

  observe(event: LedgerEvent): void {
    const { event: what } = event;
    if (what?.$case === "pairFidelity")
      this.#of(what.pairFidelity.firstNode, what.pairFidelity.secondNode).observe(event);
    // Whose pair it was that is taken back, only the ends it was counted for know.
    else if (what?.$case === "halfRetracted") for (const ends of this.#ends.values()) ends.observe(event);
  }

  between(one: string, other: string): FidelitySum {
    const { fidelity, lost } = this.#of(one, other);
    return { ...fidelity.total(), losses: lost.total };
  }

  #of(one: string, other: string): Ends {
    const key = one < other ? `${one} ${other}` : `${other} ${one}`;
    let ends = this.#ends.get(key);
    if (ends === undefined) {
      ends = new Ends();
      this.#ends.set(key, ends);
    }
    return ends;
  }
}
