import {
  afterDecay,
  type BellMeasurementNoise,
  bellMeasurementDecay,
  exchanged,
  fidelityOf,
  inTurn,
  joined,
  memoryDecay,
  multiply,
  type PairQuality,
  type PauliEigenvalues,
  relaxing,
  unrelaxing,
} from "@bellmesh/bell";
import { linkDelayNs } from "./classical-delay.ts";
import { moveDecay, slotsPerLink, waitingMemory } from "./half-decay.ts";
import { linkModel } from "./link-model.ts";
import { farEnd, linkNamed, linksOf } from "./lookup.ts";
import { nodeAtWork } from "./node-at-work.ts";
import { type Coherence, type GeneratingLink, pathWaiting, waitingDecay } from "./repeater-waiting.ts";
import type { Link, Topology, TopologyNode } from "./topology.ts";

const NOTHING_LOST: PauliEigenvalues = { x: 1, y: 1, z: 1 };

const measurementNoise = new WeakMap<TopologyNode, BellMeasurementNoise>();

/** What a path should deliver, from the topology alone. */
export interface Prediction {
  /** Mean fidelity of a delivered pair with the Bell state it is announced as. */
  readonly fidelity: number;
  /** In the long run, with every link generating ahead as far as its slots allow. */
  readonly pairsPerSecond: number;
}

/**
 * Predicts fidelity and rate of a path whose repeaters swap as soon as both pairs are there, without a cutoff.
 *
 * The pair's Pauli eigenvalues are the product of
 * - each link's heralded pair, with both halves in memory until the herald is back (twice the arm's light time);
 * - each repeater's Bell measurement, averaged over its outcomes;
 * - waiting at repeaters and at the ends, with as many pairs of each link under way as its slots allow (see
 *   `pathWaiting`: the law itself for one repeater, but for the light time of TRACK; an approximation for more);
 * - both end memories during one light time over the whole path, which TRACK takes at most, and one Bell measurement.
 * Swapping is a commutative convolution of Bell-diagonal states, so the order of swaps does not matter (Briegel, Dür,
 * Cirac & Zoller 1998 for Werner states). Pairs need not be Bell-diagonal, and then it counts which half relaxes:
 * a path of one link is reckoned exactly; of more, waiting at repeaters is shared out between the ends.
 *
 * @param nodes at least two, each joined to the next.
 * @param links the links between them, one fewer; by default, of parallel links the one with the best heralded pair.
 * @param minLinkFidelity what links give whose α requests choose; what they give best-effort requests when absent
 * @throws RangeError when they do not form a path.
 */
export function predict(
  topology: Topology,
  nodes: readonly string[],
  links?: readonly string[],
  minLinkFidelity?: number,
): Prediction {
  if (nodes.length < 2) throw new RangeError("a path has at least two nodes");
  const path = links
    ? links.map((name, hop) => namedLink(topology, name, nodes[hop] as string, nodes[hop + 1] as string))
    : nodes.slice(1).map((node, hop) => bestLinkBetween(topology, nodes[hop] as string, node));
  if (path.length !== nodes.length - 1) throw new RangeError("a path has one link fewer than nodes");
  const hardware = nodes.map((name) => existingNode(topology, name));
  const [head, tail] = [hardware[0] as TopologyNode, hardware[hardware.length - 1] as TopologyNode];
  const waiting = pathWaiting(
    path.map((link) => generatingLink(topology, link, minLinkFidelity)),
    hardware.map(waitingMemory),
  );
  let pair: PairQuality | undefined;
  let delayNs = 0;
  let measurementNs = 0;
  for (const [hop, link] of path.entries()) {
    const heralded = heraldedDecay(topology, link, minLinkFidelity);
    const onward = link.ends[0] === nodes[hop] ? heralded : exchanged(heralded);
    delayNs += linkDelayNs(topology, link);
    const repeater = hardware[hop] as TopologyNode;
    if (pair) measurementNs = Math.max(measurementNs, bellMeasurementNs(repeater));
    pair = pair ? joined(pair, bellMeasurementNoiseOf(repeater), onward) : onward;
  }
  const restS = (delayNs + measurementNs) * 1e-9;
  const kept = halfOf(waiting.decay);
  const moves = halfOf(pathMoves(hardware));
  const eachEnd = inTurn(unrelaxing(moves), relaxing(kept));
  const waited = afterDecay(afterDecay(pair as PairQuality, 0, eachEnd), 1, eachEnd);
  const delivered = afterBothWait(waited, [head, tail], [restS, restS]);
  return { fidelity: fidelityOf(delivered), pairsPerSecond: waiting.pairsPerSecond };
}

/** A link's pair when the herald is at both ends, the half at the link's first end first. */
export function heraldedDecay(topology: Topology, link: Link, minimumFidelity?: number): PairQuality {
  const model = linkModel(topology, link, minimumFidelity);
  const heraldS = (end: 0 | 1) => 1e-9 * (model.armDelayNs[end] + model.messageDelayNs[end]);
  return afterBothWait(model.eigenvalues, endsOf(topology, link), [heraldS(0), heraldS(1)]);
}

/** What twice one after the other is this decay. */
function halfOf({ x, y, z }: PauliEigenvalues): PauliEigenvalues {
  return { x: Math.sqrt(x), y: Math.sqrt(y), z: Math.sqrt(z) };
}

/** A pair after its halves have waited so many seconds in the communication slots of these nodes, the first first. */
export function afterBothWait(
  pair: PairQuality,
  [first, second]: readonly [TopologyNode, TopologyNode],
  [firstS, secondS]: readonly [number, number],
): PairQuality {
  const kept = ({ memory }: TopologyNode, ageS: number) => relaxing(memoryDecay(memory.t1S, memory.t2S, ageS));
  return afterDecay(afterDecay(pair, 0, kept(first, firstS)), 1, kept(second, secondS));
}

function endsOf(topology: Topology, { ends }: Link): readonly [TopologyNode, TopologyNode] {
  return [existingNode(topology, ends[0]), existingNode(topology, ends[1])];
}

/** A link of a path, next to a repeater. */
export interface AdjacentLink {
  readonly link: Link;
  /** The node at its other side when that is an end of the path, where the other half waits as long; else undefined. */
  readonly end: TopologyNode | undefined;
}

/** What a repeater costs the pair, were it and its two links alone: its Bell measurement and the waiting before. */
export function repeaterDecay(
  topology: Topology,
  before: AdjacentLink,
  repeater: TopologyNode,
  behind: AdjacentLink,
): PauliEigenvalues {
  const waiting = waitingDecay(
    generatingLink(topology, before.link),
    memoriesOf(repeater, before.end),
    generatingLink(topology, behind.link),
    memoriesOf(repeater, behind.end),
  );
  const moves = repeater.memory.storage ? moveDecay(repeater.memory.storage) : NOTHING_LOST;
  return multiply(multiply(bellMeasurementDecayOf(repeater), waiting), moves);
}

/** Of the two halves that a repeater measures, the one that waited was moved; so were both ends', beyond one link. */
function pathMoves(hardware: readonly TopologyNode[]): PauliEigenvalues {
  if (hardware.length < 3) return NOTHING_LOST;
  return hardware.reduce((left, { memory: { storage } }) => {
    return storage ? multiply(left, moveDecay(storage)) : left;
  }, NOTHING_LOST);
}

/** What a node's Bell measurement takes off the swapped pair, averaged over its outcomes. */
export function bellMeasurementDecayOf(node: TopologyNode): PauliEigenvalues {
  return bellMeasurementDecay(node.gates.twoQubitDepolarising, node.readout.p01, node.readout.p10);
}

/** How a node's Bell measurement errs; the same object for the same node. */
export function bellMeasurementNoiseOf(node: TopologyNode): BellMeasurementNoise {
  let noise = measurementNoise.get(node);
  if (noise === undefined) {
    const { gates, readout } = node;
    noise = { twoQubitDepolarising: gates.twoQubitDepolarising, p01: readout.p01, p10: readout.p10 };
    measurementNoise.set(node, noise);
  }
  return noise;
}

/** A Bell measurement is a two-qubit operation, its one-qubit gate included, and a readout. */
export function bellMeasurementNs(node: TopologyNode): number {
  return node.gates.twoQubitNs + node.readout.durationNs;
}

/** Both ends keeping their halves for a time. */
export function endsDecay(head: TopologyNode, tail: TopologyNode, durationNs: number): PauliEigenvalues {
  const ageS = durationNs * 1e-9;
  return multiply(
    memoryDecay(head.memory.t1S, head.memory.t2S, ageS),
    memoryDecay(tail.memory.t1S, tail.memory.t2S, ageS),
  );
}

/**
 * The node of this name, as halves know it that wait there.
 * @throws RangeError when the topology has none.
 */
export function existingNode(topology: Topology, name: string): TopologyNode {
  const node = nodeAtWork(topology, name);
  if (!node) throw new RangeError(`${topology.name} has no node ${JSON.stringify(name)}`);
  return node;
}

function memoriesOf(repeater: TopologyNode, end: TopologyNode | undefined): readonly Coherence[] {
  return end === undefined ? [waitingMemory(repeater)] : [waitingMemory(repeater), waitingMemory(end)];
}

function generatingLink(topology: Topology, link: Link, minimumFidelity?: number): GeneratingLink {
  const { successProbability, meanPeriodNs: periodNs } = linkModel(topology, link, minimumFidelity);
  const [a, b] = link.ends.map((end) => slotsPerLink(topology, existingNode(topology, end))) as [number, number];
  return { successProbability, periodNs, slots: Math.min(a, b) };
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
