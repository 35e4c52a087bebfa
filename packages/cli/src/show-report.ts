import type { MeshReport } from "@bellmesh/emulation";
import type { Arguments } from "./arguments.ts";
import type { Output } from "./command.ts";
import { meshReportText } from "./mesh-report-text.ts";
import { reportCode, reportDoubts, reportJson } from "./report-json.ts";

/** Shows what came of a request on a mesh. @returns the exit code. */
export function showReport(report: MeshReport, given: Arguments, output: Output): number {
  if (report.refusal) output.note(`bellmesh: refused: ${report.refusal.message}`);
  if (given.has("json")) output.result(JSON.stringify(reportJson(report)));
  else if (!report.refusal) output.result(meshReportText(report));
  const warning = report.budget?.warning;
  for (const note of [...reportDoubts(report), ...(warning === undefined ? [] : [warning])]) {
    output.note(`bellmesh: ${note}`);
  }
  return reportCode(report);
}
