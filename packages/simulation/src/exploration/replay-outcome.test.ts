import { describe, expect, test } from "vitest";
import { replayOutcome } from "./replay-outcome.ts";
import { thrownReport } from "./run-seed.ts";
import type { TrialReport } from "./trial-report.ts";

const report = (more: Partial<TrialReport>): TrialReport => ({
  ...thrownReport(1, ""),
  endedBy: "settled",
  verdicts: { "as-asked": "false", conservation: "true", "key-bits": "unknown" },
  violations: [],
  ...more,
});
const broken = { property: "as-asked", atNs: 5, message: "so" };

describe("A rule in a run that is repeated", () => {
  test("is broken again", () => {
    const outcome = replayOutcome(report({ endedBy: "events", violations: [broken] }), "as-asked");
    expect(outcome).toEqual({ again: broken, others: [], unjudged: undefined });
  });

  test("held while another was broken, which is told", () => {
    const outcome = replayOutcome(report({ violations: [broken] }), "conservation");
    expect(outcome).toEqual({ again: undefined, others: [broken], unjudged: undefined });
  });

  test.each([
    ["events", "conservation", "the run ended by its budget of events"],
    ["virtual-time", "conservation", "the run ended by its budget of virtual time"],
    ["violation", "conservation", "the run ended when another rule was broken"],
    ["settled", "key-bits", "its referee did not see enough to say"],
    ["settled", "conservation", undefined],
  ] as const)("in one that ended by %s, %s is unjudged: %s", (endedBy, property, unjudged) => {
    expect(replayOutcome(report({ endedBy }), property)).toMatchObject({ again: undefined, unjudged });
  });
});
