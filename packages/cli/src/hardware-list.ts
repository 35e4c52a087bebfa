import { platforms } from "@bellmesh/hardware";
import type { Command } from "./command.ts";
import { table } from "./table.ts";

/** `bellmesh hardware list`: the platforms a topology may name. */
export const hardwareList: Command = {
  name: "hardware list",
  summary: "name the hardware platforms",
  description: "Names the hardware platforms that a topology may give as `platform`.",
  positionals: [],
  options: {},
  examples: ["bellmesh hardware list", "bellmesh hardware list --json"],
  run(given, output) {
    const rows = [...platforms.values()].map(({ name, title, emission }) => ({ name, title, scheme: emission.scheme }));
    if (given.has("json")) output.result(JSON.stringify(rows));
    else output.result(table([["platform", "what", "heralded by"], ...rows.map((row) => Object.values(row))]));
    return 0;
  },
};
