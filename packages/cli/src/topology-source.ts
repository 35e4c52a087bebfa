import { loadTopology, type Topology } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import type { Option, Positional } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** A topology may be named as the argument or, as in every other command, with --topology. */
export const topologyPositional: Positional = {
  name: "TOPOLOGY",
  summary: "a topology file, or a preset: line:9, ring:6, star:5, grid:3x3",
  isOptional: true,
};

export const topologyOption: Option = { value: "TOPOLOGY", summary: "the same as the argument" };

/** @throws UsageError when it is not named exactly once; TopologyError when it cannot be used. */
export function givenTopology(given: Arguments): { source: string; topology: Topology } {
  const named = [...given.positionals, ...(given.has("topology") ? [given.text("topology") as string] : [])];
  const [source] = named;
  const expected = "name one topology file, or a preset such as line:9";
  if (source === undefined) throw new UsageError("no topology is given", expected);
  if (named.length > 1) throw new UsageError("the topology is given twice", expected);
  return { source, topology: loadTopology(source) };
}
