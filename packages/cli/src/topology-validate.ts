import type { Command } from "./command.ts";
import { count } from "./table.ts";
import { givenTopology, topologyOption, topologyPositional } from "./topology-source.ts";

/** `bellmesh topology validate`: whether a file can be used; the first mistake when it cannot. */
export const topologyValidate: Command = {
  name: "topology validate",
  summary: "check a topology file",
  description:
    "Checks a topology file. The first mistake is reported with its file, line, path and remedy, and exit code 2.",
  positionals: [topologyPositional],
  options: { topology: topologyOption },
  examples: [
    "bellmesh topology validate examples/topologies/alice-repeater-bob.yaml",
    "bellmesh topology validate grid:3x3 --json",
  ],
  run(given, output) {
    const { source, topology } = givenTopology(given);
    const counts = { nodes: topology.nodes.length, links: topology.links.length };
    if (given.has("json")) output.result(JSON.stringify({ valid: true, file: source, name: topology.name, ...counts }));
    else
      output.result(
        `${source}: valid; ${topology.name} has ${count(counts.nodes, "node")} and ${count(counts.links, "link")}`,
      );
    return 0;
  },
};
