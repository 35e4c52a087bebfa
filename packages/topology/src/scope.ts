import { deployment } from "./deployment.ts";
import { nodeNamed } from "./lookup.ts";
import type { Topology } from "./topology.ts";

/** The names of everything that a topology deploys. */
export interface Scope {
  readonly nodes: readonly string[];
  readonly links: readonly { readonly name: string; readonly ends: readonly [string, string] }[];
  /** Addresses "<service>/<place>". */
  readonly processes: readonly string[];
  /** Communication slots of a node, per link; 0 for a node that is not there. */
  readonly slotsOf: (node: string) => number;
}

/** What can be named on a network, by whoever aims at a part of it. */
export function scopeOf(topology: Topology): Scope {
  return {
    nodes: topology.nodes.map(({ name }) => name),
    links: topology.links.map(({ name, ends }) => ({ name, ends })),
    processes: deployment(topology).map(({ address }) => address),
    slotsOf: (node) => nodeNamed(topology, node)?.memory.communicationSlots ?? 0,
  };
}
