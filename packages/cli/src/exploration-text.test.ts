import { ExplorationTotals } from "@bellmesh/simulation/exploration";
import { expect, test } from "vitest";
import { explorationText } from "./exploration-text.ts";

const summary = new ExplorationTotals().summary();
const violation = { seed: 7, property: "ends-agree", atNs: 1e9, message: "so", repro: "see 7" };

test("Seeds that were all run before are told with the violations of then, and nothing is said to have held", () => {
  const text = explorationText(summary, summary, "t.json", { asked: 40, seeds: 40, violations: [violation] });
  expect(text).toMatch(/^all 40 seeds were run before at this commit; then:\n1 violation:\nseed 7 +ends-agree .*see 7/);
  expect(text).not.toMatch(/no rule was broken|^0 seeds/m);
});

test("Seeds of which some were run before are told apart from these", () => {
  const text = explorationText({ ...summary, seedsRun: 2 }, summary, "t.json", { asked: 3, seeds: 1, violations: [] });
  expect(text).toMatch(
    /^2 seeds, [\s\S]*^1 of the 3 seeds was run before at this commit; then:\nno rule was broken\n/m,
  );
});

test("Rare states that a thousand seeds never reached are a failure that is told by name", () => {
  const few = { ...new ExplorationTotals().summary(), seedsRun: 200 };
  expect(explorationText(few, few, "totals.json")).not.toContain("FAILED");
  const many = { ...few, seedsRun: 1_200, missedRareStates: ["double-herald", "expiry-race"] };
  const told = "FAILED: all at this commit, 1200 seeds had to reach each, and never reached double-herald, expiry-race";
  expect(explorationText(few, many, "totals.json").split("\n")).toContain(told);
});
