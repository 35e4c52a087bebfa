import { describe, expect, test } from "vitest";
import { ExplorationTotals } from "./exploration-totals.ts";
import { noneReached } from "./rare-states/rare-state-names.ts";
import { thrownReport } from "./run-seed.ts";
import type { TrialReport } from "./trial-report.ts";

const report = (seed: number, more: Partial<TrialReport> = {}): TrialReport => ({
  ...thrownReport(seed, ""),
  endedBy: "settled",
  virtualNs: 1800e9,
  events: 10,
  faultsByKind: { loss: 2, crash: 1 },
  rareStates: { "double-herald": 3, "sequence-wrap": 0 },
  verdicts: { "ends-agree": "true", "key-bits": "idle" },
  violations: [],
  ...more,
});

describe("Totals of an exploration", () => {
  test("add up what seeds report, and name every violation with its seed and what shows it again", () => {
    const totals = new ExplorationTotals();
    const violation = { property: "ends-agree", atNs: 5, message: "so" };
    totals.add(
      report(7, { verdicts: { "ends-agree": "false", "key-bits": "idle" }, violations: [violation] }),
      "see 7",
    );
    totals.add(report(3, { endedBy: "events", rareStates: { "double-herald": 0, "sequence-wrap": 0 } }), "see 3");
    expect(totals.summary()).toEqual({
      seedsRun: 2,
      virtualHours: 1,
      events: 20,
      endedBy: { events: 1, settled: 1 },
      faultsByKind: { crash: 2, loss: 4 },
      rareStates: { ...noneReached(), "double-herald": 1 },
      missedRareStates: [],
      verdicts: { "ends-agree": { false: 1, true: 1 }, "key-bits": { idle: 2 } },
      violations: [{ seed: 7, ...violation, repro: "see 7" }],
    });
    expect(totals.saved("abc")).toMatchObject({ commit: "abc", seeds: "3,7", virtualNs: 3600e9 });
  });

  test("count a seed once", () => {
    const totals = new ExplorationTotals();
    totals.add(report(1), "");
    totals.add(report(1), "");
    expect(totals.summary()).toMatchObject({ seedsRun: 1, events: 10, verdicts: { "key-bits": { idle: 1 } } });
  });

  test("go on from those that were saved, and leave these as they were", () => {
    const totals = new ExplorationTotals();
    totals.add(report(1), "");
    const saved = totals.saved("abc");
    const before = structuredClone(saved);
    const further = new ExplorationTotals(saved);
    expect(further.saved("abc")).toEqual(saved);
    further.add(report(2), "");
    expect(further.summary()).toMatchObject({ seedsRun: 2, events: 20, verdicts: { "ends-agree": { true: 2 } } });
    expect(saved).toEqual(before);
  });

  test("list violations by seed, in whatever order these were done", () => {
    const totals = new ExplorationTotals();
    for (const seed of [9, 2, 5]) totals.add(thrownReport(seed, "so"), "");
    expect(totals.summary().violations.map(({ seed }) => seed)).toEqual([2, 5, 9]);
  });
});
