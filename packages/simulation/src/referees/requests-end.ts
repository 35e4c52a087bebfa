import type { RequestAccepted } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

interface OpenRequest {
  readonly accepted: RequestAccepted;
  readonly atNs: number;
}

/**
 * Every request that was accepted ends, by the time when nothing is under way any more. A head-end whose
 * node-controller restarts forgets what it was asked, with whoever asked. A ledger does not tell from when on nothing
 * goes wrong, so that how long a request may take then is for whoever runs it to judge; `runTrial` does.
 */
export class RequestsEnd implements Referee {
  readonly name = "requests-end";
  readonly reads: Readings = {
    requestAccepted: (accepted, { at }) => this.#open.set(accepted.requestId, { accepted, atNs: at }),
    requestEnded: ({ requestId, node }) => {
      if (this.#open.get(requestId)?.accepted.headEnd === node) this.#open.delete(requestId);
    },
    controllerRestarted: ({ node }) => this.#forget(node),
  };
  readonly #open = new Map<string, OpenRequest>();

  verdict(atQuiescence: boolean): Verdict {
    const violations = atQuiescence ? [...this.#open.values()].map(neverEnded) : [];
    return verdictOf(this.name, violations, this.#open.size > 0);
  }

  #forget(node: string): void {
    for (const [requestId, { accepted }] of this.#open) {
      if (accepted.headEnd === node) this.#open.delete(requestId);
    }
  }
}

function neverEnded({ accepted: { requestId, headEnd, tailEnd }, atNs }: OpenRequest): Violation {
  return { atNs, message: `${requestId} from ${headEnd} to ${tailEnd} was accepted and never ended` };
}
