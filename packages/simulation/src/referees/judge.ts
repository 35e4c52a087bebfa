import type { LedgerGap } from "../writer-numbering.ts";
import type { Referee, Verdict } from "./referee.ts";

/** The verdicts of the referees. With a gap in the ledger none can be true: what was not seen may have been wrong. */
export function verdicts(
  referees: readonly Referee[],
  atQuiescence: boolean,
  gaps: readonly LedgerGap[],
): readonly Verdict[] {
  return referees.map((referee) => {
    const verdict = referee.verdict(atQuiescence);
    return verdict.verdict === "true" && gaps.length > 0 ? { ...verdict, verdict: "unknown" } : verdict;
  });
}
