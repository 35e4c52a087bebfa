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
    expect(() => importTopology("- 1", "x.yaml")).toThrow(/a list is not a mapping/);
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

  test("lets no name of the source end a comment of the text", () => {
    const name = JSON.stringify("x\nname: stolen\u2028\r");
    const text = squidasmYaml.replaceAll("Hub (Delft)", name);
    const imported = importTopology(text, 'a"\nlinks: []\n.yaml');
    expect(imported.topology.nodes.map((node) => node.name)).toEqual(["alice", "x-name-stolen", "bob"]);
    expect(imported.topology.links).toHaveLength(2);
  });
});
