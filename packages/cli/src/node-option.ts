import type { Topology } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import { nodeSuggestion } from "./node-suggestion.ts";
import { UsageError } from "./usage-error.ts";

/** The node an option names; undefined when it was not given. @throws UsageError when there is no such node. */
export function nodeOption(given: Arguments, topology: Topology, option: string): string | undefined {
  const name = given.text(option);
  const names = topology.nodes.map((node) => node.name);
  if (name === undefined || names.includes(name)) return name;
  const problem = `--${option} ${JSON.stringify(name)} is not a node of ${topology.name}`;
  throw new UsageError(problem, nodeSuggestion(name, names));
}
