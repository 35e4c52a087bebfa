import { runTrial, type Trial } from "@bellmesh/simulation/exploration";
import { expect, test } from "vitest";

/** One slot a link and no cutoff; both circuits are installed at one instant, when n3 is heard again. */
const crossing: Trial = {
  seed: 1656,
  network: {
    shape: "line",
    nodes: ["n0", "n1", "n2", "n3"],
    links: [
      ["n0", "n1"],
      ["n1", "n2"],
      ["n2", "n3"],
    ],
  },
  regime: "nv",
  cutoffMs: null,
  startsBefore: 0,
  requests: [
    { atNs: 371_680_252, from: "n3", to: "n1", pairs: 1, ...unlimited("discard") },
    { atNs: 477_351_462, from: "n0", to: "n3", pairs: 1, ...unlimited("degrade") },
  ],
  fresh: { atNs: 0, from: "n1", to: "n3", pairs: 3, ...unlimited("discard") },
  faults: [
    {
      atNs: 333_736_830,
      forNs: 221_591_185,
      kind: "partition",
      target: { a: ["n3"], b: "*" },
      args: { oneWay: true },
    },
  ],
  core: ["n0", "n1", "n2", "n3"],
  calmAtNs: 3_702_216_053,
  healedAtNs: 3_702_216_053,
  budget: { events: 200_000, virtualNs: 60e9 },
};

function unlimited(missPolicy: "discard" | "degrade") {
  return { maxTimeNs: 0, minFidelity: null, missPolicy, graceNs: 5_000_000, finalState: null };
}

test("Two circuits that each wait for a link on which the other is served first are both served in the end", () => {
  const { violations, ended } = runTrial(crossing);
  expect(violations).toEqual([]);
  expect(ended).toEqual({ complete: 3 });
});
