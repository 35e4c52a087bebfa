import { bestPath, type Topology } from "@bellmesh/topology";

/** Whether the path that the network takes between two nodes lies within these nodes. */
export function staysWithin(
  nodes: readonly string[],
  topology: Topology,
  { from, to }: { readonly from: string; readonly to: string },
): boolean {
  if (!nodes.includes(from) || !nodes.includes(to)) return false;
  const route = bestPath(topology, from, to);
  return !("unreachable" in route || "best" in route) && route.nodes.every((node) => nodes.includes(node));
}
