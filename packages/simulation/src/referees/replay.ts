import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { type Verdict, type Violation, verdictOf } from "./referee.ts";

/** What may differ between two runs of one seed. */
export interface ReplayOptions {
  /**
   * Messages came again, at once, and nothing else was different: then everything in the ledger is the same. Otherwise
   * they came in another order that is legal, or later: then the same requests have the same outcomes.
   */
  readonly isExact: boolean;
}

/**
 * Messages may come once or many times (RFC 9110, §9.2.2, calls that idempotent): judges two ledgers of one seed, of
 * which the second was made while messages were repeated or reordered. What applications got is the same in both: each
 * request ended as it did, with the same numbers delivered at both its ends and not taken back.
 */
export function judgeReplay(
  plain: readonly LedgerEvent[],
  replayed: readonly LedgerEvent[],
  { isExact }: ReplayOptions,
): Verdict {
  const [expected, found] = isExact ? [deedsOf(plain), deedsOf(replayed)] : [outcomesOf(plain), outcomesOf(replayed)];
  const violations: Violation[] = [];
  for (const [what, { count, atNs }] of expected) {
    const times = found.get(what)?.count ?? 0;
    if (times !== count) violations.push({ atNs, message: `${what}: ${count} times at first, ${times} in the replay` });
  }
  for (const [what, { count, atNs }] of found) {
    if (!expected.has(what)) violations.push({ atNs, message: `${what}: ${count} times in the replay only` });
  }
  return verdictOf("idempotency", violations, false);
}

type Tally = Map<string, { count: number; readonly atNs: number }>;

const APART: ReadonlySet<string> = new Set(["census", "faultBegan", "faultEnded"]);

/** Everything as often as it happened, but for what was done to the run and how processes stand after it. */
function deedsOf(ledger: readonly LedgerEvent[]): Tally {
  const tally: Tally = new Map();
  for (const { event, writer, at } of ledger) {
    if (event && !APART.has(event.$case)) note(tally, `${writer} at ${at} ns: ${JSON.stringify(event)}`, at);
  }
  return tally;
}

/** How each request ended at its head-end, and what was delivered for it. */
function outcomesOf(ledger: readonly LedgerEvent[]): Tally {
  const tally: Tally = new Map();
  const heads = new Map<string, string>();
  for (const { event, at } of ledger) {
    if (event?.$case === "requestAccepted") heads.set(event.requestAccepted.requestId, event.requestAccepted.headEnd);
    else if (event?.$case === "requestEnded") {
      const { requestId, node, reason, delivered } = event.requestEnded;
      if (heads.get(requestId) === node) note(tally, `${requestId} ended as ${reason} with ${delivered}`, at);
    } else if (event?.$case === "halfDelivered") {
      const { requestId, node, pairSequence } = event.halfDelivered;
      note(tally, `number ${pairSequence} of ${requestId} delivered at ${node}`, at);
    } else if (event?.$case === "halfRetracted") {
      const { requestId, node, pairSequence } = event.halfRetracted;
      note(tally, `number ${pairSequence} of ${requestId} delivered at ${node}`, at, -1);
    }
  }
  for (const [what, { count }] of tally) if (count === 0) tally.delete(what);
  return tally;
}

function note(tally: Tally, what: string, atNs: number, by: 1 | -1 = 1): void {
  const known = tally.get(what);
  if (known) known.count += by;
  else tally.set(what, { count: by, atNs });
}
