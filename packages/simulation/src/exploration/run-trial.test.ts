import { expect, test, vi } from "vitest";
import { Books } from "../books.ts";
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

test("A run that has settled is judged by what is left over and by how much was said, and no other is", () => {
  const trial = drawTrial(1100);
  const { endedBy, verdicts, events } = runTrial(trial);
  expect(endedBy).toBe("settled");
  expect(verdicts).toMatchObject({ "nothing-left": "true", "no-storm": "true", "key-bits": "idle" });
  const cut = runTrial({ ...trial, budget: { ...trial.budget, events: Math.floor(events / 2) } }).verdicts;
  expect(cut).toMatchObject({ "nothing-left": "idle", "no-storm": "idle" });
  expect(Object.values(cut)).toContain("unknown");
});

test("What is left over when a run has settled is a violation", () => {
  const { enter } = Books.prototype;
  const spy = vi.spyOn(Books.prototype, "enter").mockImplementation(function (this: Books, told) {
    const { event, writer } = told;
    const isMeant = event?.$case === "census" && writer === "link-layer/n1";
    return enter.call(this, isMeant ? { ...told, event: { ...event, census: { ...event.census, timers: 7 } } } : told);
  });
  try {
    const { violations } = runTrial(drawTrial(1100));
    const message = "link-layer/n1 has 7 timers when nothing is under way, and needs 0";
    expect(violations).toMatchObject([{ property: "nothing-left", message }]);
  } finally {
    spy.mockRestore();
  }
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
