import { CountedPairs } from "@bellmesh/simulation";
import type { FidelityBudget, LedgerEvent } from "@bellmesh/wire/ledger";

const PARTS = 1e12;

/** Where pairs lost their fidelity, by cause, summed or on average; together 1 − F but for products of two causes. */
export interface FidelityLosses {
  /** In the heralded states they were made of. */
  readonly herald: number;
  /** In memories, for light and for hardware. */
  readonly waiting: number;
  readonly gates: number;
  readonly readout: number;
  /** In memories, for the emulator. */
  readonly emulator: number;
}

const noLosses: FidelityLosses = { herald: 0, waiting: 0, gates: 0, readout: 0, emulator: 0 };

/** Adds the losses of pairs delivered at both ends and not retracted, from nature's budgets in the ledger. */
export class LostFidelity {
  readonly #counted = new CountedPairs<FidelityLosses>();
  #total = noLosses;

  get total(): FidelityLosses {
    return this.#total;
  }

  observe({ event }: LedgerEvent): void {
    if (event?.$case === "pairFidelity") {
      const { budget } = event.pairFidelity;
      if (!budget) return;
      const losses = lossesOf(budget);
      this.#total = addLosses(this.#total, losses, 1);
      this.#counted.count(event.pairFidelity, losses);
    } else if (event?.$case === "halfRetracted") {
      const losses = this.#counted.takeBack(event.halfRetracted);
      if (losses) this.#total = addLosses(this.#total, losses, -1);
    }
  }
}

/** The mean loss of the pairs that came between two sums; null where none has. */
export function meanLosses(before: FidelityLosses, after: FidelityLosses, pairs: number): FidelityLosses | null {
  return pairs === 0 ? null : scaleLosses(addLosses(after, before, -1), 1 / pairs);
}

function lossesOf({ heraldPpt, waits, gatesPpt, readoutPpt, emulatorPpt }: FidelityBudget): FidelityLosses {
  return {
    herald: heraldPpt / PARTS,
    waiting: waits.reduce((sum, { lossPpt }) => sum + lossPpt, 0) / PARTS,
    gates: gatesPpt / PARTS,
    readout: readoutPpt / PARTS,
    emulator: emulatorPpt / PARTS,
  };
}

function addLosses(one: FidelityLosses, other: FidelityLosses, sign: 1 | -1): FidelityLosses {
  return {
    herald: one.herald + sign * other.herald,
    waiting: one.waiting + sign * other.waiting,
    gates: one.gates + sign * other.gates,
    readout: one.readout + sign * other.readout,
    emulator: one.emulator + sign * other.emulator,
  };
}

function scaleLosses({ herald, waiting, gates, readout, emulator }: FidelityLosses, factor: number): FidelityLosses {
  return {
    herald: herald * factor,
    waiting: waiting * factor,
    gates: gates * factor,
    readout: readout * factor,
    emulator: emulator * factor,
  };
}
