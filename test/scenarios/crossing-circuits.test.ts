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

/** Both head-ends lose their circuits at one instant, with the node between them, and install them anew at one. */
const crossingAgain: Trial = {
  ...crossing,
  seed: 22188,
  requests: [
    { atNs: 44_481_000, from: "n0", to: "n1", pairs: 24, ...unlimited("age") },
    { atNs: 95_193_386, from: "n3", to: "n0", pairs: 65, ...unlimited("degrade", 1) },
    { atNs: 1_838_351_561, from: "n2", to: "n0", pairs: 21, ...unlimited("age") },
    { atNs: 1_849_274_030, from: "n0", to: "n2", pairs: 1, ...unlimited("degrade") },
  ],
  fresh: { atNs: 0, from: "n2", to: "n1", pairs: 3, ...unlimited("discard") },
  faults: [{ atNs: 4_219_738_420, forNs: 1, kind: "store-loss", target: { process: "network-layer/n1" }, args: {} }],
  calmAtNs: 5_549_256_878,
  healedAtNs: 5_549_256_878,
};

function unlimited(missPolicy: "discard" | "degrade" | "age", finalState: number | null = null) {
  return { maxTimeNs: 0, minFidelity: null, missPolicy, graceNs: 5_000_000, finalState };
}

test("Two circuits that each wait for a link on which the other is served first are both served in the end", () => {
  const { violations, ended } = runTrial(crossing);
  expect(violations).toEqual([]);
  expect(ended).toEqual({ complete: 3 });
});

test("So are two that are given up and installed anew at one instant, again and again", () => {
  const { violations, ended } = runTrial(crossingAgain);
  expect(violations).toEqual([]);
  expect(ended).toEqual({ complete: 5 });
});
