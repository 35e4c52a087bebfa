import type { LedgerEvent, RequestAccepted } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

interface OpenRequest {
  readonly accepted: RequestAccepted;
  readonly atNs: number;
}

/** From when on nothing goes wrong any more, where, and how long a request may take then. */
export interface Calm {
  readonly fromNs: number;
  /** Nodes that are joined by links at which nothing is wrong; undefined is all. */
  readonly core?: ReadonlySet<string>;
  readonly withinNs: number;
}

/**
 * Every request that was accepted ends, by the time when nothing is under way any more; where it is said from when on
 * nothing goes wrong, so long after that, or after its acceptance, at the latest. A head-end whose node-controller
 * restarts forgets what it was asked, with whoever asked.
 */
export class RequestsEnd implements Referee {
  readonly name = "requests-end";
  readonly reads: Readings = {
    requestAccepted: (accepted, { at }) => this.#open.set(accepted.requestId, { accepted, atNs: at }),
    requestEnded: ({ requestId, node }, { at }) => {
      const request = this.#open.get(requestId);
      if (!request || request.accepted.headEnd !== node) return;
      this.#open.delete(requestId);
      this.#judgeEnd(request, at);
    },
    controllerRestarted: ({ node }) => this.#forget(node),
  };
  readonly hears = ({ at }: LedgerEvent) => {
    this.#latestNs = Math.max(this.#latestNs, at);
  };
  readonly #calm: Calm | undefined;
  readonly #open = new Map<string, OpenRequest>();
  readonly #violations: Violation[] = [];
  #latestNs = 0;

  constructor(calm?: Calm) {
    this.#calm = calm;
  }

  verdict(atQuiescence: boolean): Verdict {
    const violations = [...this.#violations];
    for (const request of this.#open.values()) {
      const dueNs = this.#dueNs(request);
      if (!atQuiescence && !(dueNs < this.#latestNs)) continue;
      const { requestId, headEnd, tailEnd } = request.accepted;
      const message = `${requestId} from ${headEnd} to ${tailEnd} was accepted and never ended`;
      violations.push({ atNs: request.atNs, message });
    }
    return verdictOf(this.name, violations, this.#open.size > 0);
  }

  #judgeEnd(request: OpenRequest, atNs: number): void {
    const dueNs = this.#dueNs(request);
    if (atNs <= dueNs) return;
    const message = `${request.accepted.requestId} ended ${atNs - dueNs} ns after the time that it had for it`;
    this.#violations.push({ atNs, message });
  }

  /** When it must have ended; Infinity where nothing says. */
  #dueNs({ accepted: { headEnd, tailEnd }, atNs }: OpenRequest): number {
    if (!this.#calm) return Number.POSITIVE_INFINITY;
    const { fromNs, withinNs, core } = this.#calm;
    const isInside = !core || (core.has(headEnd) && core.has(tailEnd));
    return isInside ? Math.max(atNs, fromNs) + withinNs : Number.POSITIVE_INFINITY;
  }

  #forget(node: string): void {
    for (const [requestId, { accepted }] of this.#open) {
      if (accepted.headEnd === node) this.#open.delete(requestId);
    }
  }
}
