import { ExplorationTotals } from "@bellmesh/simulation/exploration";
import { expect, test } from "vitest";
import { explorationText } from "./exploration-text.ts";

test("Rare states that a thousand seeds never reached are a failure that is told by name", () => {
  const few = { ...new ExplorationTotals().summary(), seedsRun: 200 };
  expect(explorationText(few, few, "totals.json")).not.toContain("FAILED");
  const many = { ...few, seedsRun: 1_200, missedRareStates: ["double-herald", "expiry-race"] };
  const told = "FAILED: all at this commit, 1200 seeds had to reach each, and never reached double-herald, expiry-race";
  expect(explorationText(few, many, "totals.json").split("\n")).toContain(told);
});
