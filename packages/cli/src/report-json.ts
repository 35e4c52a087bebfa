import type { MeshReport } from "@bellmesh/emulation";
import { objections, type SimulationReport } from "@bellmesh/simulation";

type Report = SimulationReport | MeshReport;

/** The fields of a report that scripts rely on, in this order; `refusal`, `sampled`, `tomography` where there are. */
export function reportJson(report: Report): object {
  const {
    world,
    seed,
    requested,
    delivered,
    failed,
    fidelity,
    feedforward,
    clocks,
    virtualNs,
    wallMs,
    events,
    ledger,
  } = report;
  return {
    world,
    seed,
    requested,
    delivered,
    failed,
    fidelity,
    feedforward,
    clocks,
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

/** Of the time in which a request needs a link; the first seconds of a mesh, in which clocks lock, are usual. */
const UNTRUSTED_SHARE_MAX = 0.5;

/** Exit code 1: refused, fewer pairs than asked, or a rule that did not hold or may not have. */
export function reportCode({ refusal, delivered, requested, verdicts }: Report): number {
  const isShort = refusal !== undefined || delivered < requested;
  return isShort || objections(verdicts).length > 0 ? 1 : 0;
}

/** What a reader must know before trusting the figures. */
export function reportDoubts({ verdicts, emulatorLimits, refusal, clocks }: Report): string[] {
  const unknown = objections(verdicts)
    .filter(({ verdict }) => verdict === "unknown")
    .map(({ name }) => name);
  return [
    ...(unknown.length > 0 && !refusal ? [`not everything was seen to its end: ${unknown.join(", ")} unknown`] : []),
    ...clockDoubts(clocks.filter(({ rateLost }) => rateLost > UNTRUSTED_SHARE_MAX)),
    ...(emulatorLimits > 0 ? [`${emulatorLimits} pairs ended because no engine could hold their register`] : []),
  ];
}

/** Of links that were refused most attempts: whether their clocks had yet to lock, or are not good enough. */
function clockDoubts(refused: Report["clocks"]): string[] {
  const isLocked = ({ settlingNs, refusedNs, visibilityLost }: (typeof refused)[number]) =>
    settlingNs === refusedNs && visibilityLost !== null;
  const locked = refused.filter(isLocked).map(({ link }) => link);
  return [
    ...refused
      .filter((cost) => !isLocked(cost))
      .map(
        ({ link }) => `CLOCK_UNTRUSTED: on ${link} most attempts were refused, for an end's clock may be off by more`,
      )
      .map((text) => `${text} than half the detection window; longer windows or better clocks would do`),
    ...(locked.length > 0
      ? [`most of the time clocks had yet to lock on ${locked.join(", ")}; rates show in longer runs`]
      : []),
  ];
}
