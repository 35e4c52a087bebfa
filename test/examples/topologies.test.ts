import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { objections, simulate } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../examples/topologies/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

describe("Every example topology", () => {
  test.each(files)("%s delivers pairs between its first and last node", (file) => {
    const topology = loadTopology(`${folder}${file}`);
    const [first, last] = [topology.nodes[0]?.name as string, topology.nodes.at(-1)?.name as string];
    const report = simulate({ topology, from: first, to: last, pairs: 12, seed: 5 });
    expect(report).toMatchObject({ requested: 12, delivered: 12, failed: {}, ledger: { violations: 0 } });
    expect(objections(report.verdicts)).toEqual([]);
    expect(report.fidelity.true).toBeGreaterThan(0.5);
  });

  test.each(["line:4", "ring:5", "star:4", "grid:2x3"])("and the preset %s does too", (preset) => {
    const topology = loadTopology(preset);
    const [first, last] = [topology.nodes[0]?.name as string, topology.nodes.at(-1)?.name as string];
    const report = simulate({ topology, from: first, to: last, pairs: 12, seed: 6 });
    expect(report).toMatchObject({ delivered: 12, ledger: { violations: 0 } });
  });
});
