import { linkModel, type Topology } from "@bellmesh/topology";
import type { Collector } from "./collector.ts";

/** Mesh time given to what is still under way after a request has ended, at least: leases may be longer. */
const DRAIN_MIN_NS = 20e9;
/** Twice the orphan lease, which is ten times the mean generation times of a path's links. */
const DRAIN_GENERATION_TIMES = 20;
/** Of wall time: for what was written last to come, and for events to be put in their order. */
const LEDGER_MS = 5000;
const QUIET_MS = 400;
const LOOK_EVERY_MS = 20;

/**
 * Waits until nothing is under way in a mesh: both halves of every pair have come to their end, nothing new comes,
 * and everything that came has been entered into the ledger.
 * @returns false when that has taken longer than any lease and retransmission may.
 */
export async function settled(collector: Collector, topology: Topology): Promise<boolean> {
  const untilMs = performance.now() + limitMs(topology);
  while (performance.now() < untilMs) {
    if (collector.openPairs === 0 && collector.held === 0 && collector.quietMs > QUIET_MS) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}

function limitMs(topology: Topology): number {
  const models = topology.links.map((link) => linkModel(topology, link));
  const sumNs = models.reduce((sum, { periodNs, successProbability }) => sum + periodNs / successProbability, 0);
  const drainNs = Math.max(DRAIN_MIN_NS, DRAIN_GENERATION_TIMES * sumNs);
  return drainNs / topology.timeScale / 1e6 + LEDGER_MS;
}
