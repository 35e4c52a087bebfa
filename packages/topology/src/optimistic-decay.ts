import type { PauliEigenvalues } from "@bellmesh/bell";
import { farEnd, linksOf } from "./lookup.ts";
import { bellMeasurementDecayOf, existingNode, heraldedDecay } from "./prediction.ts";
import { PriorityQueue } from "./priority-queue.ts";
import type { Link, Topology, TopologyNode } from "./topology.ts";

type Axis = "x" | "y" | "z";

/**
 * For every node joined to `target`: how much of each Pauli eigenvalue is left at best on the way there, the node's
 * own Bell measurement counted and no repeater ever waiting. The three may come from three different paths, so the
 * result bounds every real one from above.
 */
export function optimisticDecays(topology: Topology, target: string): ReadonlyMap<string, PauliEigenvalues> {
  const x = bestProducts(topology, target, "x");
  const y = bestProducts(topology, target, "y");
  const z = bestProducts(topology, target, "z");
  const decays = new Map<string, PauliEigenvalues>();
  for (const [node, best] of x) {
    decays.set(node, { x: best, y: y.get(node) as number, z: z.get(node) as number });
  }
  return decays;
}

/** Dijkstra's search with products of factors in [0, 1] in place of sums; the target itself measures nothing. */
function bestProducts(topology: Topology, target: string, axis: Axis): ReadonlyMap<string, number> {
  const settled = new Map<string, number>();
  const queue = new PriorityQueue<{ node: string; product: number }>((a, b) => b.product - a.product);
  queue.push({ node: target, product: 1 });
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (settled.has(next.node)) continue;
    settled.set(next.node, next.product);
    for (const link of linksOf(topology, next.node)) {
      const node = farEnd(link, next.node);
      if (settled.has(node)) continue;
      queue.push({ node, product: next.product * factor(topology, link, existingNode(topology, node), axis) });
    }
  }
  return settled;
}

function factor(topology: Topology, link: Link, repeater: TopologyNode, axis: Axis): number {
  return heraldedDecay(topology, link)[axis] * bellMeasurementDecayOf(repeater)[axis];
}
