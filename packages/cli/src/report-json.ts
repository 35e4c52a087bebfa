import type { MeshReport } from "@bellmesh/emulation";
import type { SimulationReport } from "@bellmesh/simulation";
import type { FaultTally } from "./fault-tally.ts";
import { failures, openVerdicts } from "./open-verdicts.ts";

type Report = SimulationReport | MeshReport;

/**
 * The fields of a report that scripts rely on, in this order; `sampled`, `tomography`, `faults` and `refusal` where
 * there are.
 */
export function reportJson(report: Report, faults?: FaultTally): object {
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
    ledger: { ...ledger, ...openVerdicts(report.verdicts) },
    ...(report.world === "mesh" && meshFields(report)),
    ...(report.world === "simulation" && report.sampled && { sampled: report.sampled }),
    ...(report.tomography !== undefined && { tomography: report.tomography }),
    ...(faults && { faults }),
    ...(report.refusal && { refusal: report.refusal }),
  };
}

function meshFields({ processes, nats, cpuMsPerPair, losses, budget }: MeshReport) {
  return { processes, nats, cpuMsPerPair, losses, budget: budget ?? null };
}

/** Of the time in which a request needs a link; the first seconds of a mesh, in which clocks lock, are usual. */
const UNTRUSTED_SHARE_MAX = 0.5;

/**
 * Exit code 1: refused, fewer pairs than asked, or a rule that did not hold, or may not have because not all was seen.
 * One that faults alone kept from being judged does not count: that they make claims untrue is what they are for.
 */
export function reportCode({ refusal, delivered, requested, verdicts }: Report): number {
  const isShort = refusal !== undefined || delivered < requested;
  return isShort || failures(verdicts).length > 0 ? 1 : 0;
}

/** What a reader must know before trusting the figures. */
export function reportDoubts({ verdicts, emulatorLimits, refusal, clocks }: Report): string[] {
  const { unknown, excused } = openVerdicts(verdicts);
  const unseen = unknown.filter((name) => !excused.includes(name));
  return [
    ...(unseen.length > 0 && !refusal ? [`not everything was seen to its end: ${unseen.join(", ")} unknown`] : []),
    ...(excused.length > 0 && !refusal
      ? [`under faults claims may be untrue, and pairs of that time were not judged: ${excused.join(", ")} unknown`]
      : []),
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
