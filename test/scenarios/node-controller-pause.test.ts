import { runTrial, type Trial } from "@bellmesh/simulation/exploration";
import { expect, test } from "vitest";

const unlimited = { minFidelity: null, graceNs: 0, finalState: null } as const;

/** Seed 2508, made small: halves are handed over to a node-controller that stands still for 20.7 s. */
const pausedForLong: Trial = {
  seed: 2508,
  network: {
    shape: "star",
    nodes: ["n0", "n1", "n2", "n3"],
    links: [
      ["n0", "n1"],
      ["n0", "n2"],
      ["n0", "n3"],
    ],
  },
  regime: "atom",
  cutoffMs: 20,
  startsBefore: 0,
  requests: [{ atNs: 0, from: "n1", to: "n3", pairs: 19, maxTimeNs: 7_360_370_459, missPolicy: "age", ...unlimited }],
  fresh: { atNs: 0, from: "n2", to: "n0", pairs: 3, maxTimeNs: 0, missPolicy: "discard", ...unlimited },
  faults: [
    { atNs: 1_644_768_487, forNs: 20_715_601_972, kind: "pause", target: { process: "node-controller/n1" }, args: {} },
    { atNs: 5_357_570_775, forNs: 1, kind: "store-loss", target: { process: "link-layer/n1" }, args: {} },
  ],
  core: ["n0", "n2"],
  calmAtNs: 7_360_370_459,
  healedAtNs: 22_360_370_459,
  budget: { events: 200_000, virtualNs: 60e9 },
};

test("A node-controller that has stood still stores no half that nature has given up meanwhile", () => {
  const { violations, ended } = runTrial(pausedForLong);
  expect(violations).toEqual([]);
  expect(ended).toEqual({ circuit_lost: 1, complete: 1 });
});
