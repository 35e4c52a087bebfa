import { fileURLToPath } from "node:url";
import { type SimulationReport, simulate } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";

export type Messages = "handed over" | "encoded";

/** One line of the bench topologies, run as fast as it goes. */
export interface LineFigure {
  readonly name: string;
  readonly nodes: number;
  /** Whether messages are handed over as they are, as `simulate` has them, or cross as bytes, as in trials. */
  readonly messages: Messages;
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
export function warmUp(messages: Messages): void {
  const encodes = messages === "encoded";
  for (let run = 0; run < 2; run += 1) {
    simulate({ topology: benchLine(3), from: "n0", to: "n2", pairs: PAIRS_TO_COMPILE, seed: 2, encodes });
  }
}

/** An odd number: the run in the middle counts, and not one that was disturbed. */
export const RUNS = 3;

/** Runs a bench line as often as `RUNS` says, always the same, and tells of the run of median time. */
export function benchLineFigure(nodes: number, pairs: number, messages: Messages): LineFigure {
  const topology = benchLine(nodes);
  const options = { topology, from: "n0", to: `n${nodes - 1}`, pairs, seed: 1, encodes: messages === "encoded" };
  const reports = Array.from({ length: RUNS }, () => simulate(options));
  const report = reports.toSorted((one, other) => one.wallMs - other.wallMs)[(RUNS - 1) / 2] as SimulationReport;
  const seconds = report.wallMs / 1000;
  return {
    name: topology.name,
    nodes,
    messages,
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
