import { fibreTransmission } from "@bellmesh/hardware";
import { exp } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import type { DoubleClickHeralding } from "../heralding.ts";
import { linkModel } from "../link-model.ts";
import type { Link, Topology, TopologyNode } from "../topology.ts";
import { TopologyError } from "../topology-error.ts";
import { importTopology } from "./import-topology.ts";
import { sequenceJson } from "./test-files.ts";

const imported = importTopology(sequenceJson, "metro.json");

function modelOf(topology: Topology, position: number) {
  return linkModel(topology, topology.links[position] as Link);
}

/** The topology of the tests with something else in it. */
function changed(before: string, after: string) {
  expect(sequenceJson).toContain(before);
  return importTopology(sequenceJson.replace(before, after), "bad.json");
}

describe("A topology of SeQUeNCe", () => {
  test("keeps its routers, with a memory's Pauli errors as T1 and T2", () => {
    const [left, mid, right] = imported.topology.nodes;
    expect([left?.name, mid?.name, right?.name]).toEqual(["left", "mid-1", "right"]);
    expect(left?.memory).toMatchObject({ communicationSlots: 4 });
    expect(mid).toMatchObject({
      memory: { communicationSlots: 4 },
      gates: { twoQubitDepolarising: 0.02, twoQubitNs: 0 },
      readout: { p01: 0.005, p10: 0.005, durationNs: 0 },
    });
    const { t1S, t2S } = (mid as TopologyNode).memory;
    const [rateX, rateY, rateZ] = [0.2 / 3, 0.2 / 3, 0.6 / 3];
    for (const t of [0.1, 1, 7]) {
      expect(exp(-t / t1S)).toBeCloseTo(exp(-2 * (rateX + rateY) * t), 12);
      expect(exp(-t / t2S)).toBeCloseTo(exp(-2 * (rateX + rateZ) * t), 12);
    }
    expect(imported.topology.cutoffS).toBe(1.5);
  });

  test("keeps a qconnection: m and dB/m become km and dB/km, the station stands in the middle", () => {
    const link = imported.topology.links[0] as Link;
    expect(link).toMatchObject({ name: "left-mid-1", armsKm: [4, 4], attenuationDbPerKm: 0.2 });
    const eta = 0.7 * 0.9 * fibreTransmission(4, 0.2, 0);
    const { successProbability, weights } = modelOf(imported.topology, 0);
    expect(successProbability).toBeCloseTo(0.5 * eta * eta, 14);
    expect(weights[0]).toBeCloseTo(0.94, 12);
    for (const error of weights.slice(1)) expect(error).toBeCloseTo(0.02, 12);
    const roundNs = 2 * 40_000 + 20_000 + 20_000;
    expect(link.heralding.periodNs).toBe(Math.ceil(roundNs * (1 + eta - (eta * eta) / 2)));
  });

  test("keeps a station between two quantum channels, with its detectors' dark counts in their window", () => {
    const link = imported.topology.links[1] as Link;
    expect(link).toMatchObject({ name: "mid-1-right", armsKm: [2, 3] });
    expect(link.heralding).toMatchObject({ detectionWindowNs: 1, emissionEfficiency: 0.56 });
    expect((link.heralding as DoubleClickHeralding).darkCountProbability).toBeCloseTo(1e-6, 11);
    expect(link.heralding.periodNs).toBe(2 * 25_000 + 15_000 + 15_000);
  });

  test("warns of everything it leaves out, with its place", () => {
    expect(imported.warnings.map(({ path }) => path).sort()).toEqual(
      ["is_parallel", "nodes[0].seed", "nodes[1].seed", "nodes[2].seed", "nodes[3].seed", "stop_time"].sort(),
    );
    const odd = changed('"is_parallel": false', '"is_parallel": true, "cconnections_table": {"type": "RT"}');
    expect(odd.warnings.map(({ path }) => path)).toContain("cconnections_table");
  });

  test("warns where classical messages are not at the speed of light in the fibre", () => {
    const { warnings } = changed('"delay": 40000000', '"delay": 1000000000');
    expect(warnings.find(({ path }) => path === "cconnections[0]")?.message).toMatch(/^1000000000 ps one way there/);
  });

  test("without decoherence_errors has perfect memories that expire", () => {
    const errors = '"decoherence_errors": [0.2, 0.2, 0.6], ';
    const { topology } = changed(errors, "");
    expect(topology.nodes[0]?.memory).toMatchObject({ t1S: Number.POSITIVE_INFINITY, t2S: Number.POSITIVE_INFINITY });
    expect(topology.cutoffS).toBe(1.5);
  });

  test("with the tool's defaults needs nothing but nodes and connections", () => {
    const nodes = ["a", "b"].map((name) => ({ name, type: "QuantumRouter" }));
    const qconnections = [{ node1: "a", node2: "b", attenuation: 1e-5, distance: 500 }];
    const { topology, warnings } = importTopology(JSON.stringify({ nodes, qconnections }), "star.json");
    const { weights, successProbability } = modelOf(topology, 0);
    expect(weights[0]).toBeCloseTo(0.85, 12);
    expect(successProbability).toBeCloseTo(0.5 * 0.81 * fibreTransmission(0.5, 0.01, 0), 12);
    expect(warnings.map(({ path }) => path)).toEqual(["nodes[0].memo_size", "nodes[1].memo_size", "qconnections[0]"]);
  });

  test("whose ends differ keeps the product of their efficiencies and says so", () => {
    const other = '"template": "router"}';
    const last = sequenceJson.lastIndexOf(other);
    const text = `${sequenceJson.slice(0, last)}"template": "weak"}${sequenceJson.slice(last + other.length)}`;
    const weak = '"weak": {"MemoryArray": {"fidelity": 0.94, "efficiency": 0.35, "coherence_time": 3}},';
    const { topology, warnings } = importTopology(text.replace('"router": {', `${weak}"router": {`), "x.json");
    const eta = 0.8 * 0.8 * 0.7 * 0.35 * fibreTransmission(5, 0.2, 0);
    expect(modelOf(topology, 1).successProbability).toBeCloseTo(0.5 * eta, 5);
    const paths = warnings.map(({ path }) => path);
    expect(paths).toContain("qchannels[0]");
    expect(paths).toContain("nodes");
  });
});

describe("Bad input from SeQUeNCe is refused with the field, the value and what would be right", () => {
  const refusals: readonly (readonly [string, string, string, RegExp])[] = [
    ["an efficiency above 1", '"efficiency": 0.7', '"efficiency": 7', /MemoryArray\.efficiency: 7 is out of range/],
    [
      "a fidelity of a mixed state",
      '"fidelity": 0.94',
      '"fidelity": 0.1',
      /MemoryArray\.fidelity: 0\.1 is out of range/,
    ],
    [
      "shares without the sum 1",
      "[0.2, 0.2, 0.6]",
      "[0.2, 0.2, 0.7]",
      /decoherence_errors: their sum is 1\.1; give the shares/,
    ],
    ["shares that are none", "[0.2, 0.2, 0.6]", "[0.5, 0.5]", /\[0\.5,0\.5\] are not three shares/],
    [
      "a cutoff beyond the coherence time",
      '"cutoff_ratio": 0.5',
      '"cutoff_ratio": 1.5',
      /cutoff_ratio: 1\.5 is out of range/,
    ],
    ["a negative distance", '"distance": 8000', '"distance": -8', /qconnections\[0\]\.distance: -8 is out of range/],
    [
      "a missing attenuation",
      '"attenuation": 0.0002, "distance": 8000',
      '"distance": 8000',
      /attenuation: this field is missing/,
    ],
    ["another kind of connection", '"meet_in_the_middle"', '"meet_at_source"', /type: "meet_at_source" is not known/],
    [
      "an unknown template",
      '"template": "station"',
      '"template": "statoin"',
      /no template "statoin"; did you mean station\?/,
    ],
    [
      "an unknown router",
      '"node1": "left", "node2": "mid_1", "att',
      '"node1": "lef", "node2": "mid_1", "att',
      /unknown router "lef"; did you mean left\?/,
    ],
    [
      "a channel to a router",
      '"destination": "BSM.1", "distance": 2000, "a',
      '"destination": "left", "distance": 2000, "a',
      /"left" is no BSM node/,
    ],
    [
      "a station with one channel",
      '"source": "right"',
      '"source": "mid_1"',
      /2 quantum channels end in "BSM\.1"; a BSM node stands between/,
    ],
    [
      "another kind of node",
      '"type": "QuantumRouter", "seed": 3',
      '"type": "QKDNode", "seed": 3',
      /"QKDNode" cannot be imported/,
    ],
    ["too few memories", '"memo_size": 8', '"memo_size": 1', /memo_size: 1 memories for 2 links; give at least one/],
    [
      "detectors that mostly click in the dark",
      '"dark_count": 1000,',
      '"dark_count": 4e9,',
      /detectors: 2000000500 dark counts/,
    ],
    ["three detectors", '"detectors": [', '"detectors": [{}, ', /3 detectors; give two/],
    [
      "a photon encoding without a model here",
      '"single_heralded"',
      '"absorptive"',
      /encoding_type: "absorptive" is not known/,
    ],
    ["a name given twice", '"name": "right"', '"name": "left"', /name: "left" is given twice/],
  ];

  test.each(refusals)("%s", (_, before, after, message) => {
    expect(() => changed(before, after)).toThrow(message);
    expect(() => changed(before, after)).toThrow(TopologyError);
    expect(() => changed(before, after)).toThrow(/^bad\.json:\d+: /);
  });
});
