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
  if ("process" in target) return [target.process];
  if ("place" in target) return target.place === "*" ? [] : [target.place];
  if ("link" in target) return [target.link];
  if ("a" in target) return [target.a, target.b].flatMap((side) => (side === "*" ? [] : side));
  return [target.from, target.to].filter((place) => place !== undefined && place !== "*") as string[];
}

/** Messages go through nodes that no one names; what strikes them may be felt anywhere. */
function isEverywhere({ target }: FaultEntry): boolean {
  if ("process" in target || "link" in target || "a" in target) return false;
  return !("place" in target) || target.place === "*";
}
