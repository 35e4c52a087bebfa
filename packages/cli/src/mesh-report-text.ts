import type { EmulatorBudget, FidelityLosses, MeshReport } from "@bellmesh/emulation";
import { clockCostLines } from "./clock-cost-text.ts";
import { type FaultTally, faultRows } from "./fault-tally.ts";
import { natsText } from "./mesh-text.ts";
import { count, microseconds, outcomeRows, violationLines } from "./report-text.ts";
import { table } from "./table.ts";

/** The result of a request on a mesh as people read it. */
export function meshReportText(report: MeshReport, faults?: FaultTally): string {
  const { topology, path, seed, processes, nats, cpuMsPerPair, budget, losses } = report;
  const rows = [
    ["network", `${topology}, ${path.join(" – ")}`],
    ["world", `mesh, seed ${seed}`],
    ["processes", count(processes)],
    ["NATS", natsText({ kind: nats, up: true })],
    ...outcomeRows(report),
    ...faultRows(faults),
    ["CPU per pair", cpuMsPerPair === null ? "–" : `${cpuMsPerPair.toFixed(1)} ms`],
    ...(budget ? [["emulator's share", shareText(budget)]] : []),
  ];
  const lossLines = losses ? ["", lossText(losses)] : [];
  const budgetLines = budget ? ["", ...budgetText(budget)] : [];
  return [table(rows), ...violationLines(report), ...clockCostLines(report), ...lossLines, ...budgetLines].join("\n");
}

function shareText({ emulator: { decoherence } }: EmulatorBudget): string {
  return decoherence === null ? "–" : `${(100 * decoherence).toFixed(2)} % decoherence`;
}

/** Where the fidelity of a pair went, cause by cause. */
function lossText({ herald, waiting, gates, readout, emulator }: FidelityLosses): string {
  const percent = (loss: number) => `${(100 * loss).toFixed(2)} %`;
  const rows = [
    ["what a pair lost, on average", "of its fidelity"],
    ["by heralding", percent(herald)],
    ["waiting for light and hardware", percent(waiting)],
    ["waiting for the emulator", percent(emulator)],
    ["by gates", percent(gates)],
    ["by readout", percent(readout)],
  ];
  return table(rows, "lr");
}

/** Physics and emulator side by side: what is the network's, and what is this machine's. */
function budgetText({ physical, emulator, faithful }: EmulatorBudget): string[] {
  const { excess, oneWay, messagesWaitedFor } = emulator;
  const us = (ns: number | undefined) => microseconds(ns === undefined ? null : ns / 1000);
  const rows = [
    ["what a pair waits for", "physical", "emulator"],
    ["light, end to end", us(physical.lightNs), ""],
    ["gates on the way", us(physical.gatesNs), ""],
    [`late messages, mean of ${messagesWaitedFor}`, "", us(excess ? excess.meanNs * messagesWaitedFor : undefined)],
    ["one message late, p50", "", us(excess?.p50Ns)],
    ["one message late, p99", "", us(excess?.p99Ns)],
  ];
  const pace = faithful === true ? "Faithful: light sets the pace" : "Not faithful: this machine sets the pace";
  return [table(rows, "lrr"), "", `${pace} (99 of 100 messages arrive within ${us(oneWay?.p99Ns)} of mesh time).`];
}
