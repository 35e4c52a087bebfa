import { multiply, type PauliEigenvalues } from "@bellmesh/bell";
import {
  bellMeasurementDecayOf,
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
  /** What links and swaps leave of a pair whose halves never waited. */
  readonly fresh: PauliEigenvalues;
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
  let fresh: PauliEigenvalues = { x: 1, y: 1, z: 1 };
  let expectedTrackNs = classicalDelayNs(topology, headEnd.name, tailEnd.name);
  for (const name of circuit.links) {
    const model = linkModel(topology, linkNamed(topology, name) as Link, circuit.minLinkFidelity);
    fresh = multiply(fresh, model.eigenvalues);
    expectedTrackNs += model.meanPeriodNs / model.successProbability;
  }
  for (const repeater of nodes.slice(1, -1)) fresh = multiply(fresh, bellMeasurementDecayOf(repeater));
  const orphanLeaseNs = Math.max(ORPHAN_LEASE_MIN_NS, Math.ceil(ORPHAN_LEASE_FACTOR * expectedTrackNs));
  return { fresh, headEnd, tailEnd, orphanLeaseNs };
}
