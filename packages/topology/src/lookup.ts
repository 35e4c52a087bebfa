import type { Link, Topology, TopologyNode } from "./topology.ts";

interface Index {
  readonly nodes: ReadonlyMap<string, TopologyNode>;
  readonly links: ReadonlyMap<string, Link>;
  readonly linksOf: ReadonlyMap<string, readonly Link[]>;
}

const indices = new WeakMap<Topology, Index>();

/** The node of this name. */
export function nodeNamed(topology: Topology, name: string): TopologyNode | undefined {
  return indexOf(topology).nodes.get(name);
}

/** The link of this name. */
export function linkNamed(topology: Topology, name: string): Link | undefined {
  return indexOf(topology).links.get(name);
}

/** The links of a node in the order of the file; none for an unknown node. */
export function linksOf(topology: Topology, node: string): readonly Link[] {
  return indexOf(topology).linksOf.get(node) ?? [];
}

/** Fibre from one end of the link to the other. */
export function lengthKm(link: Link): number {
  return link.armsKm[0] + link.armsKm[1];
}

/** The other end of a link. */
export function farEnd(link: Link, node: string): string {
  return link.ends[0] === node ? link.ends[1] : link.ends[0];
}

function indexOf(topology: Topology): Index {
  let index = indices.get(topology);
  if (index === undefined) {
    const linksOfNode = new Map<string, Link[]>(topology.nodes.map((node) => [node.name, []]));
    for (const link of topology.links) for (const end of link.ends) linksOfNode.get(end)?.push(link);
    index = {
      nodes: new Map(topology.nodes.map((node) => [node.name, node])),
      links: new Map(topology.links.map((link) => [link.name, link])),
      linksOf: linksOfNode,
    };
    indices.set(topology, index);
  }
  return index;
}
