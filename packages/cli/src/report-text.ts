import type { MeshReport } from "@bellmesh/emulation";
import type { SimulationReport } from "@bellmesh/simulation";
import { openVerdicts } from "./open-verdicts.ts";

type Report = SimulationReport | MeshReport;

const VIOLATIONS_SHOWN = 10;

/** Rows that every report of a request has. */
export function outcomeRows(report: Report): (readonly [string, string])[] {
  return [
    ["pairs asked", count(report.requested)],
    ["pairs delivered", count(report.delivered)],
    ["pairs failed", failures(report)],
    ["pairs per virtual second", rate(report.delivered, report.deliveryNs / 1e9)],
    ["pairs per wall second", rate(report.delivered, report.wallMs / 1e3)],
    ["fidelity, true", ratio(report.fidelity.true)],
    ...(report.world === "simulation" && report.sampled
      ? [["of these samples", sampledText(report.sampled)] as const]
      : []),
    ["fidelity, claimed", ratio(report.fidelity.claimed)],
    ["fidelity, predicted", ratio(report.fidelity.predicted)],
    ...(report.tomography === undefined ? [] : [["fidelity, tomography", tomographyText(report.tomography)] as const]),
    ["feedforward delay, p50", microseconds(report.feedforward.p50Us)],
    ["feedforward delay, p99", microseconds(report.feedforward.p99Us)],
    ["feedforward missed", count(report.feedforward.missed)],
    ["virtual time", `${(report.virtualNs / 1e9).toFixed(3)} s`],
    ["wall time", `${(report.wallMs / 1e3).toFixed(2)} s`],
    ["events", count(report.events)],
    ["ledger", `${count(report.ledger.events)} events, ${verdict(report)}`],
    ["ledger sha256", report.ledger.sha256],
  ];
}

/** Pairs that were one sample of a mixture each, and what that leaves uncertain of the true mean. */
function sampledText({ pairs, sigma }: NonNullable<SimulationReport["sampled"]>): string {
  return `${count(pairs)}, which leave the mean uncertain by ${sigma === null ? "–" : sigma.toFixed(4)}`;
}

function tomographyText(tomography: NonNullable<Report["tomography"]> | null): string {
  if (!tomography) return "– (too few pairs were measured at both ends)";
  const { fidelity, sigma, physicalFidelity, shots } = tomography;
  const linear = `${fidelity.toFixed(4)} ± ${sigma.toFixed(4)}`;
  return `${linear} from ${count(shots)} pairs in 9 settings; ${physicalFidelity.toFixed(4)} of the nearest state`;
}

/** What the referees object to, a line each. */
export function violationLines({ verdicts }: Report): string[] {
  return verdicts.flatMap(({ name, violations: found }) =>
    found
      .slice(0, VIOLATIONS_SHOWN)
      .map(({ pair, atNs, message }) => `  ${name} at ${atNs} ns${pair ? `, ${pair}` : ""}: ${message}`),
  );
}

/** 12,345. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** "62.5 µs"; a dash where there was nothing to measure. */
export function microseconds(number: number | null): string {
  return number === null ? "–" : `${number.toFixed(1)} µs`;
}

function failures({ failed, message }: Report): string {
  const reasons = Object.entries(failed).map(([reason, number]) => `${count(number)} ${reason}`);
  if (reasons.length === 0) return "0";
  return message === "" ? reasons.join(", ") : `${reasons.join(", ")} (${message})`;
}

function verdict({ verdicts, ledger }: Report): string {
  if (ledger.violations > 0) return `${ledger.violations} violation${ledger.violations === 1 ? "" : "s"}`;
  const { unknown, excused } = openVerdicts(verdicts);
  if (unknown.length > excused.length) return `not known: ${unknown.join(", ")}`;
  if (excused.length > 0) return `no violation; kept by faults from being judged: ${excused.join(", ")}`;
  return `no violation (${verdicts.length} referees)`;
}

function rate(number: number, seconds: number): string {
  return seconds > 0 && number > 0 ? (number / seconds).toFixed(1) : "–";
}

function ratio(number: number | null): string {
  return number === null ? "–" : number.toFixed(4);
}
