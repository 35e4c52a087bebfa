import type { Referee, Verdict } from "./referee.ts";

/**
 * The verdicts of the referees. When the ledger is not whole, because events are missing or came too late for their
 * place, none can be true: what was not seen may have been wrong. Wrong is then only what no other event could mend.
 * A referee that throws knows nothing, and keeps no other from speaking.
 */
export function verdicts(referees: readonly Referee[], atQuiescence: boolean, isWhole: boolean): readonly Verdict[] {
  return referees.map((referee) => {
    const verdict = verdictOfOne(referee, atQuiescence);
    if (isWhole || verdict.threw !== undefined) return verdict;
    const { name } = verdict;
    const violations = verdict.violations.filter(({ stands }) => stands);
    return { name, verdict: violations.length > 0 ? "false" : "unknown", violations };
  });
}

function verdictOfOne(referee: Referee, atQuiescence: boolean): Verdict {
  try {
    return referee.verdict(atQuiescence);
  } catch (error) {
    const threw = error instanceof Error ? error.message : String(error);
    return { name: referee.name, verdict: "unknown", violations: [], threw };
  }
}

/** The verdicts that are neither true nor unknown for want of anything to judge: a run is sound that has none. */
export function objections(judged: readonly Verdict[]): readonly Verdict[] {
  return judged.filter(({ verdict, idle }) => verdict !== "true" && !idle);
}
