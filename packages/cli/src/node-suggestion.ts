import { nearest } from "@bellmesh/topology";

/** What to say to somebody who named a node that is not there. */
export function nodeSuggestion(name: string, nodes: readonly string[]): string {
  const near = nearest(name, nodes);
  if (near !== undefined) return `did you mean ${near}?`;
  return nodes.length <= 12 ? `the nodes are ${nodes.join(", ")}` : "see bellmesh topology show for its nodes";
}
