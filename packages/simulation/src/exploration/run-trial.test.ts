import { expect, test } from "vitest";
import { drawTrial } from "./draw-trial.ts";
import { minimise } from "./minimise.ts";
import { runTrial } from "./run-trial.ts";

test("The same seed gives the same report twice, ledger and all", () => {
  for (const seed of [3, 14, 15]) expect(runTrial(drawTrial(seed))).toEqual(runTrial(drawTrial(seed)));
});

test("A run that costs more than its budget says which bound came first, and liveness is not judged", () => {
  const trial = drawTrial(1);
  const few = runTrial({ ...trial, budget: { ...trial.budget, events: 100 } });
  expect(few).toMatchObject({ endedBy: "events", events: 100, violations: [] });
  const short = runTrial({ ...trial, budget: { ...trial.budget, virtualNs: 1e8 } });
  expect(short).toMatchObject({ endedBy: "virtual-time", virtualNs: 1e8, violations: [] });
});

test("The canary fails on seeds divisible by 100 and on no others", () => {
  const canary = (seed: number) =>
    runTrial({ ...drawTrial(1), seed }, { canary: true }).violations.map(({ property }) => property);
  expect(canary(200)).toEqual(["canary"]);
  expect(canary(201)).toEqual([]);
});

test("What fails whatever goes on is cut down to one link and nothing else", () => {
  const trial = { ...drawTrial(4), seed: 100 };
  const small = minimise(trial, "canary", { canary: true });
  expect(small.faults).toEqual([]);
  expect(small.requests).toEqual([]);
  expect(small.network.nodes.length).toBeLessThan(trial.network.nodes.length);
});
