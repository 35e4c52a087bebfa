import type { Command } from "./command.ts";
import { networkReport } from "./network-report.ts";
import { networkText } from "./network-text.ts";
import { nodeOption } from "./node-option.ts";
import { givenTopology, topologyOption, topologyPositional } from "./topology-source.ts";
import { UsageError } from "./usage-error.ts";

const PATHS_DEFAULT = 20;

/** `bellmesh topology show`: the network as a drawing, and what to expect of its links and paths. */
export const topologyShow: Command = {
  name: "topology show",
  summary: "draw a network and predict its links and paths",
  description:
    "Draws a network and lists its nodes, its links and the best path between its end nodes, with the fidelity and\n" +
    "rate that its hardware should give. End nodes are those with one link; where there are none, all nodes.",
  positionals: [topologyPositional],
  options: {
    topology: topologyOption,
    from: { value: "NODE", summary: "only paths from this node" },
    to: { value: "NODE", summary: "only paths to this node" },
    paths: { value: "N", summary: `at most so many paths (${PATHS_DEFAULT})` },
  },
  examples: [
    "bellmesh topology show examples/topologies/alice-repeater-bob.yaml",
    "bellmesh topology show ring:6 --from n0 --to n3",
    "bellmesh topology show grid:3x3 --json",
  ],
  run(given, output) {
    const { topology } = givenTopology(given);
    const [from, to] = [nodeOption(given, topology, "from"), nodeOption(given, topology, "to")];
    if (from !== undefined && from === to) {
      throw new UsageError(`--from and --to both name ${from}`, "name two nodes, or one of them");
    }
    const pathsMax = given.wholeNumber("paths", 1, 1_000_000) ?? PATHS_DEFAULT;
    const report = networkReport(topology, from, to, pathsMax);
    output.result(given.has("json") ? JSON.stringify(report) : networkText(topology, report));
    return 0;
  },
};
