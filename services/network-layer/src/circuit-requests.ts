import { SmallMap } from "@bellmesh/mesh";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { usefulForNs } from "./feedforward-deadline.ts";
import type { PathBudget } from "./path-budget.ts";
import { type HeadRequest, missPolicyOf, type RequestTerms, wantsPair } from "./request.ts";

/** Requests whose terms are remembered after they have left, while pairs of them may be under way. */
const TERMS_MAX = 4096;

/** How long the feedforward of a request's pairs may take; Infinity: any time. */
export interface Deadlines {
  /** After its emission a pair's feedforward is in time for so long. */
  readonly usefulForNs: number;
  /** And for so long after that it is of use all the same. */
  readonly graceNs: number;
}

interface Terms extends Deadlines {
  readonly terms: RequestTerms;
}

const unknown: Deadlines = { usefulForNs: Number.POSITIVE_INFINITY, graceNs: 0 };

/** The requests of a circuit as one of its ends knows them. */
export class CircuitRequests {
  #budget: PathBudget;
  /** At the head-end: requests that have not ended, oldest first. */
  readonly #heads = new Map<string, HeadRequest>();
  readonly #terms = new SmallMap<string, Terms>();
  /** Requests that have not ended, oldest first. */
  readonly #active = new Set<string>();

  constructor(budget: PathBudget) {
    this.#budget = budget;
  }

  /** Pairs that come from now on cost this. */
  renew(budget: PathBudget): void {
    this.#budget = budget;
    for (const { terms } of this.#terms.values()) this.#terms.set(terms.requestId, this.#termsOf(terms));
  }

  add(terms: RequestTerms, head: HeadRequest | undefined): void {
    const { requestId } = terms;
    this.#terms.set(requestId, this.#termsOf(terms));
    this.#active.add(requestId);
    if (head) this.#heads.set(requestId, head);
    if (this.#terms.size > TERMS_MAX) this.#forget();
  }

  remove(requestId: string): void {
    this.#heads.delete(requestId);
    this.#active.delete(requestId);
  }

  /** At the head-end: the oldest request that wants one more pair. Those before it wait for pairs in transit only. */
  nextToServe(): HeadRequest | undefined {
    for (const head of this.#heads.values()) if (wantsPair(head)) return head;
    return undefined;
  }

  /** What was asked, also of a request that has just ended; undefined where no FORWARD has come. */
  terms(requestId: string): RequestTerms | undefined {
    return this.#terms.get(requestId)?.terms;
  }

  /** Of this request, or where it is not known which one, of the one most likely meant: the oldest. */
  deadlines(requestId: string | undefined): Deadlines {
    if (requestId !== undefined) return this.#terms.get(requestId) ?? unknown;
    for (const oldest of this.#active) return this.#terms.get(oldest) ?? unknown;
    return unknown;
  }

  #forget(): void {
    for (const oldest of this.#terms.keys()) {
      if (!this.#active.has(oldest)) this.#terms.delete(oldest);
      if (this.#terms.size <= TERMS_MAX) return;
    }
  }

  #termsOf(terms: RequestTerms): Terms {
    const { fresh, headEnd, tailEnd } = this.#budget;
    const { minFidelity } = terms;
    const useful =
      minFidelity === undefined ? Number.POSITIVE_INFINITY : usefulForNs(fresh, [headEnd, tailEnd], minFidelity);
    return { terms, usefulForNs: useful, graceNs: graceOf(terms) };
  }
}

function graceOf(terms: RequestTerms): number {
  switch (missPolicyOf(terms)) {
    case MissPolicy.AGE:
      return Number.POSITIVE_INFINITY;
    case MissPolicy.DEGRADE:
      return terms.graceNs;
    default:
      return 0;
  }
}
