import { log1p } from "@bellmesh/numerics";
import { slotsPerLink } from "./half-decay.ts";
import { linksOf, nodeNamed } from "./lookup.ts";
import type { Topology, TopologyNode } from "./topology.ts";

const atWork = new WeakMap<TopologyNode, TopologyNode>();

/** A coherence time is above 0: what every attempt dephases wholly still has this. */
const SHORTEST_S = 1e-12;

/**
 * A node as its halves know it while its links go on: each of their attempts flips the phase of whatever the node
 * stores with probability p (Kalb et al. 2018), so a link that makes r attempts a second leaves a coherence of
 * (1 − 2p)^(r·t) of it, which is a shorter T2. Taken are the links that can attempt while a half waits: all of them
 * where there is room for another half of its own link, else all but the slowest. That they never pause or rest is the
 * worst, and nearly so where a half waits for another link.
 * @returns the node itself where attempts dephase nothing; undefined for an unknown node
 */
export function nodeAtWork(topology: Topology, name: string): TopologyNode | undefined {
  const node = nodeNamed(topology, name);
  if (node === undefined || node.memory.attemptDephasing === 0) return node;
  let worked = atWork.get(node);
  if (worked === undefined) {
    worked = dephased(topology, node);
    atWork.set(node, worked);
  }
  return worked;
}

function dephased(topology: Topology, node: TopologyNode): TopologyNode {
  const { memory } = node;
  const rates = linksOf(topology, node.name).map(({ heralding }) => 1e9 / heralding.periodNs);
  const resting = slotsPerLink(topology, node) > 1 ? 0 : Math.min(...rates);
  const attemptsPerS = rates.reduce((sum, rate) => sum + rate, 0) - resting;
  const perS = -attemptsPerS * log1p(-2 * memory.attemptDephasing);
  const shortened = (t2S: number) => (perS > 0 ? Math.max(SHORTEST_S, 1 / (1 / t2S + perS)) : t2S);
  const { storage } = memory;
  return {
    ...node,
    memory: {
      ...memory,
      t2S: shortened(memory.t2S),
      ...(storage && { storage: { ...storage, t2S: shortened(storage.t2S) } }),
    },
  };
}
