import { fidelityOf, multiply, type PauliEigenvalues } from "@bellmesh/bell";
import { lightTimesFrom, linkDelayNs } from "./classical-delay.ts";
import { farEnd, lengthKm, linksOf } from "./lookup.ts";
import { optimisticDecays } from "./optimistic-decay.ts";
import { bellMeasurementNs, endsDecay, existingNode, heraldedDecay, predict, repeaterDecay } from "./prediction.ts";
import { PriorityQueue } from "./priority-queue.ts";
import type { Link, Topology, TopologyNode } from "./topology.ts";

/** The best path, or why there is none. */
export type Route =
  | { readonly nodes: string[]; readonly links: string[]; readonly predictedFidelity: number }
  | { readonly unreachable: true }
  /** The fidelity of the best path, which is too low. */
  | { readonly best: number };

/** Two fidelities closer than this are equal; they differ by the order of multiplication only. */
const TIE = 1e-12;
/** Up to so many nodes the search is exact; see `bestPath`. */
const EXACT_NODES_MAX = 12;
/** So many paths, best first by uncoupled repeaters, are judged by `predict`: up to 12 nodes, and above. */
const CANDIDATES = { exact: 16, large: 8 };

/**
 * The path from one node to another with the highest predicted end-to-end fidelity (see `predict`). Of equals the one
 * with fewer hops, then the one with less fibre, then the one whose node and link names come first.
 *
 * `predict` lets repeaters hold one another up, which belongs to no single step of a path. The search therefore takes
 * each repeater as if it and its two links were alone, which is the same up to one repeater and mostly a little more
 * beyond, and hands the best 16 paths to `predict` (8 above 12 nodes). A path that is best only by what its repeaters
 * do to one another may stay below these.
 *
 * A best-first search over partial paths (Hart, Nilsson & Raphael 1968): a partial path's eigenvalues times the best
 * that could still come, each eigenvalue on its own, bound the fidelity of all it can become. A partial path is
 * dropped when so many others that enter the same node by the same link are at least as good in every eigenvalue, in
 * light time and in measuring time (Pareto labels, Martins 1984). Where the better one has visited nodes that the worse
 * has not, the worse could still win by a way that is closed to the better; up to 12 nodes that is respected, and the
 * candidates are exact. In larger networks they are not, which matters only if rates differ so much that a detour pays.
 *
 * @returns `unreachable` when no path joins them or they are the same node; `best` when it stays under minFidelity.
 * @throws RangeError for a node the topology does not have.
 */
export function bestPath(topology: Topology, from: string, to: string, minFidelity?: number): Route {
  existingNode(topology, from);
  const tail = existingNode(topology, to);
  if (from === to || !lightTimesFrom(topology, from).has(to)) return { unreachable: true };
  let best: { readonly label: Label; readonly fidelity: number } | undefined;
  for (const label of new PathSearch(topology, from, tail).run()) {
    const { nodes, links } = namesOf(label);
    const { fidelity } = predict(topology, nodes, links);
    const gain = best === undefined ? 1 : fidelity - best.fidelity;
    if (gain > TIE || (gain > -TIE && compareByLength(label, (best as { label: Label }).label) < 0)) {
      best = { label, fidelity };
    }
  }
  if (best === undefined) return { unreachable: true };
  const predictedFidelity = best.fidelity;
  const { nodes, links } = namesOf(best.label);
  if (minFidelity !== undefined && predictedFidelity < minFidelity) return { best: predictedFidelity };
  return { nodes, links, predictedFidelity };
}

/** A partial path, as its last step and what came before. */
interface Label {
  readonly before: Label | undefined;
  readonly node: TopologyNode;
  readonly link: Link | undefined;
  readonly hops: number;
  readonly fibreKm: number;
  readonly eigenvalues: PauliEigenvalues;
  readonly delayNs: number;
  /** The longest Bell measurement on the way. */
  readonly measurementNs: number;
  /** No way to go on yields more. At the tail: what the path yields. */
  readonly fidelityMax: number;
}

class PathSearch {
  readonly #topology: Topology;
  readonly #head: TopologyNode;
  readonly #tail: TopologyNode;
  readonly #optimistic: ReadonlyMap<string, PauliEigenvalues>;
  readonly #remainingNs: ReadonlyMap<string, number>;
  readonly #exact: boolean;
  readonly #candidates: number;
  readonly #queue = new PriorityQueue<Label>((a, b) => b.fidelityMax - a.fidelityMax || compareByLength(a, b));
  /** By node and the link by which it was entered. */
  readonly #kept = new Map<string, Label[]>();

  constructor(topology: Topology, head: string, tail: TopologyNode) {
    this.#topology = topology;
    this.#head = existingNode(topology, head);
    this.#tail = tail;
    this.#optimistic = optimisticDecays(topology, tail.name);
    this.#remainingNs = lightTimesFrom(topology, tail.name);
    this.#exact = topology.nodes.length <= EXACT_NODES_MAX;
    this.#candidates = this.#exact ? CANDIDATES.exact : CANDIDATES.large;
  }

  /** The candidates, best first by uncoupled repeaters. */
  run(): readonly Label[] {
    this.#queue.push({
      before: undefined,
      node: this.#head,
      link: undefined,
      hops: 0,
      fibreKm: 0,
      eigenvalues: { x: 1, y: 1, z: 1 },
      delayNs: 0,
      measurementNs: 0,
      fidelityMax: 1,
    });
    const candidates: Label[] = [];
    for (let label = this.#queue.pop(); label !== undefined; label = this.#queue.pop()) {
      if (label.node === this.#tail) candidates.push(label);
      else this.#extend(label);
      if (candidates.length === this.#candidates) break;
    }
    return candidates;
  }

  #extend(label: Label): void {
    // A label may have been overtaken after it was queued.
    if (label.link !== undefined && !this.#labelsAt(label.node, label.link).includes(label)) return;
    for (const link of linksOf(this.#topology, label.node.name)) {
      const next = farEnd(link, label.node.name);
      if (visits(label, next) || !this.#optimistic.has(next)) continue;
      const extended = this.#extended(label, link, existingNode(this.#topology, next));
      if (this.#keep(extended, link)) this.#queue.push(extended);
    }
  }

  #extended(label: Label, link: Link, node: TopologyNode): Label {
    let eigenvalues = multiply(label.eigenvalues, heraldedDecay(this.#topology, link));
    let { measurementNs } = label;
    if (label.link !== undefined) {
      const before = { link: label.link, end: label.hops === 1 ? this.#head : undefined };
      const behind = { link, end: node === this.#tail ? this.#tail : undefined };
      eigenvalues = multiply(eigenvalues, repeaterDecay(this.#topology, before, label.node, behind));
      measurementNs = Math.max(measurementNs, bellMeasurementNs(label.node));
    }
    const delayNs = label.delayNs + linkDelayNs(this.#topology, link);
    const remaining = this.#optimistic.get(node.name) as PauliEigenvalues;
    const remainingNs = this.#remainingNs.get(node.name) as number;
    const waiting = endsDecay(this.#head, this.#tail, delayNs + remainingNs + measurementNs);
    return {
      before: label,
      node,
      link,
      hops: label.hops + 1,
      fibreKm: label.fibreKm + lengthKm(link),
      eigenvalues,
      delayNs,
      measurementNs,
      fidelityMax: fidelityOf(multiply(multiply(eigenvalues, remaining), waiting)),
    };
  }

  /** Keeps a label unless enough others make it pointless; drops those that it makes so. */
  #keep(label: Label, link: Link): boolean {
    const kept = this.#labelsAt(label.node, link);
    const isPointless = (one: Label, among: readonly Label[]) =>
      among.filter((other) => other !== one && this.#dominates(other, one)).length >= this.#candidates;
    if (isPointless(label, kept)) return false;
    const all = [...kept, label];
    this.#kept.set(
      `${label.node.name} ${link.name}`,
      all.length > this.#candidates ? all.filter((one) => !isPointless(one, all)) : all,
    );
    return true;
  }

  #labelsAt(node: TopologyNode, link: Link): readonly Label[] {
    return this.#kept.get(`${node.name} ${link.name}`) ?? [];
  }

  /** Whether whatever the other can become, this can become too, and no worse. */
  #dominates(label: Label, other: Label): boolean {
    if (label.delayNs > other.delayNs || label.measurementNs > other.measurementNs) return false;
    const a = label.eigenvalues;
    const b = other.eigenvalues;
    if (a.x < b.x - TIE || a.y < b.y - TIE || a.z < b.z - TIE) return false;
    const better = a.x > b.x + TIE && a.y > b.y + TIE && a.z > b.z + TIE;
    if (!better && compareByLength(label, other) > 0) return false;
    return !this.#exact || visitsNoMoreThan(label, other);
  }
}

/** Fewer hops first, then less fibre, then names. */
function compareByLength(a: Label, b: Label): number {
  if (a.hops !== b.hops) return a.hops - b.hops;
  const fibreKm = a.fibreKm - b.fibreKm;
  if (Math.abs(fibreKm) > 1e-9 * (a.fibreKm + b.fibreKm)) return fibreKm;
  const first = namesOf(a);
  const second = namesOf(b);
  return compareNames(first.nodes, second.nodes) || compareNames(first.links, second.links);
}

function compareNames(a: readonly string[], b: readonly string[]): number {
  for (const [i, name] of a.entries()) {
    const other = b[i];
    if (other === undefined || name > other) return 1;
    if (name < other) return -1;
  }
  return a.length - b.length;
}

function visits(label: Label, node: string): boolean {
  for (let at: Label | undefined = label; at !== undefined; at = at.before) if (at.node.name === node) return true;
  return false;
}

function visitsNoMoreThan(label: Label, other: Label): boolean {
  for (let at: Label | undefined = label; at !== undefined; at = at.before) {
    if (!visits(other, at.node.name)) return false;
  }
  return true;
}

function namesOf(label: Label): { nodes: string[]; links: string[] } {
  const nodes: string[] = [];
  const links: string[] = [];
  for (let at: Label | undefined = label; at !== undefined; at = at.before) {
    nodes.push(at.node.name);
    if (at.link !== undefined) links.push(at.link.name);
  }
  return { nodes: nodes.reverse(), links: links.reverse() };
}
