import { after, type Instant } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import { MissPolicy, type SubmitRequest } from "@bellmesh/wire/network-layer";

/** A request as both ends of its circuit know it. */
export interface RequestTerms {
  readonly requestId: string;
  readonly headEnd: string;
  readonly tailEnd: string;
  readonly pairs: number;
  readonly minFidelity: number | undefined;
  readonly missPolicy: MissPolicy;
  readonly graceNs: number;
  readonly finalState: BellIndex | undefined;
  /** The applications keep their halves until they release them. */
  readonly hold: boolean;
}

/** A request at its head-end: how far it has got. */
export interface HeadRequest extends RequestTerms {
  readonly timeoutAt: Instant | undefined;
  delivered: number;
  /** Pairs numbered for it and neither delivered nor given up. */
  inTransit: number;
  lastPairSequence: number;
  /** Sum of the numbers of the pairs delivered here. */
  deliveredSum: number;
  /** The same sum at the tail-end, when it had delivered all that was asked. */
  confirmedSum: number | undefined;
  /** The same sum when the memory was last asked to say that all its orders to deliver are carried out, or lost. */
  settlingSum: number;
  /** The same sum when the memory has said so. */
  settledSum: number;
  /** Set when it ends early: no pair is numbered any more, those in transit are waited for. */
  ending: "timeout" | "withdrawn" | "min-fidelity" | undefined;
  /** Why, where its pairs have not shown it. */
  endingMessage?: string;
  /** Pairs given up since the last delivery. */
  givenUpInARow: number;
}

/** A request that nothing has been done for. */
export function headRequest(now: Instant, headEnd: string, request: SubmitRequest): HeadRequest {
  const { requestId, to, pairs, minFidelity, missPolicy, graceNs, finalState, hold, maxTimeNs } = request;
  return {
    requestId,
    headEnd,
    tailEnd: to,
    pairs,
    minFidelity,
    missPolicy,
    graceNs,
    finalState,
    hold,
    timeoutAt: maxTimeNs === 0 ? undefined : after(now, maxTimeNs),
    delivered: 0,
    inTransit: 0,
    lastPairSequence: 0,
    deliveredSum: 0,
    confirmedSum: undefined,
    settlingSum: 0,
    settledSum: 0,
    ending: undefined,
    givenUpInARow: 0,
  };
}

/** The policy in force: DISCARD where none was named. */
export function missPolicyOf(terms: RequestTerms): MissPolicy {
  return terms.missPolicy === MissPolicy.UNSPECIFIED ? MissPolicy.DISCARD : terms.missPolicy;
}

/** Whether the request can take one more pair. */
export function wantsPair(request: HeadRequest): boolean {
  return request.ending === undefined && request.delivered + request.inTransit < request.pairs;
}
