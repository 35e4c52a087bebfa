import { writeFileSync } from "node:fs";
import { stateDump as dumpOf } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { parsePairId } from "@bellmesh/wire";
import type { Command } from "./command.ts";
import { simulate, simulationOptions } from "./simulate.ts";
import { stateSvg } from "./state-dump-svg.ts";
import { stateText } from "./state-dump-text.ts";
import { svgFile } from "./svg-option.ts";
import { UsageError } from "./usage-error.ts";

const { ledger: _ledger, tomography: _tomography, encode: _encode, ...simulationOptionsShown } = simulate.options;

/** `bellmesh state dump`: the density matrix of one pair of a simulation, as nature has it. */
export const stateDump: Command = {
  name: "state dump",
  summary: "show the state of one pair of a simulation, as nature has it",
  description:
    "Runs a simulation, which takes the options of bellmesh simulate, up to the delivery of a pair, and shows the\n" +
    "density matrix of its two qubits at the later of the two deliveries. Nothing in the network ever sees it. A\n" +
    "link pair's id names the pair that its halves end up in; the ledger and the logs have the ids. Exit code 1\n" +
    "when the pair was not delivered, or with --at when it is not held at that instant.",
  positionals: [{ name: "PAIR", summary: "a link pair's id, <link>/<incarnation>/<number>, such as n0-n1/1/7" }],
  options: {
    ...simulationOptionsShown,
    at: { value: "NS", summary: "look at this true instant instead, in nanoseconds of mesh time" },
    svg: { value: "FILE", summary: "draw the matrix into this file as well" },
  },
  examples: [
    "bellmesh state dump n0-n1/1/7 --topology line:3 --pairs 20 --seed 3",
    "bellmesh state dump n0-n1/1/7 --topology line:3 --pairs 20 --seed 3 --at 1080000000 --json",
  ],
  run(given, output) {
    const [pair] = given.positionals;
    if (pair === undefined || !parsePairId(pair)) {
      const problem = pair === undefined ? "no pair is given" : `${JSON.stringify(pair)} is not the id of a link pair`;
      throw new UsageError(problem, "give it as <link>/<incarnation>/<number>, such as n0-n1/1/7");
    }
    const topology = loadTopology(given.requiredText("topology", "name a topology file, or a preset such as line:9"));
    const link = pair.slice(0, pair.indexOf("/"));
    if (!topology.links.some(({ name }) => name === link)) {
      const links = topology.links.map(({ name }) => name).join(", ");
      throw new UsageError(`${topology.name} has no link ${link}`, `it has ${links}`);
    }
    const svg = svgFile(given);
    const atNs = given.wholeNumber("at", 0, Number.MAX_SAFE_INTEGER);
    const state = dumpOf({ ...simulationOptions(given, topology), pair, ...(atNs !== undefined && { atNs }) });
    if (!state) {
      const missing = atNs === undefined ? "was not delivered at both ends" : `is not held at both ends at ${atNs} ns`;
      output.note(`bellmesh: ${pair} ${missing} in this simulation`);
      if (given.has("json")) output.result(JSON.stringify({ pair, held: false }));
      return 1;
    }
    if (svg !== undefined) writeFileSync(svg, stateSvg(state));
    output.result(given.has("json") ? JSON.stringify(state) : stateText(state));
    return 0;
  },
};
