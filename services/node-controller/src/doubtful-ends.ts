import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { Outcome } from "@bellmesh/wire/ledger";
import { type OperateResponse, RefusalReason } from "@bellmesh/wire/quantum-state";
import type { NatureLink } from "./nature-link.ts";

/** Records that a half has ended. */
export type RecordEnd = (effects: Effect[], pair: string, outcome: Outcome) => void;

interface Doubt {
  readonly pair: string;
  readonly outcome: Outcome;
  readonly secondDiscard: number;
  wasHeld: boolean;
}

/**
 * Ends halves of which this node does not know whether they are still there: a half that was lost in a crash of a
 * former incarnation has had its outcome, and must not get a second one. Nature answers only what it refuses, so it
 * is asked to discard the half twice: the second time it refuses in any case, the first time only when there was none.
 */
export class DoubtfulEnds {
  readonly #nature: NatureLink;
  readonly #recordEnd: RecordEnd;
  readonly #doubts = new Map<number, Doubt>();

  constructor(nature: NatureLink, recordEnd: RecordEnd) {
    this.#nature = nature;
    this.#recordEnd = recordEnd;
  }

  end(now: Instant, effects: Effect[], pair: string, outcome: Outcome): void {
    if (!this.#nature.isOpen) {
      this.#nature.discard(now, effects, pair);
      this.#recordEnd(effects, pair, outcome);
      return;
    }
    const operation = { $case: "discard", discard: { qubit: pair } } as const;
    const first = this.#nature.operate(now, effects, operation);
    const secondDiscard = this.#nature.operate(now, effects, operation);
    const doubt = { pair, outcome, secondDiscard, wasHeld: true };
    this.#doubts.set(first, doubt);
    this.#doubts.set(secondDiscard, doubt);
  }

  /** @returns whether the answer was to one of these. */
  answered(effects: Effect[], { operationId, outcome }: OperateResponse): boolean {
    const doubt = this.#doubts.get(operationId);
    if (!doubt) return false;
    this.#doubts.delete(operationId);
    if (operationId !== doubt.secondDiscard) {
      const isGone = outcome?.$case === "refusal" && outcome.refusal.reason === RefusalReason.NOT_HELD;
      doubt.wasHeld = !isGone;
    } else {
      this.#doubts.delete(operationId - 1);
      if (doubt.wasHeld) this.#recordEnd(effects, doubt.pair, doubt.outcome);
    }
    return true;
  }

  /** Nature has gone and will not answer: it writes no outcome any more, so we do. */
  natureLost(effects: Effect[]): void {
    for (const { pair, outcome, wasHeld } of new Set(this.#doubts.values())) {
      if (wasHeld) this.#recordEnd(effects, pair, outcome);
    }
    this.#doubts.clear();
  }
}
