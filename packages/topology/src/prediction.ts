import { bellMeasurementDecay, fidelityOf, memoryDecay, multiply, type PauliEigenvalues } from "@bellmesh/bell";
import { linkDelayNs } from "./classical-delay.ts";
import { linkModel } from "./link-model.ts";
import { farEnd, linkNamed, linksOf, nodeNamed } from "./lookup.ts";
import { type WaitingLink, waitingDecay } from "./repeater-waiting.ts";
import { meanTimeToAllNs } from "./slowest-link.ts";
import type { Link, Topology, TopologyNode } from "./topology.ts";

/** What a path should deliver, from the topology alone. */
export interface Prediction {
  /** Mean fidelity of a delivered pair with the Bell state it is announced as. */
  readonly fidelity: number;
  /** When all links start anew after each pair; links that generate ahead do better, up to the slowest link's rate. */
  readonly pairsPerSecond: number;
}

/**
 * Predicts fidelity and rate of a path whose repeaters swap as soon as both pairs are there, without a cutoff.
 *
 * The pair's Pauli eigenvalues are the product of
 * - each link's heralded pair, with both halves in memory until the herald is back (twice the arm's light time);
 * - each repeater's Bell measurement, averaged over its outcomes;
 * - each repeater's waiting, as if its two links were generated in parallel and alone: the pair that is first waits
 *   with both halves (see `waitingDecay`). For one repeater this is the law itself; for more it is an approximation,
 *   since an end's half waits for the last of all swaps and one link's lateness is shared by its two repeaters;
 * - both end memories during one light time over the whole path, which TRACK takes at most, and one Bell measurement.
 * Swapping is a commutative convolution of Bell-diagonal states, so the order of swaps does not matter (Briegel, Dür,
 * Cirac & Zoller 1998 for Werner states).
 *
 * @param nodes at least two, each joined to the next.
 * @param links the links between them, one fewer; by default, of parallel links the one with the best heralded pair.
 * @throws RangeError when they do not form a path.
 */
export function predict(topology: Topology, nodes: readonly string[], links?: readonly string[]): Prediction {
  if (nodes.length < 2) throw new RangeError("a path has at least two nodes");
  const path = links
    ? links.map((name, hop) => namedLink(topology, name, nodes[hop] as string, nodes[hop + 1] as string))
    : nodes.slice(1).map((node, hop) => bestLinkBetween(topology, nodes[hop] as string, node));
  if (path.length !== nodes.length - 1) throw new RangeError("a path has one link fewer than nodes");
  let eigenvalues: PauliEigenvalues = { x: 1, y: 1, z: 1 };
  let delayNs = 0;
  let measurementNs = 0;
  for (const [hop, link] of path.entries()) {
    eigenvalues = multiply(eigenvalues, heraldedDecay(topology, link));
    delayNs += linkDelayNs(topology, link);
    if (hop === 0) continue;
    const repeater = existingNode(topology, nodes[hop] as string);
    eigenvalues = multiply(eigenvalues, repeaterDecay(topology, path[hop - 1] as Link, repeater, link));
    measurementNs = Math.max(measurementNs, bellMeasurementNs(repeater));
  }
  const head = existingNode(topology, nodes[0] as string);
  const tail = existingNode(topology, nodes[nodes.length - 1] as string);
  eigenvalues = multiply(eigenvalues, endsDecay(head, tail, delayNs + measurementNs));
  return {
    fidelity: fidelityOf(eigenvalues),
    pairsPerSecond: 1e9 / meanTimeToAllNs(path.map((link) => linkModel(topology, link))),
  };
}

/** A link's pair when the herald is at both ends. */
export function heraldedDecay(topology: Topology, link: Link): PauliEigenvalues {
  const model = linkModel(topology, link);
  let eigenvalues = model.eigenvalues;
  for (const [end, name] of link.ends.entries()) {
    const { t1S, t2S } = existingNode(topology, name).memory;
    eigenvalues = multiply(eigenvalues, memoryDecay(t1S, t2S, 2e-9 * (model.armDelayNs[end] as number)));
  }
  return eigenvalues;
}

/** What a repeater costs the pair: its Bell measurement and the waiting before it. */
export function repeaterDecay(
  topology: Topology,
  before: Link,
  repeater: TopologyNode,
  behind: Link,
): PauliEigenvalues {
  const waiting = waitingDecay(waitingLink(topology, before, repeater), waitingLink(topology, behind, repeater));
  return multiply(bellMeasurementDecayOf(repeater), waiting);
}

/** What a node's Bell measurement takes off the swapped pair, averaged over its outcomes. */
export function bellMeasurementDecayOf(node: TopologyNode): PauliEigenvalues {
  return bellMeasurementDecay(node.gates.twoQubitDepolarising, node.readout.p01, node.readout.p10);
}

/** A Bell measurement is a two-qubit gate, a one-qubit gate and a readout. */
export function bellMeasurementNs(node: TopologyNode): number {
  return node.gates.twoQubitNs + node.gates.oneQubitNs + node.readout.durationNs;
}

/** Both ends keeping their halves for a time. */
export function endsDecay(head: TopologyNode, tail: TopologyNode, durationNs: number): PauliEigenvalues {
  const ageS = durationNs * 1e-9;
  return multiply(
    memoryDecay(head.memory.t1S, head.memory.t2S, ageS),
    memoryDecay(tail.memory.t1S, tail.memory.t2S, ageS),
  );
}

export function existingNode(topology: Topology, name: string): TopologyNode {
  const node = nodeNamed(topology, name);
  if (!node) throw new RangeError(`${topology.name} has no node ${JSON.stringify(name)}`);
  return node;
}

function waitingLink(topology: Topology, link: Link, repeater: TopologyNode): WaitingLink {
  const { successProbability, periodNs } = linkModel(topology, link);
  const far = existingNode(topology, farEnd(link, repeater.name));
  return { successProbability, periodNs, memories: [repeater.memory, far.memory] };
}

function namedLink(topology: Topology, name: string, from: string, to: string): Link {
  const link = linkNamed(topology, name);
  if (!link?.ends.includes(from) || !link.ends.includes(to)) {
    throw new RangeError(`${topology.name} has no link ${JSON.stringify(name)} from ${from} to ${to}`);
  }
  return link;
}

function bestLinkBetween(topology: Topology, from: string, to: string): Link {
  let best: Link | undefined;
  let bestFidelity = -1;
  for (const link of linksOf(topology, from)) {
    if (farEnd(link, from) !== to) continue;
    const fidelity = fidelityOf(heraldedDecay(topology, link));
    if (fidelity > bestFidelity) {
      best = link;
      bestFidelity = fidelity;
    }
  }
  if (!best) throw new RangeError(`${topology.name} has no link from ${from} to ${to}`);
  return best;
}
