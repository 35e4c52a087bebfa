import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { describe, expect, test } from "vitest";
import { line } from "../draw-network.ts";
import { drawTrial } from "../draw-trial.ts";
import { ExplorationTotals } from "../exploration-totals.ts";
import { runTrial } from "../run-trial.ts";
import type { Trial } from "../trial.ts";
import { missedRareStates, noneReached, rareStateNames } from "./rare-state-names.ts";

/** Clocks are trusted, and pairs are made, after a second. */
const FAULTS_NS = 3_000_000_000;
const during = { atNs: 0, forNs: FAULTS_NS };
const terms = { maxTimeNs: 0, minFidelity: null, missPolicy: "discard", graceNs: 0, finalState: null } as const;

/** What a run reaches on a line of three ideal nodes over which n0 asks for some pairs with n2. */
function reachedBy(faults: readonly FaultEntry[], rest: Partial<Trial> = {}) {
  const network = line(3);
  const request = { atNs: 0, from: "n0", to: "n2", pairs: 60, ...terms };
  const asked = {
    network,
    regime: "ideal",
    cutoffMs: null,
    requests: [request],
    fresh: { ...request, pairs: 1 },
  } as const;
  const when = { startsBefore: 0, core: network.nodes, calmAtNs: FAULTS_NS, healedAtNs: FAULTS_NS };
  const { rareStates, violations } = runTrial({ ...drawTrial(1), ...asked, ...when, faults, ...rest });
  expect(violations).toEqual([]);
  return rareStates;
}

function lost(subject: string, probability: number): FaultEntry {
  return { ...during, kind: "loss", target: { subject }, args: { probability } };
}

describe("A run", () => {
  test("says of every state how often it reached it", () => {
    const reached = reachedBy([]);
    expect(Object.keys(reached).toSorted()).toEqual(rareStateNames);
    const expected = { ...noneReached(), "track-before-its-swap": expect.any(Number) };
    expect(reached).toEqual(expected);
  });

  test("loses no acknowledgement three times where all are late, and does where the bus loses most", () => {
    const delay = { kind: "delay", target: { from: "n1", to: "n0" }, args: { ns: 40e6, jitterNs: 0 } } as const;
    const late = reachedBy([{ ...during, ...delay }]);
    expect(late["acknowledgement-lost-three-times"]).toBe(0);
    const few = reachedBy([lost("bellmesh.v1.*.ff.n1.n0.ack", 0.9)]);
    expect(few["acknowledgement-lost-three-times"]).toBeGreaterThan(0);
  });

  test("has EXPIREs cross TRACKs that are long under way, and none cross TRACKs that are all lost", () => {
    const subject = "bellmesh.v1.*.ff.*.*.track";
    const request = { atNs: 0, from: "n0", to: "n2", pairs: 40, ...terms, maxTimeNs: 2e9, minFidelity: 0.6 };
    const fading = { regime: "hostile", requests: [request] } as const;
    const args = { probability: 0.6, maxDelayNs: 10_000_000 };
    const late = reachedBy([{ ...during, kind: "reorder", target: { subject }, args }], fading);
    expect(late["expire-crossing-track"]).toBeGreaterThan(0);
    expect(reachedBy([lost(subject, 1)], fading)["expire-crossing-track"]).toBe(0);
    expect(reachedBy([lost(subject, 1)])["expire-crossing-track"]).toBe(0);
  });

  test("has a cutoff end with a swap where the cutoff ends when heralds come, and not a little later", () => {
    const met = "cutoff-and-swap-at-the-same-instant";
    expect(reachedBy([], { cutoffMs: 3.01 })[met]).toBeGreaterThan(0);
    expect(reachedBy([], { cutoffMs: 3.02 })[met]).toBe(0);
  });
});

describe("Rare states", () => {
  test("are all there before the first seed", () => {
    const { rareStates, missedRareStates: missed } = new ExplorationTotals().summary();
    expect(Object.keys(rareStates)).toEqual(rareStateNames);
    expect(missed).toEqual([]);
  });

  test("are missed where a thousand seeds never reach them", () => {
    const reached = { ...Object.fromEntries(rareStateNames.map((name) => [name, 1])), "double-herald": 0 };
    expect(missedRareStates(999, reached)).toEqual([]);
    expect(missedRareStates(1_000, reached)).toEqual(["double-herald"]);
    expect(missedRareStates(1_000, {})).toEqual(rareStateNames);
  });
});
