import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTopology } from "../parse-topology.ts";
import { TopologyError } from "../topology-error.ts";
import { importTopology } from "./import-topology.ts";
import { sequenceJson, squidasmYaml } from "./test-files.ts";

describe("importTopology", () => {
  test.each([
    ["squidasm", squidasmYaml, "metro.yaml"],
    ["sequence", sequenceJson, "metro.json"],
  ] as const)("knows a network of %s by its fields and makes a topology file of it", (tool, text, file) => {
    const imported = importTopology(text, file);
    expect(imported.tool).toBe(tool);
    expect(parseTopology(imported.text, "imported.yaml")).toEqual(imported.topology);
    expect(imported.topology).toMatchObject({ name: "metro", clock: { preset: "perfect" } });
    expect(imported.text).toMatch(/^# Imported from "metro\.\w+", a network of S/);
  });

  test("says what it takes when a file is of no known tool", () => {
    expect(() => importTopology("a: 1", "x.yaml")).toThrow(TopologyError);
    expect(() => importTopology("a: 1", "x.yaml")).toThrow(/network of no tool.*--from squidasm/);
    expect(() => importTopology("- 1", "x.yaml")).toThrow(/a list is not a mapping; give fields with their values/);
    expect(() => importTopology("", "x.yaml")).toThrow(/^x\.yaml: an empty value is not a mapping/);
    expect(() => importTopology("{", "x.json")).toThrow(/x\.json:1: not valid YAML/);
  });

  test("follows the tool that is named, whatever the file looks like", () => {
    expect(() => importTopology(sequenceJson, "x.json", "squidasm")).toThrow(/there are no nodes; give stacks/);
  });

  test("lists every warning in the text too", () => {
    const { text, warnings } = importTopology(sequenceJson, "x.json");
    const words = text.replace(/\n# +/g, " ");
    for (const { path, message } of warnings) expect(words).toContain(`${path}: ${message}`);
  });

  test("refuses anchors that contain themselves and merges of what is no mapping", () => {
    const circle = `loop: &loop {again: *loop}\n${squidasmYaml}`;
    expect(() => importTopology(circle, "x.yaml")).toThrow(/^x\.yaml:1: loop\.again: this anchor contains itself/);
    expect(() => importTopology(circle, "x.yaml")).toThrow(TopologyError);
    expect(() => importTopology(`${squidasmYaml}<<: 7\n`, "x.yaml")).toThrow(/<<: 7 is not a mapping; merge a mapping/);
  });

  test("lists fields with odd names as it lists others", () => {
    const odd = sequenceJson.replace('"is_parallel"', '"__proto__": {"x": 1}, "constructor": 4, "is_parallel"');
    const paths = importTopology(odd, "x.json").warnings.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["__proto__", "constructor"]));
  });

  test("leaves the homes of anchors out of the warnings, for they are read where they are used", () => {
    const { warnings } = importTopology(`unused: {a: 1}\n${squidasmYaml}`, "x.yaml");
    const paths = warnings.map(({ path }) => path);
    expect(paths).toContain("unused");
    expect(paths).not.toContain("device");
  });

  test("refuses in the source's name what only the finished topology shows", () => {
    const far = squidasmYaml
      .replace("dark_count_probability: 1.0e-6", "dark_count_probability: 0")
      .replace("length: 10", "length: 2000");
    expect(() => importTopology(far, "far.yaml")).toThrow(
      /^far\.yaml: as a topology file it would be refused: links\[0\]: hardly any photon .*; shorten the link/,
    );
  });

  test.each([
    ["squidasm", squidasmYaml],
    ["sequence", sequenceJson],
  ] as const)("makes of any value in a network of %s a topology or a TopologyError", (tool, text) => {
    const values = [...text.matchAll(/(?<=[:[,] )[\w.]+(?=[,\]}\n])/g)];
    const odd = fc.oneof(fc.double(), fc.integer(), fc.constantFrom("", "null", "[]", "{}", "x", "-1", "true", ".inf"));
    fc.assert(
      fc.property(fc.nat(values.length - 1), odd, (position, value) => {
        const { index, 0: before } = values[position] as RegExpExecArray;
        const changed = text.slice(0, index) + String(value) + text.slice(index + before.length);
        try {
          importTopology(changed, "x", tool);
        } catch (error) {
          expect(error).toBeInstanceOf(TopologyError);
        }
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  test("lets no name of the source end a comment of the text", () => {
    const name = JSON.stringify("x\nname: stolen\u2028\r");
    const text = squidasmYaml.replaceAll("Hub (Delft)", name);
    const imported = importTopology(text, 'a"\nlinks: []\n.yaml');
    expect(imported.topology.nodes.map((node) => node.name)).toEqual(["alice", "x-name-stolen", "bob"]);
    expect(imported.topology.links).toHaveLength(2);
  });
});
