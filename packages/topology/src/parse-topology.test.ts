import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTopology } from "./parse-topology.ts";
import { TopologyError } from "./topology-error.ts";

const good = `name: test
clock:
  grandmaster: alice
defaults:
  memory: { t1S: 10, t2S: 1 }
  gates: { twoQubitDepolarising: 0.01 }
  readout: { p01: 0.01, p10: 0.01 }
  heralding:
    emissionEfficiency: 0.2
    darkCountProbability: 0
    visibility: 0.9
    periodNs: 100000
nodes:
  - name: alice
  - name: bob
    memory: { t2S: 2 }
links:
  - between: [alice, bob]
    lengthKm: 10
`;

function errorOf(text: string): TopologyError {
  try {
    parseTopology(text, "net.yaml");
  } catch (error) {
    if (error instanceof TopologyError) return error;
    throw error;
  }
  throw new Error("the text was accepted");
}

/** The good text with one piece replaced. */
function changed(from: string, to: string): string {
  if (!good.includes(from)) throw new Error(`${from} is not in the text`);
  return good.replace(from, to);
}

describe("a topology file", () => {
  test("is read with its defaults filled in", () => {
    const topology = parseTopology(good, "net.yaml");
    expect(topology).toMatchObject({
      name: "test",
      fibreSpeedKmPerS: 200_000,
      timeScale: 1,
      cutoffS: undefined,
      clock: { grandmaster: "alice", preset: "white-rabbit", stampJitterPs: 20 },
    });
    expect(topology.nodes[1]).toEqual({
      name: "bob",
      memory: { t1S: 10, t2S: 2, communicationSlots: 4, attemptDephasing: 0 },
      gates: {
        twoQubitDepolarising: 0.01,
        twoQubitNs: 1000,
        oneQubitDepolarising: 0,
        oneQubitNs: 100,
        initialDepolarising: 0,
        initialNs: 0,
        crosstalkDepolarising: 0,
      },
      readout: { p01: 0.01, p10: 0.01, durationNs: 1000 },
    });
    expect(topology.links[0]).toMatchObject({
      name: "alice-bob",
      ends: ["alice", "bob"],
      armsKm: [5, 5],
      attenuationDbPerKm: 0.2,
      heralding: { scheme: "double-click", emissionFidelity: 1, visibility: 0.9 },
    });
  });

  test("may place the station off the middle in two ways", () => {
    const arms = (text: string) => parseTopology(text, "net.yaml").links[0]?.armsKm;
    expect(arms(changed("lengthKm: 10", "lengthKm: 10\n    midpoint: 0.25"))).toEqual([2.5, 7.5]);
    expect(arms(changed("lengthKm: 10", "armsKm: [2.5, 7.5]"))).toEqual([2.5, 7.5]);
  });

  test("may give T1 and T2 without end, override a clock preset, set a cutoff and use anchors", () => {
    const text = good
      .replace("t1S: 10, t2S: 1", "t1S: .inf, t2S: .inf")
      .replace("  grandmaster: alice", "  preset: ptp-hardware\n  stampJitterPs: 8000")
      .replace("name: test", "name: test\ncutoffMs: 20")
      .replace("  - name: alice", "  - name: alice\n    readout: &good { p01: 0, p10: 0 }")
      .replace("  - name: bob", "  - name: bob\n    readout: *good");
    const topology = parseTopology(text, "net.yaml");
    expect(topology.nodes[0]?.memory.t1S).toBe(Number.POSITIVE_INFINITY);
    expect(topology.clock).toMatchObject({ grandmaster: "alice", stampJitterPs: 8000, driftPpb: 2000 });
    expect(topology.cutoffS).toBe(0.02);
    expect(topology.nodes[1]?.readout.p01).toBe(0);
  });

  test("may be JSON", () => {
    const parsed = parseTopology(good, "net.yaml");
    expect(parseTopology(JSON.stringify(toFile(parsed)), "net.json")).toEqual(parsed);
  });
});

/** A topology written out in full. */
function toFile({ cutoffS, ...topology }: ReturnType<typeof parseTopology>) {
  return {
    ...topology,
    ...(cutoffS !== undefined && { cutoffMs: cutoffS * 1000 }),
    links: topology.links.map(({ ends, ...link }) => ({ ...link, between: ends })),
  };
}

/** What is changed in the good text, the place the error must name, what it must say, and the line. */
const mistakes: readonly [string, string, string, string, RegExp, number?][] = [
  [
    "an unknown node in a link",
    "[alice, bob]",
    "[alice, bobb]",
    "links[0].between[1]",
    /unknown node "bobb"; did you mean bob\?/,
    18,
  ],
  ["a self-link", "[alice, bob]", "[alice, alice]", "links[0].between", /joins "alice" to itself/, 18],
  ["three ends", "[alice, bob]", "[alice, bob, bob]", "links[0].between", /3 items; give two nodes/],
  [
    "a negative length",
    "lengthKm: 10",
    "lengthKm: -10",
    "links[0].lengthKm",
    /-10 is out of range; give a number of km above 0/,
    19,
  ],
  ["a length of zero", "lengthKm: 10", "lengthKm: 0", "links[0].lengthKm", /above 0/],
  ["a length that is not finite", "lengthKm: 10", "lengthKm: .inf", "links[0].lengthKm", /not finite/],
  ["a length that is no number", "lengthKm: 10", "lengthKm: .nan", "links[0].lengthKm", /not finite/],
  ["a length in words", "lengthKm: 10", "lengthKm: ten", "links[0].lengthKm", /"ten" is not a number/],
  [
    "a length and arms",
    "lengthKm: 10",
    "lengthKm: 10\n    armsKm: [5, 5]",
    "links[0].lengthKm",
    /either lengthKm .* or armsKm/,
  ],
  [
    "arms and a midpoint",
    "lengthKm: 10",
    "armsKm: [5, 5]\n    midpoint: 0.5",
    "links[0].midpoint",
    /either lengthKm .* or armsKm/,
  ],
  ["no length at all", "\n    lengthKm: 10", "", "links[0].lengthKm", /missing; .* or armsKm/, 18],
  ["one arm", "lengthKm: 10", "armsKm: [5]", "links[0].armsKm", /1 items; give two numbers/],
  ["a negative arm", "lengthKm: 10", "armsKm: [5, -5]", "links[0].armsKm[1]", /out of range/],
  ["a midpoint at an end", "lengthKm: 10", "lengthKm: 10\n    midpoint: 1", "links[0].midpoint", /in \(0, 1\)/],
  ["T2 above 2·T1", "t2S: 2", "t2S: 21", "nodes[1].memory.t2S", /T2 = 21 s is more than 2·T1 = 20 s/, 16],
  ["T2 above 2·T1 in the defaults", "t1S: 10, t2S: 1", "t1S: 1, t2S: 2.5", "defaults.memory.t2S", /at most 2·T1/, 5],
  ["a default that makes T2 too long", "{ t2S: 2 }", "{ t1S: 0.1 }", "nodes[1].memory.t1S", /T2 = 1 s is more than/],
  ["two nodes of one name", "name: bob", "name: alice", "nodes[1].name", /earlier node/, 15],
  [
    "two links of one name",
    "    lengthKm: 10\n",
    "    lengthKm: 10\n  - { between: [alice, bob], lengthKm: 9 }\n",
    "links[1]",
    /already a link named "alice-bob"; .*alice-bob-2/,
    20,
  ],
  ["a link named as a node", "lengthKm: 10", "lengthKm: 10\n    name: bob", "links[0].name", /a node's name/],
  ["the name of nature", "name: bob", "name: nature", "nodes[1].name", /reserved/],
  ["the name of the collector", "name: bob", "name: collector", "nodes[1].name", /reserved/],
  ["the name of who looks on", "name: bob", "name: observer", "nodes[1].name", /reserved/],
  ["a name that is no token", "name: bob", "name: Bob", "nodes[1].name", /lower-case letters, digits and hyphens/],
  ["a name that is a number", "name: bob", "name: 7", "nodes[1].name", /7 is not text/],
  ["no name", "name: test\n", "", "name", /missing; give a name/],
  ["a missing node name", "  - name: alice", "  - {}", "nodes[0].name", /missing/],
  [
    "a missing field of the hardware",
    "t1S: 10, ",
    "",
    "nodes[0].memory.t1S",
    /missing; give it here or as defaults\.memory\.t1S/,
  ],
  [
    "an unknown field",
    "lengthKm: 10",
    "lenghtKm: 10",
    "links[0].lenghtKm",
    /unknown field; did you mean lengthKm\?/,
    19,
  ],
  [
    "an unknown field at the top",
    "name: test",
    "name: test\nfrobnicate: 1",
    "frobnicate",
    /known here: name, fibreSpeedKmPerS/,
    2,
  ],
  ["an unknown unit", "periodNs: 100000", "periodUs: 100", "defaults.heralding.periodUs", /did you mean periodNs\?/],
  ["a probability above 1", "visibility: 0.9", "visibility: 1.1", "defaults.heralding.visibility", /in \[0, 1\]/, 11],
  ["a negative probability", "p01: 0.01", "p01: -0.01", "defaults.readout.p01", /in \[0, 1\]/],
  [
    "a readout that lies more than it tells",
    "p01: 0.01, p10: 0.01",
    "p01: 0.9, p10: 0.2",
    "nodes[0].readout.p01",
    /at most 1/,
  ],
  [
    "no efficiency",
    "emissionEfficiency: 0.2",
    "emissionEfficiency: 0",
    "defaults.heralding.emissionEfficiency",
    /in \(0, 1\]/,
  ],
  [
    "a grandmaster that is no node",
    "grandmaster: alice",
    "grandmaster: carol",
    "clock.grandmaster",
    /"carol" is not a node; the nodes are alice and bob/,
    3,
  ],
  [
    "an unknown clock preset",
    "grandmaster: alice",
    "preset: white-rabit",
    "clock.preset",
    /did you mean white-rabbit\?/,
  ],
  [
    "an unknown scheme",
    "periodNs: 100000",
    "periodNs: 100000\n    scheme: triple-click",
    "defaults.heralding.scheme",
    /did you mean single-click\?/,
  ],
  [
    "a period shorter than the round trip",
    "periodNs: 100000",
    "periodNs: 49999",
    "links[0].heralding.periodNs",
    /round trip of the longer arm, 50000 ns; give at least 50000/,
  ],
  [
    "a window longer than the period",
    "periodNs: 100000",
    "periodNs: 100000\n    detectionWindowNs: 100001",
    "links[0].heralding.detectionWindowNs",
    /at most the period/,
  ],
  ["a period that is not whole", "periodNs: 100000", "periodNs: 100000.5", "defaults.heralding.periodNs", /not whole/],
  [
    "a hopeless link",
    "lengthKm: 10",
    "armsKm: [800, 800]\n    heralding: { periodNs: 8000000 }",
    "links[0]",
    /hardly any photon/,
  ],
  [
    "an empty list of nodes",
    "nodes:\n  - name: alice\n  - name: bob\n    memory: { t2S: 2 }",
    "nodes: []",
    "nodes",
    /there are no nodes/,
  ],
  [
    "nodes that are no list",
    "nodes:\n  - name: alice\n  - name: bob\n    memory: { t2S: 2 }",
    "nodes: alice",
    "nodes",
    /"alice" is not a list/,
  ],
  [
    "a node that is no mapping",
    "- name: alice",
    "- alice",
    "nodes[0]",
    /"alice" is not a mapping; give a mapping with name, platform/,
  ],
  ["an empty list item", "- name: alice", "-", "nodes[0]", /an empty value is not a mapping/],
  ["a section without content", "clock:\n  grandmaster: alice", "clock:", "clock", /an empty value is not a mapping/],
  ["no links", "links:\n  - between: [alice, bob]\n    lengthKm: 10\n", "", "links", /missing; give a list of links/],
  ["no slots", "t2S: 2", "communicationSlots: 0", "nodes[1].memory.communicationSlots", /whole number in \[1, 1024\]/],
  ["a text for a number", "p01: 0.01", 'p01: "0.01"', "defaults.readout.p01", /"0.01" is not a number/],
  ["a field given twice", "lengthKm: 10", "lengthKm: 10\n    lengthKm: 11", "links[0].lengthKm", /given twice/, 20],
];

describe("a mistake is refused with its file, place and remedy:", () => {
  test.each(mistakes)("%s", (_, from, to, path, message, line) => {
    const error = errorOf(changed(from, to));
    expect(error.path).toBe(path);
    expect(error.file).toMatch(/^net\.yaml/);
    expect(error.message).toMatch(/^net\.yaml:\d+: .+: .+; .+$/);
    expect(error.message).toMatch(message);
    if (line !== undefined) expect(error.line).toBe(line);
  });

  test("broken syntax names the line", () => {
    expect(errorOf(changed("[alice, bob]", "[alice, bob")).message).toMatch(/^net\.yaml:1[89]: .*not valid YAML: /);
    expect(errorOf("\tname: x").message).toMatch(/^net\.yaml:1: not valid YAML/);
  });

  test("an empty file, a list, a second document, a missing anchor", () => {
    expect(errorOf("").message).toMatch(/an empty value is not a mapping/);
    expect(errorOf("- a").message).toMatch(/a list is not a mapping/);
    expect(errorOf(`${good}---\n${good}`).message).toMatch(/not valid YAML/);
    expect(errorOf(changed("name: bob", "name: *bob")).message).toMatch(/alias/);
  });

  test("aliases of aliases of aliases do not exhaust the memory", () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`,
    );
    expect(errorOf(`a0: &a0 x\n${levels.join("\n")}\n`).message).toMatch(/alias/);
  });

  test("nesting without end", () => {
    expect(errorOf(`name: ${"[".repeat(100_000)}`)).toBeInstanceOf(TopologyError);
  });

  test("a key named __proto__", () => {
    expect(errorOf(changed("name: test", "name: test\n__proto__: { x: 1 }")).message).toMatch(/unknown field/);
  });

  test("whatever a value is replaced by, the outcome is a topology or a TopologyError", () => {
    const values = good.match(/(?<=: )[^\s{[][^\n,}\]]*/g) ?? [];
    fc.assert(
      fc.property(fc.constantFrom(...values), fc.jsonValue(), (value, replacement) => {
        try {
          parseTopology(changed(`: ${value}`, `: ${JSON.stringify(replacement)}`), "net.yaml");
        } catch (error) {
          expect(error).toBeInstanceOf(TopologyError);
        }
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});
