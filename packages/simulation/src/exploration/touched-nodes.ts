import { kindOf } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { linkNamed, type Topology } from "@bellmesh/topology";

/** Whether a fault can be felt at one of these nodes, or on a link that ends there. */
export function touches(entry: FaultEntry, nodes: readonly string[], topology: Topology): boolean {
  if (isEverywhere(entry)) return true;
  return faultPlaces(entry).some((name) => {
    const place = name.split("/").at(-1) as string;
    if (topology.nodes.some((node) => node.name === place)) return nodes.includes(place);
    // A link is felt at its ends, nature everywhere.
    return linkNamed(topology, place)?.ends.some((end) => nodes.includes(end)) ?? true;
  });
}

/** The places, or the addresses, that a fault names. */
export function faultPlaces({ target }: FaultEntry): readonly string[] {
  const { subject: _, ...named } = target as Readonly<Record<string, string | readonly string[]>>;
  return Object.values(named)
    .flat()
    .filter((place) => place !== "*");
}

/**
 * Messages go through nodes that no one names, and clocks are compared with clocks elsewhere: what strikes one of
 * these may be felt anywhere.
 */
function isEverywhere(entry: FaultEntry): boolean {
  const { target } = entry;
  if (kindOf(entry).family === "clock" || "from" in target || "to" in target) return true;
  return faultPlaces(entry).length === 0;
}
