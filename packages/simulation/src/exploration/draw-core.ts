import type { EntropyStream } from "@bellmesh/numerics";
import { happens, pick, wholeBetween } from "./draws.ts";
import type { NetworkPlan } from "./trial.ts";

/** Half of all cores are the whole network. */
const WHOLE = 0.35;

/** Connected nodes of a network, two at least, in the order of the network. */
export function drawCore({ nodes, links }: NetworkPlan, chance: EntropyStream): readonly string[] {
  if (happens(chance, WHOLE)) return nodes;
  const size = wholeBetween(chance, 2, nodes.length);
  const core = new Set([pick(chance, nodes)]);
  while (core.size < size) {
    const border = links.filter(([a, b]) => core.has(a) !== core.has(b));
    const [a, b] = pick(chance, border);
    core.add(core.has(a) ? b : a);
  }
  return nodes.filter((node) => core.has(node));
}
