import { fileURLToPath } from "node:url";
import { type SimulationReport, simulate } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";

/** How a simulation is run. */
export interface Way {
  /** Whether messages are handed over as they are, or cross as bytes. */
  readonly messages: "handed over" | "encoded";
  /** One for everything, or a second one that reads the ledger. */
  readonly threads: 1 | 2;
}

/** One line of the bench topologies, run as fast as it goes. */
export interface LineFigure extends Way {
  readonly name: string;
  readonly nodes: number;
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

/** Pairs until the compiler has seen all that a line does often. */
const PAIRS_TO_COMPILE = 10_000;

/** Runs a line twice, until the code that all of them share is compiled: what comes after goes at its full rate. */
export function warmUp({ messages, threads }: Way): void {
  const encodes = messages === "encoded";
  for (let run = 0; run < 2; run += 1) {
    simulate({ topology: benchLine(3), from: "n0", to: "n2", pairs: PAIRS_TO_COMPILE, seed: 2, encodes, threads });
  }
}

/** An odd number: the run in the middle counts, and not one that was disturbed. */
export const RUNS = 3;

/** Runs a bench line as often as `RUNS` says, always the same, and tells of the run of median time. */
export function benchLineFigure(nodes: number, pairs: number, { messages, threads }: Way): LineFigure {
  const [topology, encodes] = [benchLine(nodes), messages === "encoded"];
  const options = { topology, from: "n0", to: `n${nodes - 1}`, pairs, seed: 1, encodes, threads };
  const reports = Array.from({ length: RUNS }, () => simulate(options));
  const report = reports.toSorted((one, other) => one.wallMs - other.wallMs)[(RUNS - 1) / 2] as SimulationReport;
  const seconds = report.wallMs / 1000;
  return {
    name: topology.name,
    nodes,
    messages,
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
