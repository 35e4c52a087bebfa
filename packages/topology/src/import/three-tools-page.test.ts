import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { linkModel } from "../link-model.ts";
import { parseTopology } from "../parse-topology.ts";
import { bellMeasurementDecayOf, predict } from "../prediction.ts";
import type { Link, Topology, TopologyNode } from "../topology.ts";
import { importTopology } from "./import-topology.ts";

const page = readFileSync(new URL("../../../../docs/the-same-network-in-three-tools.md", import.meta.url), "utf8");

/** The block of this language under this heading. */
function block(heading: string, language: string): string {
  const found = new RegExp(`\n## ${heading}\n[^#]*?\n\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(page)?.[1];
  if (found === undefined) throw new Error(`the page has no ${language} under ${heading}`);
  return found;
}

const bellmesh = parseTopology(block("bellmesh", "yaml"), "three-tools.yaml");
const squidasm = importTopology(block("SquidASM", "yaml"), "three-tools.yaml");
const sequence = importTopology(block("SeQUeNCe", "json"), "three-tools.json");
const columns = [bellmesh, squidasm.topology, sequence.topology] as const;

/** A row of the page's table of figures, as its cells. */
function row(title: string): readonly string[] {
  const line = page.split("\n").find((text) => text.startsWith(`| ${title} |`));
  return (line ?? "")
    .split("|")
    .slice(2, 5)
    .map((cell) => cell.trim());
}

function modelsOf(topology: Topology) {
  return topology.links.map((link) => linkModel(topology, link));
}

const path = ["alice", "repeater", "bob"];

describe("The page with the same network in three tools", () => {
  test("has a network of SquidASM whose import is the one of bellmesh, number for number", () => {
    expect(squidasm.topology).toEqual(bellmesh);
    expect(squidasm.warnings).toEqual([]);
  });

  test("has a topology of SeQUeNCe whose import makes the same pairs with the same probability", () => {
    for (const [position, model] of modelsOf(sequence.topology).entries()) {
      const own = linkModel(bellmesh, bellmesh.links[position] as Link);
      expect(model.successProbability).toBeCloseTo(own.successProbability, 13);
      for (const [k, weight] of model.weights.entries()) expect(weight).toBeCloseTo(own.weights[k] as number, 13);
    }
    for (const [position, node] of sequence.topology.nodes.entries()) {
      const own = bellmesh.nodes[position] as TopologyNode;
      expect(node.name).toBe(own.name);
      expect(node.memory.t1S).toBeCloseTo(own.memory.t1S, 12);
      expect(node.memory.t2S).toBeCloseTo(own.memory.t2S, 12);
      expect(node.memory.communicationSlots).toBe(own.memory.communicationSlots);
      expect(bellMeasurementDecayOf(node).x).toBeCloseTo(bellMeasurementDecayOf(own).x, 12);
    }
    const left = sequence.warnings.map(({ path: place }) => place);
    expect(left).toEqual(["is_parallel", "formalism", "nodes[0].seed", "nodes[1].seed", "nodes[2].seed"]);
  });

  test("says where the two agree and where they do not, in figures that hold", () => {
    const models = columns.map((topology) => modelsOf(topology)[0] as ReturnType<typeof linkModel>);
    const predicted = columns.map((topology) => predict(topology, path));
    expect(row("link: success probability of an attempt")).toEqual(
      models.map(({ successProbability }) => successProbability.toFixed(6)),
    );
    expect(row("link: fidelity of a fresh pair")).toEqual(models.map(({ weights }) => weights[0].toFixed(6)));
    expect(row("link: time of an attempt")).toEqual(models.map(({ periodNs }) => `${(periodNs / 1000).toFixed(3)} µs`));
    expect(row("repeater: what its gate leaves of a pair")).toEqual(
      columns.map(({ nodes }) => bellMeasurementDecayOf(nodes[1] as TopologyNode).x.toFixed(5)),
    );
    expect(row("path: predicted fidelity")).toEqual(predicted.map(({ fidelity }) => fidelity.toFixed(4)));
    expect(row("path: predicted rate")).toEqual(
      predicted.map(({ pairsPerSecond }) => `${pairsPerSecond.toFixed(0)} pairs/s`),
    );
    expect(row("cutoff")).toEqual(
      columns.map(({ cutoffS }) => (cutoffS === undefined ? "none" : `${(1000 * cutoffS).toFixed(2)} ms`)),
    );
  });
});
