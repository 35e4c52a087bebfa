import { fibreTransmission, singleClick } from "@bellmesh/hardware";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linkModel } from "../link-model.ts";
import type { Link, Topology } from "../topology.ts";
import { TopologyError } from "../topology-error.ts";
import { type ImportedTopology, importTopology } from "./import-topology.ts";
import { jointDepolarising } from "./squidasm-device.ts";
import { squidasmYaml } from "./test-files.ts";

const imported = importTopology(squidasmYaml, "metro.yaml");

function modelOf(topology: Topology, position = 0) {
  return linkModel(topology, topology.links[position] as Link);
}

/** A network of two nodes and one link of this type and configuration. */
function oneLink(typ: string, configuration: object, device: object = {}): ImportedTopology {
  const node = (name: string) => ({
    name,
    qdevice_typ: "generic",
    qdevice_cfg: { num_qubits: 1, T1: 0, T2: 0, two_qubit_gate_depolar_prob: 0, ...device },
  });
  const links = [{ node1: "A", node2: "B", typ, cfg: configuration }];
  return importTopology(JSON.stringify({ processing_nodes: [node("A"), node("B")], links }), "one.json");
}

describe("A network of SquidASM", () => {
  test("keeps its nodes with times in s and whole ns", () => {
    const [alice, hub, bob] = imported.topology.nodes;
    expect(alice).toEqual({
      name: "alice",
      memory: { t1S: 10, t2S: 1, communicationSlots: 4, attemptDephasing: 0 },
      gates: {
        twoQubitDepolarising: 0.01594,
        twoQubitNs: 80_000,
        oneQubitDepolarising: 0.002,
        oneQubitNs: 500,
        initialDepolarising: 0,
        initialNs: 20_000,
        crosstalkDepolarising: 0,
      },
      readout: { p01: 0, p10: 0, durationNs: 30_000 },
    });
    expect(hub).toMatchObject({ name: "hub-delft", memory: { communicationSlots: 4 } });
    expect(bob).toMatchObject({
      name: "bob",
      memory: { t1S: Number.POSITIVE_INFINITY, t2S: 1.46, communicationSlots: 1 },
      gates: { twoQubitNs: 500_000, oneQubitNs: 5, initialNs: 2000 },
      readout: { p01: 0.05, p10: 0.005, durationNs: 3700 },
    });
  });

  test("keeps a heralded link, its length being the whole fibre with the station in the middle", () => {
    const link = imported.topology.links[0] as Link;
    expect(link).toMatchObject({ name: "alice-hub-delft", armsKm: [5, 5], attenuationDbPerKm: 0.25 });
    expect(link.heralding).toMatchObject({
      emissionEfficiency: 0.72,
      emissionFidelity: 0.97,
      darkCountProbability: 1e-6,
      visibility: 0.9,
      periodNs: 50_000,
    });
    const eta = 0.72 * fibreTransmission(5, 0.25, 0);
    expect(modelOf(imported.topology).successProbability).toBeCloseTo(0.5 * eta * eta, 5);
  });

  test("keeps a depolarising link as it is", () => {
    const { successProbability, weights, periodNs } = modelOf(imported.topology, 1);
    expect(successProbability).toBeCloseTo(0.1, 12);
    expect(weights[0]).toBeCloseTo(0.95, 12);
    for (const error of weights.slice(1)) expect(error).toBeCloseTo(0.05 / 3, 12);
    expect(periodNs).toBe(20_000);
  });

  test("warns of everything it leaves out, with its place and line", () => {
    const warnings = imported.warnings.map(({ path, line, message }) => `${line} ${path}: ${message}`);
    expect(warnings).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\d+ stacks\[1\]\.qdevice_cfg\.num_qubits: 9 qubits for 2 links: each link has 4/),
        expect.stringMatching(/^\d+ stacks\[2\]\.qdevice_cfg\.carbon_T1: 36000000000000: there are no carbon memories/),
        expect.stringMatching(/^\d+ links\[1\]\.cfg\.length: none: 0\.001 km here/),
      ]),
    );
    const line = squidasmYaml.split("\n").findIndex((text) => text.includes("carbon_T1")) + 1;
    expect(imported.warnings.find(({ path }) => path.endsWith("carbon_T1"))?.line).toBe(line);
  });
});

describe("A link of SquidASM", () => {
  test("that depolarises is imported exactly for every fidelity and every success probability", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.26, max: 1, noNaN: true }),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        (fidelity, success) => {
          const { topology } = oneLink("depolarise", { fidelity, prob_success: success, t_cycle: 1000 });
          const { successProbability, weights } = modelOf(topology);
          expect(Math.abs(successProbability / success - 1)).toBeLessThan(1e-12);
          expect(Math.abs(weights[0] - fidelity)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 50, seed: 5 },
    );
  });

  test("that is perfect makes Φ+ at every attempt", () => {
    const perfect = modelOf(oneLink("perfect", { state_delay: 2000, dummy: null }).topology);
    expect(perfect).toMatchObject({ periodNs: 2000, successProbability: 1, weights: [1, 0, 0, 0] });
    expect(perfect.announced.map(({ index }) => index)).toEqual([{ x: false, z: false }]);
  });

  test("with unequal sides keeps the product of both transmissions, and the longer round trip", () => {
    const sides = { length_A: 4, length_B: 10, p_loss_length_A: 0.2, p_loss_length_B: 0.5, p_loss_init_A: 0.5 };
    const emission = { emission_duration: 3500, emission_fidelity: 0.95, collection_efficiency: 0.6 };
    const { topology, warnings } = oneLink("heralded-double-click", { ...sides, speed_of_light: 214_000 }, emission);
    const [etaA, etaB] = [0.5 * 0.6 * fibreTransmission(4, 0.2, 0), 0.6 * fibreTransmission(10, 0.5, 0)];
    expect(modelOf(topology).successProbability).toBeCloseTo(0.5 * etaA * etaB, 12);
    expect(topology.fibreSpeedKmPerS).toBe(214_000);
    expect(topology.links[0]).toMatchObject({ armsKm: [4, 10] });
    expect(modelOf(topology).periodNs).toBe(Math.ceil(20e9 / 214_000 + 3500));
    expect(warnings.map(({ path }) => path)).toEqual(["links[0].cfg", "links[0].cfg.p_loss_length_A"]);
  });

  test("of a single click keeps its populations, phase and double excitation", () => {
    const configuration = { length: 2, p_loss_init: 0.2, alpha: 0.1, p_double_exc: 0.04, p_loss_length: 0.25 };
    const noise = { std_electron_electron_phase_drift: 0.2, visibility: 0.9, dark_count_probability: 1e-6 };
    const { topology, warnings } = oneLink("heralded-single-click", { ...configuration, ...noise });
    expect(warnings).toEqual([]);
    expect(topology.links[0]?.heralding).toMatchObject({
      ...{ scheme: "single-click", alpha: 0.1, phaseStdRad: 0.2, doubleExcitation: 0.04, visibility: 0.9 },
      darkCountProbability: 1e-6,
    });
    const eta = 0.8 * fibreTransmission(1, 0.25, 0);
    const pair = singleClick({
      ...{ alphaA: 0.1, alphaB: 0.1, etaA: eta, etaB: eta, darkCountProbability: 1e-6, visibility: 0.9 },
      ...{ phaseStdRad: 0.2, doubleExcitationA: 0.04, doubleExcitationB: 0.04 },
    });
    expect(modelOf(topology).successProbability).toBeCloseTo(pair.successProbability, 12);
    expect(modelOf(topology).weights[0]).toBeCloseTo(pair.weights[0], 12);
  });

  test("of a single click says what it leaves out, and needs its populations", () => {
    const left = { coherent_phase: 0.3, p_fail_class_corr: 0.01, emission_fidelity: 0.9 };
    const configuration = { length: 2, alpha_A: 0.1, alpha_B: 0.2, ...left };
    const { topology, warnings } = oneLink("heralded-single-click", configuration);
    expect(warnings.map(({ path }) => path.replace("links[0].cfg.", "")).toSorted()).toEqual(
      ["alpha_A", ...Object.keys(left)].toSorted(),
    );
    expect(modelOf(topology).alpha).toBeCloseTo(Math.sqrt(0.02), 12);
    expect(() => oneLink("heralded-single-click", { length: 2 })).toThrow(/cfg\.alpha: this field is missing/);
    expect(() => oneLink("heralded-single-click", { length: 2, alpha: 0.7 })).toThrow(
      /0\.7 is out of range; .*\(0, 0\.5\]/,
    );
  });

  test("keeps counting detectors and modes, and says which figures of its clicks have no counterpart", () => {
    const configuration = { length: 2, num_resolving: true, num_multiplexing_modes: 10, coin_prob_ph_ph: 0.9, foo: 1 };
    const { topology, warnings } = oneLink("heralded", configuration);
    expect(topology.links[0]?.heralding).toMatchObject({ detectors: "photon-number-resolving", modes: 10 });
    const fields = warnings.map(({ path }) => path.replace("links[0].cfg.", ""));
    expect(fields).toEqual(["coin_prob_ph_ph", "foo"]);
  });

  test("of classical messages is compared with the light time of the fibre", () => {
    const clinks = (delay: number) =>
      `clinks: [{stack1: Alice, stack2: Hub (Delft), typ: default, cfg: {delay: ${delay}}}]`;
    const warned = (text: string) =>
      importTopology(`${squidasmYaml}\n${text}`, "x.yaml").warnings.map(({ path }) => path);
    expect(warned(clinks(50_000))).not.toContain("clinks[0]");
    expect(warned(clinks(20))).toContain("clinks[0]");
    expect(warned("clinks: [{stack1: Alice, stack2: Bob, typ: instant}]")).toContain("clinks[0]");
  });
});

describe("SquidASM's depolarising of two qubits one by one", () => {
  test("has the process fidelity of the joint one it becomes", () => {
    for (const p of [0, 1e-3, 0.06, 0.5, 1]) {
      expect(1 - (15 / 16) * jointDepolarising(p)).toBeCloseTo((1 - 0.75 * p) * (1 - 0.75 * p), 14);
    }
  });
});

describe("Bad input from SquidASM is refused with the field, the value and what would be right", () => {
  const refusals: readonly (readonly [string, string, string, RegExp])[] = [
    [
      "a visibility above 1",
      "visibility: 0.9",
      "visibility: 1.2",
      /links\[0\]\.cfg\.visibility: 1\.2 is out of range; .*\[0, 1\]/,
    ],
    [
      "both lengths",
      "length: 10",
      "length: 10\n      length_A: 5",
      /length_A: length is given too; give either length/,
    ],
    ["no length", "      length: 10\n", "", /links\[0\]\.cfg\.length: this field is missing; give the whole fibre/],
    [
      "a loss for both sides and one",
      "p_loss_init: 0.1",
      "p_loss_init: 0.1\n      p_loss_init_B: 0.2",
      /p_loss_init_B: p_loss_init is given too/,
    ],
    ["a certain loss", "p_loss_init: 0.1", "p_loss_init: 1", /p_loss_init: no photon arrives/],
    ["a negative length", "length: 10", "length: -10", /length: -10 is out of range; give a number of km in \[0/],
    ["T2 beyond 2·T1", "T2: 1e9", "T2: 3e10", /T2: T2 of 30 s is more than 2·T1 = 20 s; give T2 of at most twice T1/],
    ["a T2 for ever with a finite T1", "T2: 1e9", "T2: 0", /T2 of no limit \(0\) is more than 2·T1 = 20 s/],
    ["answers that are swapped", "prob_error_1: 0.005", "prob_error_1: 0.99", /prob_error_0 \+ prob_error_1 is 1\.04/],
    [
      "an unknown device",
      "qdevice_typ: nv",
      "qdevice_typ: ion",
      /qdevice_typ: "ion" is not known; give one of generic and nv/,
    ],
    [
      "an unknown link type",
      "typ: depolarise",
      "typ: depolarize",
      /typ: "depolarize" is a link.*did you mean depolarise\?/,
    ],
    ["an unknown node", "stack2: Bob", "stack2: Bobb", /stack2: unknown node "Bobb"; did you mean Bob\?/],
    ["a link to itself", "stack2: Bob", "stack2: Hub (Delft)", /the link joins a node to itself/],
    ["a name given twice", "name: Bob", "name: Alice", /name: "Alice" is given twice/],
    ["a number that is none", "fidelity: 0.95", "fidelity: high", /fidelity: "high" is not a number/],
    [
      "a probability that is missing",
      "      prob_success: 0.1\n",
      "",
      /prob_success: this field is missing; give it as a number in \(0, 1\]/,
    ],
    ["both lists of nodes", "stacks:", "processing_nodes: []\nstacks:", /processing_nodes: stacks is given too/],
  ];

  test.each(refusals)("%s", (_, before, after, message) => {
    expect(squidasmYaml).toContain(before);
    const text = squidasmYaml.replace(before, after);
    expect(() => importTopology(text, "bad.yaml")).toThrow(message);
    expect(() => importTopology(text, "bad.yaml")).toThrow(TopologyError);
    expect(() => importTopology(text, "bad.yaml")).toThrow(/^bad\.yaml:\d+: /);
  });
});
