import type { SimulationReport } from "@bellmesh/simulation";
import { table } from "./table.ts";

/** The result of a simulation as people read it. */
export function simulationText(report: SimulationReport): string {
  const { ledger, feedforward, fidelity } = report;
  const rows: [string, string][] = [
    ["network", `${report.topology}, ${report.path.join(" – ")}`],
    ["world", `simulation, seed ${report.seed}`],
    ["pairs asked", count(report.requested)],
    ["pairs delivered", count(report.delivered)],
    ["pairs failed", failures(report)],
    ["pairs per virtual second", rate(report.delivered, report.deliveryNs / 1e9)],
    ["pairs per wall second", rate(report.delivered, report.wallMs / 1e3)],
    ["fidelity, true", ratio(fidelity.true)],
    ["fidelity, claimed", ratio(fidelity.claimed)],
    ["fidelity, predicted", ratio(fidelity.predicted)],
    ["feedforward delay, p50", microseconds(feedforward.p50Us)],
    ["feedforward delay, p99", microseconds(feedforward.p99Us)],
    ["feedforward missed", count(feedforward.missed)],
    ["virtual time", `${(report.virtualNs / 1e9).toFixed(3)} s`],
    ["wall time", `${(report.wallMs / 1e3).toFixed(2)} s`],
    ["events", count(report.events)],
    ["ledger", `${count(ledger.events)} events, ${verdict(report)}`],
    ["ledger sha256", ledger.sha256],
  ];
  return [table(rows), ...violations(report)].join("\n");
}

function failures({ failed, message }: SimulationReport): string {
  const reasons = Object.entries(failed).map(([reason, number]) => `${count(number)} ${reason}`);
  if (reasons.length === 0) return "0";
  return message === "" ? reasons.join(", ") : `${reasons.join(", ")} (${message})`;
}

function verdict({ verdicts, ledger }: SimulationReport): string {
  if (ledger.violations > 0) return `${ledger.violations} violation${ledger.violations === 1 ? "" : "s"}`;
  const open = verdicts.filter((one) => one.verdict === "unknown").map((one) => one.name);
  if (open.length > 0) return `not known: ${open.join(", ")}`;
  return `no violation (${verdicts.length} referees)`;
}

function violations({ verdicts }: SimulationReport): string[] {
  return verdicts.flatMap(({ name, violations: found }) =>
    found
      .slice(0, 10)
      .map(({ pair, atNs, message }) => `  ${name} at ${atNs} ns${pair ? `, ${pair}` : ""}: ${message}`),
  );
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

function rate(number: number, seconds: number): string {
  return seconds > 0 && number > 0 ? (number / seconds).toFixed(1) : "–";
}

function ratio(number: number | null): string {
  return number === null ? "–" : number.toFixed(4);
}

function microseconds(number: number | null): string {
  return number === null ? "–" : `${number.toFixed(1)} µs`;
}
