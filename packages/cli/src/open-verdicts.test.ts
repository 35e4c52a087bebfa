import { type SimulationReport, simulate, type Verdict } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { beforeAll, expect, test } from "vitest";
import { reportCode, reportDoubts, reportJson } from "./report-json.ts";
import { simulationText } from "./simulation-text.ts";

const violations = [{ atNs: 1, message: "wrong" }];
const kept: Verdict = { name: "kept", verdict: "true", violations: [] };
const broken: Verdict = { name: "broken", verdict: "false", violations };
const unseen: Verdict = { name: "unseen", verdict: "unknown", violations: [] };
const idle: Verdict = { name: "idle", verdict: "unknown", violations: [], idle: true };
const excused: Verdict = { name: "excused", verdict: "unknown", violations: [], excused: true };

let sound: SimulationReport;
beforeAll(() => {
  sound = simulate({ topology: loadTopology("line:2"), from: "n0", to: "n1", pairs: 3, seed: 1 });
});

function reported(...verdicts: Verdict[]) {
  const report = { ...sound, verdicts };
  const { ledger } = reportJson(report) as { ledger: { unknown: string[]; excused: string[] } };
  const [, row = ""] = /^ledger +\S+ events, (.*)$/m.exec(simulationText(report)) ?? [];
  return {
    code: reportCode(report),
    unknown: ledger.unknown,
    excused: ledger.excused,
    row,
    doubts: reportDoubts(report),
  };
}

test.each([
  ["kept, or had nothing to judge", [kept, idle], 0, [], [], "no violation (2 referees)"],
  ["broken", [kept, broken], 1, [], [], "no violation"],
  ["not seen to the end", [kept, unseen], 1, ["unseen"], [], "not known: unseen"],
  ["excused", [kept, excused], 0, ["excused"], ["excused"], "no violation; kept by faults from being judged: excused"],
  ["one excused, one not seen", [unseen, excused], 1, ["unseen", "excused"], ["excused"], "not known: unseen, excused"],
])("A report of rules that were %s says so in its code, its data and its text", (_what, verdicts, code, ...told) => {
  const [unknown, excusedNames, row] = told;
  const found = reported(...verdicts);
  expect({ ...found, doubts: found.doubts.filter((doubt) => doubt.endsWith(" unknown")).length }).toEqual({
    code,
    unknown,
    excused: excusedNames,
    row: expect.stringContaining(row),
    doubts: unknown.length,
  });
});
