import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { linkModel } from "./link-model.ts";
import { loadTopology } from "./load-topology.ts";
import { linksOf } from "./lookup.ts";
import { TopologyError } from "./topology-error.ts";

const examples = fileURLToPath(new URL("../../../examples/topologies", import.meta.url));
const example = (name: string) => loadTopology(`${examples}/${name}.yaml`);

describe("the example topologies", () => {
  test.each(readdirSync(examples))("%s is valid", (file) => {
    expect(loadTopology(`${examples}/${file}`).name).toBe(file.replace(".yaml", ""));
  });

  test.each(["bench-line-3", "bench-line-5", "bench-line-9", "bench-line-33"])("%s succeeds with p = 0.01", (name) => {
    const topology = example(name);
    for (const link of topology.links) {
      const { successProbability, periodNs } = linkModel(topology, link);
      expect(Math.abs(successProbability - 0.01)).toBeLessThan(1e-6);
      expect(periodNs).toBe(100_000);
    }
  });

  test("the bench lines are the presets under another name", () => {
    for (const size of [3, 5, 9]) {
      expect(example(`bench-line-${size}`)).toEqual({ ...loadTopology(`line:${size}`), name: `bench-line-${size}` });
    }
  });
});

describe("a topology given as text", () => {
  test("is that of the file with this text", () => {
    const text = readFileSync(`${examples}/alice-repeater-bob.yaml`, "utf8");
    expect(loadTopology(text)).toEqual(example("alice-repeater-bob"));
  });

  test("is refused with the line of the mistake", () => {
    expect(() => loadTopology("name: lab\nnodes: [{name: Alice}]\nlinks: []\n")).toThrow(/\(given as text\):2/);
  });
});

describe("a preset", () => {
  const shape = (source: string) => {
    const topology = loadTopology(source);
    return { nodes: topology.nodes.map((node) => node.name), links: topology.links.map((link) => link.ends.join(" ")) };
  };

  test("is a line, a ring, a star or a grid", () => {
    expect(shape("line:3")).toEqual({ nodes: ["n0", "n1", "n2"], links: ["n0 n1", "n1 n2"] });
    expect(shape("ring:3")).toEqual({ nodes: ["n0", "n1", "n2"], links: ["n0 n1", "n1 n2", "n2 n0"] });
    expect(shape("star:3")).toEqual({ nodes: ["n0", "n1", "n2"], links: ["n0 n1", "n0 n2"] });
    expect(shape("grid:2x2")).toEqual({
      nodes: ["n0-0", "n0-1", "n1-0", "n1-1"],
      links: ["n0-0 n0-1", "n0-0 n1-0", "n0-1 n1-1", "n1-0 n1-1"],
    });
    expect(linksOf(loadTopology("grid:3x4"), "n1-1")).toHaveLength(4);
  });

  test.each([
    ["line:1", /from 2 to 10000/],
    ["line:0x3", /is not a size/],
    ["line:", /is not a size/],
    ["ring:2", /from 3 to/],
    ["line:1000000000", /is not a size/],
    ["grid:3", /as in grid:3x3/],
    ["grid:1000x1000", /is not a size/],
    ["lime:3", /no such preset; did you mean line:3\?/],
  ])("%s is refused", (source, message) => {
    expect(() => loadTopology(source)).toThrow(message);
    expect(() => loadTopology(source)).toThrow(TopologyError);
  });
});

test("a file that cannot be read is refused by its name", () => {
  expect(() => loadTopology("nowhere/net.yaml")).toThrow(
    /^nowhere\/net\.yaml: there is no such file; give a topology file/,
  );
  expect(() => loadTopology(examples)).toThrow(/this is a directory/);
});
