import { fileURLToPath } from "node:url";
import { simulate } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";

/** One line of the bench topologies, run as fast as it goes. */
export interface LineFigure {
  readonly name: string;
  readonly nodes: number;
  /** One for everything, or a second one for the ledger and those who read it. */
  readonly threads: 1 | 2;
  readonly pairs: number;
  readonly pairsPerSecond: number;
  readonly inputsPerSecond: number;
  /** Virtual time until the last delivery, in wall time of the whole run. */
  readonly timesRealTime: number;
  readonly eventsPerPairPerHop: number;
  readonly delivered: number | null;
  readonly predicted: number | null;
  readonly violations: number;
}

/** A bench topology, by its number of nodes. */
export function benchLine(nodes: number): Topology {
  return loadTopology(fileURLToPath(new URL(`../../examples/topologies/bench-line-${nodes}.yaml`, import.meta.url)));
}

/** Runs a bench line once, after a short run that lets the compiler see the code. */
export function benchLineFigure(nodes: number, pairs: number, threads: 1 | 2): LineFigure {
  const topology = benchLine(nodes);
  const options = { topology, from: "n0", to: `n${nodes - 1}`, booksApart: threads === 2 };
  simulate({ ...options, pairs: Math.ceil(pairs / 10), seed: 2 });
  const report = simulate({ ...options, pairs, seed: 1 });
  const seconds = report.wallMs / 1000;
  return {
    name: topology.name,
    nodes,
    threads,
    pairs: report.delivered,
    pairsPerSecond: report.delivered / seconds,
    inputsPerSecond: report.inputs / seconds,
    timesRealTime: report.deliveryNs / 1e9 / seconds,
    eventsPerPairPerHop: report.events / report.delivered / (nodes - 1),
    delivered: report.fidelity.true,
    predicted: report.fidelity.predicted,
    violations: report.ledger.violations,
  };
}
