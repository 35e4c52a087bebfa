import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { Outcome } from "@bellmesh/wire/ledger";
import { type OperateResponse, RefusalReason } from "@bellmesh/wire/quantum-state";
import type { NatureLink } from "./nature-link.ts";

/** Nature is asked about so many at a time: a stream takes only so much before it has been delivered. */
const ASKED_MAX = 128;

/** The half is gone; `outcome` unless it has had one already. */
export type Settle = (effects: Effect[], pair: string, outcome: Outcome | undefined) => void;

interface Doubt {
  readonly pair: string;
  readonly outcome: Outcome;
  /** It has come to this memory, so that nobody but nature can have ended it; others may never have been. */
  readonly isOurs: boolean;
  /** Nature was asked before, and its answer was lost. */
  readonly wasAsked?: boolean;
}

interface Asked {
  readonly doubt: Doubt;
  readonly secondDiscard: number;
  hadOutcome: boolean;
}

/**
 * Ends halves of which this node does not know whether they are still there: a half that was lost in a crash of a
 * former incarnation has had its outcome, and must not get a second one. Nature answers only what it refuses, so it
 * is asked to discard the half twice: the second time it refuses in any case, the first time only when there was none.
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
    const operation = { $case: "discard", discard: { qubit: doubt.pair } } as const;
    const first = this.#nature.operate(now, effects, operation);
    const secondDiscard = this.#nature.operate(now, effects, operation);
    const asked = { doubt, secondDiscard, hadOutcome: false };
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
      asked.hadOutcome = hadOutcome(doubt, reason);
    } else {
      this.#asked.delete(operationId - 1);
      this.#settle(effects, doubt.pair, asked.hadOutcome ? undefined : doubt.outcome);
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

  /** Nature has gone and will not answer: it is asked again. */
  natureLost(): void {
    for (const { doubt } of new Set(this.#asked.values())) this.#waiting.push({ ...doubt, wasAsked: true });
    this.#asked.clear();
  }
}

/** Whether a half that nature refused to discard for this reason has had its outcome. */
function hadOutcome({ isOurs, wasAsked = false }: Doubt, refused: RefusalReason | undefined): boolean {
  switch (refused) {
    case RefusalReason.LOST:
      return true;
    case RefusalReason.DISCARDED:
      return !isOurs && !wasAsked;
    case RefusalReason.NOT_HELD:
      return !isOurs;
    default:
      return false;
  }
}
