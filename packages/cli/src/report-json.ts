import type { MeshReport } from "@bellmesh/emulation";
import { objections, type SimulationReport } from "@bellmesh/simulation";

type Report = SimulationReport | MeshReport;

/** The fields of a report that scripts rely on, in this order; `refusal`, `sampled`, `tomography` where there are. */
export function reportJson(report: Report): object {
  const { world, seed, requested, delivered, failed, fidelity, feedforward, virtualNs, wallMs, events, ledger } =
    report;
  return {
    world,
    seed,
    requested,
    delivered,
    failed,
    fidelity,
    feedforward,
    virtualNs,
    wallMs: Math.round(wallMs),
    events,
    ledger,
    ...(report.world === "mesh" && meshFields(report)),
    ...(report.world === "simulation" && report.sampled && { sampled: report.sampled }),
    ...(report.tomography !== undefined && { tomography: report.tomography }),
    ...(report.refusal && { refusal: report.refusal }),
  };
}

function meshFields({ processes, nats, cpuMsPerPair, losses, budget }: MeshReport) {
  return { processes, nats, cpuMsPerPair, losses, budget: budget ?? null };
}

/** Exit code 1: refused, fewer pairs than asked, or a rule that did not hold or may not have. */
export function reportCode({ refusal, delivered, requested, verdicts }: Report): number {
  const isShort = refusal !== undefined || delivered < requested;
  return isShort || objections(verdicts).length > 0 ? 1 : 0;
}

/** What a reader must know before trusting the figures. */
export function reportDoubts({ verdicts, emulatorLimits, refusal }: Report): string[] {
  const unknown = objections(verdicts)
    .filter(({ verdict }) => verdict === "unknown")
    .map(({ name }) => name);
  return [
    ...(unknown.length > 0 && !refusal ? [`not everything was seen to its end: ${unknown.join(", ")} unknown`] : []),
    ...(emulatorLimits > 0 ? [`${emulatorLimits} pairs ended because no engine could hold their register`] : []),
  ];
}
