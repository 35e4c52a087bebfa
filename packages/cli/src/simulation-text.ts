import type { SimulationReport } from "@bellmesh/simulation";
import { clockCostLines } from "./clock-cost-text.ts";
import { type FaultTally, faultRows } from "./fault-tally.ts";
import { outcomeRows, violationLines } from "./report-text.ts";
import { table } from "./table.ts";

/** The result of a simulation as people read it. */
export function simulationText(report: SimulationReport, faults?: FaultTally): string {
  const rows = [
    ["network", `${report.topology}, ${report.path.join(" – ")}`],
    ["world", `simulation, seed ${report.seed}`],
    ...outcomeRows(report),
    ...faultRows(faults),
  ];
  return [table(rows), ...violationLines(report), ...clockCostLines(report)].join("\n");
}
