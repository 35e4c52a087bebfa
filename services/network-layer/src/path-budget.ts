import { exchanged, joined, type PairQuality } from "@bellmesh/bell";
import {
  bellMeasurementNoiseOf,
  classicalDelayNs,
  type Link,
  linkModel,
  linkNamed,
  nodeAtWork,
  type Topology,
  type TopologyNode,
} from "@bellmesh/topology";
import type { VirtualCircuit } from "./virtual-circuit.ts";

/** An end frees a half without being told only after this many times the time its TRACK should take. */
const ORPHAN_LEASE_FACTOR = 10;
/** And never sooner: real networks and real processes are late by more than a fast link's pairs take. */
const ORPHAN_LEASE_MIN_NS = 1_000_000_000;

/** What a circuit's path costs a pair, from topology and parameters alone. */
export interface PathBudget {
  /** What links and swaps leave of a pair whose halves never waited; the head-end has the first. */
  readonly fresh: PairQuality;
  readonly headEnd: TopologyNode;
  readonly tailEnd: TopologyNode;
  /** After this long without a TRACK or EXPIRE a half is an orphan. */
  readonly orphanLeaseNs: number;
}

/** The budget of a circuit. */
export function pathBudget(
  topology: Topology,
  circuit: Pick<VirtualCircuit, "nodes" | "links" | "minLinkFidelity">,
): PathBudget {
  const nodes = circuit.nodes.map((name) => nodeAtWork(topology, name) as TopologyNode);
  const [headEnd, tailEnd] = [nodes[0] as TopologyNode, nodes[nodes.length - 1] as TopologyNode];
  let fresh: PairQuality | undefined;
  let expectedTrackNs = classicalDelayNs(topology, headEnd.name, tailEnd.name);
  for (const [hop, name] of circuit.links.entries()) {
    const link = linkNamed(topology, name) as Link;
    const model = linkModel(topology, link, circuit.minLinkFidelity);
    const node = nodes[hop] as TopologyNode;
    const onward = link.ends[0] === node.name ? model.eigenvalues : exchanged(model.eigenvalues);
    fresh = fresh ? joined(fresh, bellMeasurementNoiseOf(node), onward) : onward;
    expectedTrackNs += model.meanPeriodNs / model.successProbability;
  }
  const orphanLeaseNs = Math.max(ORPHAN_LEASE_MIN_NS, Math.ceil(ORPHAN_LEASE_FACTOR * expectedTrackNs));
  return { fresh: fresh as PairQuality, headEnd, tailEnd, orphanLeaseNs };
}
