import { fidelityOf } from "@bellmesh/bell";
import {
  bestPath,
  type ClockSpec,
  classicalDelayNs,
  type Link,
  lengthKm,
  linkModel,
  linksOf,
  predict,
  type Topology,
  type TopologyNode,
} from "@bellmesh/topology";

/** What `topology show` knows of a network, as data. Times without end (T1, T2) become null in JSON. */
export interface NetworkReport {
  readonly name: string;
  readonly fibreSpeedKmPerS: number;
  readonly timeScale: number;
  readonly cutoffMs: number | null;
  readonly clock: ClockSpec;
  readonly nodes: readonly (TopologyNode & { readonly links: readonly string[] })[];
  readonly links: readonly LinkReport[];
  readonly paths: readonly PathReport[];
  /** Pairs of end nodes left out, see --paths. */
  readonly pathsOmitted: number;
}

export interface LinkReport {
  readonly name: string;
  readonly ends: readonly [string, string];
  readonly lengthKm: number;
  readonly armsKm: readonly [number, number];
  readonly periodNs: number;
  /** Of one attempt. */
  readonly successProbability: number;
  /** Link pairs, pauses of the attempts counted, while the link is up. */
  readonly pairsPerSecond: number;
  /** Of a link pair at its emission. */
  readonly fidelity: number;
  readonly scheme: string;
  /** Bright-state population of requests that ask for no minimum fidelity; absent where the scheme has none. */
  readonly alpha?: number;
  /** When the link is up, in mesh time; absent: always. Without end becomes null in JSON. */
  readonly schedule?: readonly { readonly fromS: number; readonly toS: number }[];
}

export type PathReport = { readonly from: string; readonly to: string } & (
  | { readonly reachable: false }
  | {
      readonly reachable: true;
      readonly nodes: readonly string[];
      readonly links: readonly string[];
      readonly delayNs: number;
      readonly predictedFidelity: number;
      readonly pairsPerSecond: number;
    }
);

/** @param pathsMax how many pairs of end nodes to look at; both ends named are one pair. */
export function networkReport(
  topology: Topology,
  from: string | undefined,
  to: string | undefined,
  pathsMax: number,
): NetworkReport {
  const pairs = pairsOf(topology, from, to);
  return {
    name: topology.name,
    fibreSpeedKmPerS: topology.fibreSpeedKmPerS,
    timeScale: topology.timeScale,
    cutoffMs: topology.cutoffS === undefined ? null : topology.cutoffS * 1000,
    clock: topology.clock,
    nodes: topology.nodes.map((node) => ({ ...node, links: linksOf(topology, node.name).map((link) => link.name) })),
    links: topology.links.map((link) => linkReport(topology, link)),
    paths: pairs.slice(0, pathsMax).map(([head, tail]) => pathReport(topology, head, tail)),
    pathsOmitted: Math.max(0, pairs.length - pathsMax),
  };
}

function pairsOf(topology: Topology, from: string | undefined, to: string | undefined): [string, string][] {
  if (from !== undefined && to !== undefined) return [[from, to]];
  const leaves = topology.nodes.filter((node) => linksOf(topology, node.name).length === 1);
  const ends = (leaves.length > 1 ? leaves : topology.nodes).map((node) => node.name);
  const others = (named: string) =>
    ends.some((end) => end !== named) ? ends : topology.nodes.map((node) => node.name);
  if (from !== undefined) return others(from).flatMap((end) => (end === from ? [] : [[from, end]]));
  if (to !== undefined) return others(to).flatMap((end) => (end === to ? [] : [[end, to]]));
  return ends.flatMap((head, position) => ends.slice(position + 1).map((tail): [string, string] => [head, tail]));
}

function linkReport(topology: Topology, link: Link): LinkReport {
  const { periodNs, meanPeriodNs, successProbability, eigenvalues, alpha } = linkModel(topology, link);
  return {
    name: link.name,
    ends: link.ends,
    lengthKm: lengthKm(link),
    armsKm: link.armsKm,
    periodNs,
    successProbability,
    pairsPerSecond: (successProbability * 1e9) / meanPeriodNs,
    fidelity: fidelityOf(eigenvalues),
    scheme: link.heralding.scheme,
    ...(alpha !== undefined && { alpha }),
    ...(link.schedule && { schedule: link.schedule }),
  };
}

function pathReport(topology: Topology, from: string, to: string): PathReport {
  const path = bestPath(topology, from, to);
  if (!("nodes" in path)) return { from, to, reachable: false };
  const { nodes, links, predictedFidelity } = path;
  const { pairsPerSecond } = predict(topology, nodes, links);
  const delayNs = nodes
    .slice(1)
    .reduce((sum, node, hop) => sum + classicalDelayNs(topology, nodes[hop] as string, node), 0);
  return { from, to, reachable: true, nodes, links, delayNs, predictedFidelity, pairsPerSecond };
}
