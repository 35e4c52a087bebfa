import type { TrialReport, TrialViolation } from "./trial-report.ts";

/** What a run says of the one rule that a bundle is about. */
export interface ReplayOutcome {
  /** Undefined when the rule was not broken. */
  readonly again: TrialViolation | undefined;
  /** Other rules that were broken. */
  readonly others: readonly TrialViolation[];
  /** Why the run cannot say that the rule holds; undefined where it can, or where the rule was broken. */
  readonly unjudged: string | undefined;
}

/** Compares what came of a trial with the rule that it broke once. */
export function replayOutcome(report: TrialReport, property: string): ReplayOutcome {
  const again = report.violations.find((violation) => violation.property === property);
  const others = report.violations.filter((violation) => violation.property !== property);
  return { again, others, unjudged: again ? undefined : whyUnjudged(report, property) };
}

function whyUnjudged({ endedBy, verdicts }: TrialReport, property: string): string | undefined {
  if (endedBy === "events") return "the run ended by its budget of events";
  if (endedBy === "virtual-time") return "the run ended by its budget of virtual time";
  if (endedBy === "violation") return "the run ended when another rule was broken";
  return verdicts[property] === "unknown" ? "its referee did not see enough to say" : undefined;
}
