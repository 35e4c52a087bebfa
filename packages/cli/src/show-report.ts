import type { MeshReport } from "@bellmesh/emulation";
import type { Arguments } from "./arguments.ts";
import type { Output } from "./command.ts";
import { type FaultTally, tallyNotes } from "./fault-tally.ts";
import { meshReportText } from "./mesh-report-text.ts";
import { reportCode, reportDoubts, reportJson } from "./report-json.ts";

/**
 * Shows what came of a request on a mesh.
 * @param faults those that it was given
 * @returns the exit code
 */
export function showReport(report: MeshReport, given: Arguments, output: Output, faults?: FaultTally): number {
  if (report.refusal) output.note(`bellmesh: refused: ${report.refusal.message}`);
  if (given.has("json")) output.result(JSON.stringify(reportJson(report, faults)));
  else if (!report.refusal) output.result(meshReportText(report, faults));
  const warning = report.budget?.warning;
  const notes = [...reportDoubts(report), ...tallyNotes(faults, report.virtualNs)];
  for (const note of [...notes, ...(warning === undefined ? [] : [warning])]) output.note(`bellmesh: ${note}`);
  return reportCode(report);
}
