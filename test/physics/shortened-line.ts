import { readFileSync } from "node:fs";
import { parseTopology, type Topology } from "@bellmesh/topology";
import { parse, stringify } from "yaml";
import { topologyFile } from "./line-parameters.ts";

/** The first nodes of an example line, n0 to n<nodes − 1>. */
export function shortenedLine(name: string, nodes: number): Topology {
  const file = topologyFile(name);
  const document = parse(readFileSync(file, "utf8")) as { nodes: unknown[]; links: unknown[] };
  if (document.nodes.length < nodes) throw new RangeError(`${name} has no ${nodes} nodes`);
  const shorter = { ...document, nodes: document.nodes.slice(0, nodes), links: document.links.slice(0, nodes - 1) };
  return parseTopology(stringify(shorter), file);
}
