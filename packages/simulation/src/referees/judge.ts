import type { Referee, Verdict } from "./referee.ts";

/**
 * The verdicts of the referees. When the ledger is not whole, because events are missing or came too late for their
 * place, none can be true: what was not seen may have been wrong. Wrong is then only what no other event could mend.
 */
export function verdicts(referees: readonly Referee[], atQuiescence: boolean, isWhole: boolean): readonly Verdict[] {
  return referees.map((referee) => {
    const verdict = referee.verdict(atQuiescence);
    if (isWhole) return verdict;
    const { name } = verdict;
    const violations = verdict.violations.filter(({ stands }) => stands);
    return { name, verdict: violations.length > 0 ? "false" : "unknown", violations };
  });
}

/** The verdicts that are neither true nor unknown for want of anything to judge: a run is sound that has none. */
export function objections(judged: readonly Verdict[]): readonly Verdict[] {
  return judged.filter(({ verdict, idle }) => verdict !== "true" && !idle);
}
