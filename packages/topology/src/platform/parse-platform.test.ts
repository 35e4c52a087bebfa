import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { platforms } from "@bellmesh/hardware";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import {
  loadPlatform,
  loadTopology,
  parsePlatform,
  parseTopology,
  platformJsonSchema,
  platformText,
  standaloneTopology,
  TopologyError,
} from "../index.ts";

const examples = fileURLToPath(new URL("../../../../examples/", import.meta.url));
const file = `${examples}platforms/ion-lab.yaml`;
const ionLab = readFileSync(file, "utf8");
const validate = new Ajv({ allErrors: true }).compile(platformJsonSchema());
/** JSON Schema has no infinity. */
const finite = (text: string): unknown => parse(text.replaceAll(".inf", "1e300"));

describe("A platform file", () => {
  test.each([...platforms.values()])("says all of $name that the built-in one says", (platform) => {
    const own = { ...platform, name: `my-${platform.name}` };
    const text = platformText(own);
    expect(parsePlatform(text, "my.yaml")).toEqual(own);
    expect(validate(finite(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  test("is loaded by its path, a built-in platform by its name", () => {
    expect(loadPlatform(file).communication.t2S).toEqual([0.085, { citation: "spin echo, notebook 12, page 40" }]);
    expect(loadPlatform("nv-2019")).toBe(platforms.get("nv-2019"));
    expect(() => loadPlatform("nv-2091")).toThrow(/did you mean nv-20/);
    expect(() => loadPlatform("./nowhere.yaml")).toThrow("./nowhere.yaml: there is no such file");
  });

  test("is described by platform.schema.json; the README says how to write it anew", () => {
    const committed: unknown = JSON.parse(readFileSync(new URL("../../platform.schema.json", import.meta.url), "utf8"));
    expect(committed).toEqual(platformJsonSchema());
    expect(validate(finite(ionLab))).toBe(true);
  });
});

describe("A platform file is refused, naming file, line, field, value and what would be right, when", () => {
  const wrong: readonly (readonly [string, string, string, string])[] = [
    ["a probability is above 1", "p01: 0.001", "p01: 1.2", "p01: 1.2 is out of range; give a number in [0, 1]"],
    ["T2 is above 2·T1", "t1S: .inf", "t1S: 0.01", "communication.t2S: 0.085 s; T2 is at most 2·T1 = 0.02 s"],
    ["a time is negative", "readoutS: 200.0e-6", "readoutS: -1", "readoutS: -1 is out of range"],
    ["a count is no whole number", "count: 2", "count: 1.5", "storage.count: 1.5 is not whole"],
    ["a figure is text", "p10: 0.001", "p10: low", 'p10: "low" is not a number'],
    ["a field is misspelt", "visibility:", "visiblity:", "emission.visiblity: unknown field; did you mean visibility?"],
    ["a figure is missing", "readoutS: 200.0e-6\n", "", "readoutS: this field is missing"],
    ["its scheme is unknown", "scheme: double-click", "scheme: dubble-click", "did you mean double-click?"],
    ["its name is taken", "name: ion-lab", "name: ideal", "name yours otherwise: my-ideal"],
    ["a source is no text", "unconfirmed: true", "unconfirmed: 7", "7 is neither true nor false"],
  ];
  test.each(wrong)("%s", (_, right, mistaken, message) => {
    expect(ionLab).toContain(right);
    const parsing = () => parsePlatform(ionLab.replace(right, mistaken), "lab.yaml");
    expect(parsing).toThrow(TopologyError);
    expect(parsing).toThrow(message);
    expect(parsing).toThrow(/^lab\.yaml:\d+: /);
  });
});

describe("A topology with a platform by its file", () => {
  const source = `${examples}topologies/ion-lab.yaml`;

  test("has the figures of the file, read relative to its own", () => {
    const [alice] = loadTopology(source).nodes;
    expect(alice?.memory.t2S).toBe(0.085);
    expect(alice?.readout.durationNs).toBe(200_000);
  });

  test("is handed on as a text that needs no other file", () => {
    const text = standaloneTopology(source);
    expect(text).not.toContain("../platforms");
    expect(loadTopology(text)).toEqual(loadTopology(source));
    expect(standaloneTopology("line:5")).toBe("line:5");
  });

  test("says that a text has no files beside it", () => {
    const text = readFileSync(source, "utf8");
    expect(() => parseTopology(text, "lab.yaml")).toThrow(/names a file, and there is none here; write its content/);
  });

  test("tells of a mistake in the platform's file by that file's name", () => {
    const beside = () => ({ file: "hardware/lab.yaml", text: ionLab.replace("p01: 0.001", "p01: -1") });
    const parsing = () => parseTopology(readFileSync(source, "utf8"), "lab.yaml", beside);
    expect(parsing).toThrow(/^hardware\/lab\.yaml:\d+: p01: -1 is out of range/);
  });

  test("may have the platform written out at a node", () => {
    const document = parse(readFileSync(source, "utf8")) as { nodes: object[] };
    document.nodes[0] = { name: "alice", platform: { ...(parse(ionLab) as object), p01: 0.25 } };
    const text = stringify(document);
    const beside = () => ({ file, text: ionLab });
    expect(parseTopology(text, "lab.yaml", beside).nodes.map(({ readout }) => readout.p01)).toEqual([
      0.25, 0.001, 0.001,
    ]);
  });
});
