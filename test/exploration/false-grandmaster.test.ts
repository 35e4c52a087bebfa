import { runTrial, type Trial } from "@bellmesh/simulation/exploration";
import { expect, test } from "vitest";

const CLAIMED_NS = 6e9;
const CALM_NS = 7e9;

const nodes = ["n0", "n1", "n2", "n3", "n4", "n5", "n6"];

/** A clock claims to be the best until everybody has followed it, and falls silent when all else is calm. */
const trial: Trial = {
  seed: 1,
  network: { shape: "ring", nodes, links: nodes.map((node, at) => [node, nodes[(at + 1) % nodes.length] as string]) },
  regime: "hostile",
  cutoffMs: null,
  startsBefore: 0,
  requests: [],
  fresh: {
    ...{ atNs: 0, from: "n1", to: "n2", pairs: 3, maxTimeNs: 0 },
    ...{ minFidelity: null, missPolicy: "discard", graceNs: 0, finalState: null },
  },
  faults: [
    {
      ...{ kind: "false-announce", atNs: CALM_NS - CLAIMED_NS, forNs: CLAIMED_NS },
      ...{ target: { node: "n4" }, args: { priority1: 0 } },
    },
    { kind: "crash", atNs: CALM_NS - 1, forNs: 30e9, target: { process: "clock-sync/n4" }, args: {} },
  ],
  core: ["n0", "n1", "n2", "n3"],
  calmAtNs: CALM_NS,
  healedAtNs: CALM_NS + 31e9,
  budget: { events: 200_000, virtualNs: 60e9 },
};

test("A core whose false grandmaster falls silent is given the 16 s until clocks of 50 ns stamps are trusted", () => {
  expect(runTrial(trial)).toMatchObject({ endedBy: "settled", violations: [], ended: { complete: 1 } });
});
