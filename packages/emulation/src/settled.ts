import { setTimeout as sleep } from "node:timers/promises";
import type { MeshTime } from "@bellmesh/mesh/grpc-nats";
import { linkModel, type Topology } from "@bellmesh/topology";
import type { Collector } from "./collector.ts";
import { hasCome } from "./has-come.ts";

/** Mesh time given to what is still under way after a request has ended, at least: leases may be longer. */
const DRAIN_MIN_NS = 20e9;
/** Twice the orphan lease, which is ten times the mean generation times of a path's links. */
const DRAIN_GENERATION_TIMES = 20;
/** Of wall time: for what was written last to come, and for events to be put in their order. */
const LEDGER_MS = 5000;
const QUIET_MS = 400;
const CENSUS_EVERY_MS = 500;

/** Between asking for a census and the instant of it: every process has heard by then. */
const CENSUS_AFTER_MS = 200;

/**
 * Waits until nothing is under way in a mesh: both halves of every pair have come to their end, nothing new comes,
 * everything that came has been entered into the ledger, and a census of every process finds nothing left over.
 * @param time true mesh time
 * @returns false when that has taken longer than any lease and retransmission may.
 */
export async function settled(collector: Collector, topology: Topology, time: MeshTime): Promise<boolean> {
  const inAllMs = limitMs(topology);
  const untilMs = performance.now() + inAllMs;
  let isSettled = await isQuiet(collector, inAllMs);
  while (isSettled) {
    const atNs = Math.round(time.now() + CENSUS_AFTER_MS * 1e6 * topology.timeScale);
    collector.wantCensus(atNs);
    await hasCome(() => collector.hasCensus(atNs), LEDGER_MS);
    isSettled = await isQuiet(collector, LEDGER_MS);
    if (!isLeftOver(collector) || performance.now() > untilMs) break;
    await sleep(CENSUS_EVERY_MS);
  }
  return isSettled;
}

/** Whether a process still has something to do, as it may for a while after the last pair. */
function isLeftOver(collector: Collector): boolean {
  return collector.verdicts(true).some(({ name, verdict }) => name === "nothing-left" && verdict === "false");
}

function isQuiet(collector: Collector, forMs: number): Promise<boolean> {
  return hasCome(() => collector.openPairs === 0 && collector.held === 0 && collector.quietMs > QUIET_MS, forMs);
}

function limitMs(topology: Topology): number {
  const models = topology.links.map((link) => linkModel(topology, link));
  const sumNs = models.reduce((sum, { periodNs, successProbability }) => sum + periodNs / successProbability, 0);
  const drainNs = Math.max(DRAIN_MIN_NS, DRAIN_GENERATION_TIMES * sumNs);
  return drainNs / topology.timeScale / 1e6 + LEDGER_MS;
}
