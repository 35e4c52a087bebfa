import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import { Outcome } from "@bellmesh/wire/ledger";
import { type OperateResponse, RefusalReason } from "@bellmesh/wire/quantum-state";
import type { NatureLink } from "./nature-link.ts";

/** Nature is asked about so many at a time: a stream takes only so much before it has been delivered. */
const ASKED_MAX = 128;

/** The half is gone; `outcome` where it is for this node to write. */
export type Settle = (effects: Effect[], pair: string, outcome: Outcome | undefined) => void;

interface Doubt {
  readonly pair: string;
  readonly outcome: Outcome;
  /** It has come to this memory, so that nobody but nature can have ended it; others may never have been. */
  readonly isOurs: boolean;
}

interface Asked {
  readonly doubt: Doubt;
  readonly secondDiscard: number;
  /** Nature has ended no such half, and nobody else can have written how it ended. */
  isUnwritten: boolean;
}

/**
 * Ends halves of which this node does not know whether they are still there: a half that was lost in a crash of a
 * former incarnation has had its outcome, and must not get a second one. Nature ends what is there, and writes that
 * down itself: this node may go down before it hears of it. Nature answers only what it refuses, so it is asked to
 * discard the half twice: the second time it refuses in any case, the first time only when there was none.
 * While nature is out of reach, or has many to answer, the question waits.
 */
export class DoubtfulEnds {
  readonly #nature: NatureLink;
  readonly #settle: Settle;
  readonly #asked = new Map<number, Asked>();
  #waiting: Doubt[] = [];

  constructor(nature: NatureLink, settle: Settle) {
    this.#nature = nature;
    this.#settle = settle;
  }

  end(now: Instant, effects: Effect[], doubt: Doubt): void {
    if (!this.#nature.isOpen || this.#asked.size >= 2 * ASKED_MAX) {
      this.#waiting.push(doubt);
      return;
    }
    const operation = { $case: "discard", discard: { qubit: doubt.pair, outcome: doubt.outcome } } as const;
    const first = this.#nature.operate(now, effects, operation);
    const secondDiscard = this.#nature.operate(now, effects, operation);
    const asked = { doubt, secondDiscard, isUnwritten: false };
    this.#asked.set(first, asked);
    this.#asked.set(secondDiscard, asked);
  }

  /** An answer that may be to one of these. */
  answered(now: Instant, effects: Effect[], { operationId, outcome }: OperateResponse): void {
    const asked = this.#asked.get(operationId);
    if (!asked) return;
    this.#asked.delete(operationId);
    const { doubt, secondDiscard } = asked;
    if (operationId !== secondDiscard) {
      const reason = outcome?.$case === "refusal" ? outcome.refusal.reason : undefined;
      // Where nature has lost, or discarded, a half that it knows of, that is in the ledger.
      asked.isUnwritten = doubt.isOurs && reason === RefusalReason.NOT_HELD;
    } else {
      this.#asked.delete(operationId - 1);
      this.#settle(effects, doubt.pair, asked.isUnwritten ? doubt.outcome : undefined);
      const next = this.#waiting.shift();
      if (next) this.end(now, effects, next);
    }
  }

  /** Nature is within reach again. */
  natureBack(now: Instant, effects: Effect[]): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const doubt of waiting) this.end(now, effects, doubt);
  }

  /** Nature has gone and will not answer: it is asked again, when nobody can say how the half has ended. */
  natureLost(): void {
    for (const { doubt } of new Set(this.#asked.values())) {
      this.#waiting.push({ ...doubt, outcome: Outcome.DISCARDED });
    }
    this.#asked.clear();
  }
}
