import type { EntropyStream } from "@bellmesh/numerics";
import { happens, pick, wholeBetween } from "./draws.ts";
import type { NetworkPlan } from "./trial.ts";

/** Of networks that have a smaller core, how many have the whole network as theirs. */
const WHOLE_SHARE = 0.35;

/** Connected nodes of a network, two at least, in the order of the network. */
export function drawCore({ nodes, links }: NetworkPlan, chance: EntropyStream): readonly string[] {
  if (happens(chance, WHOLE_SHARE) || nodes.length === 2) return nodes;
  const size = wholeBetween(chance, 2, nodes.length - 1);
  const core = new Set([pick(chance, nodes)]);
  while (core.size < size) {
    const border = links.filter(([a, b]) => core.has(a) !== core.has(b));
    const [a, b] = pick(chance, border);
    core.add(core.has(a) ? b : a);
  }
  return nodes.filter((node) => core.has(node));
}
