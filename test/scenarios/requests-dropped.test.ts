import { runTrial, type Trial } from "@bellmesh/simulation/exploration";
import { expect, test } from "vitest";

const trial = {
  regime: "ideal",
  startsBefore: 0,
  cutoffMs: null,
  budget: { events: 200_000, virtualNs: 60e9 },
} as const;
const asked = {
  pairs: 1,
  maxTimeNs: 0,
  minFidelity: null,
  missPolicy: "discard",
  graceNs: 0,
  finalState: null,
} as const;

/** The network layer accepts what was asked while it stood still, and then hears that its stream is gone. */
const asleep: Trial = {
  ...trial,
  seed: 33012,
  network: { shape: "line", nodes: ["n0", "n1"], links: [["n0", "n1"]] },
  requests: [{ atNs: 5_358_906_719, from: "n1", to: "n0", ...asked }],
  fresh: { atNs: 0, from: "n0", to: "n1", ...asked },
  faults: [
    { atNs: 625_203_336, forNs: 5_443_918_366, kind: "pause", target: { process: "network-layer/n1" }, args: {} },
  ],
  core: ["n0", "n1"],
  calmAtNs: 7e9,
  healedAtNs: 7e9,
};

/** The new node-controller asks before the network layer has heard that the former one is gone. */
const sooner: Trial = {
  ...trial,
  seed: 38005,
  network: {
    shape: "line",
    nodes: ["n0", "n1", "n2", "n3"],
    links: [
      ["n0", "n1"],
      ["n1", "n2"],
      ["n2", "n3"],
    ],
  },
  regime: "hostile",
  cutoffMs: 3,
  requests: [{ atNs: 735_930_192, from: "n2", to: "n3", ...asked }],
  fresh: { atNs: 0, from: "n3", to: "n2", ...asked },
  faults: [
    late(569_376_734, 549_996_877, 4_883_333, 769_924),
    {
      atNs: 707_903_871,
      forNs: 428_575_106,
      kind: "crash",
      target: { process: "node-controller/n2" },
      args: { inStep: true },
    },
    { atNs: 707_903_871, forNs: 1, kind: "store-loss", target: { process: "link-layer/n2" }, args: {} },
    late(923_003_443, 20_430_358, 10_215_179),
    late(1_045_990_794, 98_742_536, 49_371_268),
    late(1_057_479_112, 38_675_458, 19_337_729),
  ],
  core: ["n0", "n1", "n2", "n3"],
  calmAtNs: 1_565_133_637,
  healedAtNs: 1_565_133_637,
};

/** The answer of a network layer that crashes comes after its successor has attached. */
const answered: Trial = {
  ...trial,
  seed: 39164,
  network: sooner.network,
  regime: "hostile",
  cutoffMs: 10,
  requests: [{ atNs: 1_600_036_567, from: "n0", to: "n3", ...asked, maxTimeNs: 729_632, finalState: 1, priority: 0 }],
  fresh: { atNs: 0, from: "n3", to: "n2", ...asked },
  faults: [
    { atNs: 871_282_713, forNs: 462_963_114, kind: "crash", target: { process: "link-layer/n0" }, args: {} },
    late(1_156_275_351, 463_674_161, 188_250, 4_553_979),
    { atNs: 1_607_526_975, forNs: 1, kind: "crash", target: { process: "network-layer/n0" }, args: {} },
  ],
  core: sooner.core,
  calmAtNs: 2_334_723_027,
  healedAtNs: 2_334_723_027,
  scheduler: "strict-priority",
};

function late(atNs: number, forNs: number, ns: number, jitterNs = 0): Trial["faults"][number] {
  return { atNs, forNs, kind: "delay", target: {}, args: { ns, jitterNs } };
}

test.each([
  ["accepted by a network layer that has yet to hear of its own loss", asleep],
  ["asked by a node-controller that is back before its loss is known", sooner],
  ["whose acceptance is heard when the network layer has already restarted", answered],
])("A request %s ends when it is dropped", (_, dropped) => {
  const { violations, ended } = runTrial(dropped);
  expect(violations).toEqual([]);
  expect(ended).toEqual({ circuit_lost: 1, complete: 1 });
});
