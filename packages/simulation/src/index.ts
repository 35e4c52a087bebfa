/** A deployment on virtual hosts, its ledger, and the referees that judge it. */

export { Books, type BooksOptions } from "./books.ts";
export type { CalibratedNode } from "./calibrated-nodes.ts";
export type { Calibrating } from "./calibrator.ts";
export type { LinkClockCost, UntrustedLink } from "./clock-costs.ts";
export { CountedPairs } from "./counted-pairs.ts";
export type { DumpedHalf, DumpedState } from "./dumped-state.ts";
export { Experiment } from "./experiment.ts";
export { loadSchedule, parseSchedule } from "./faults/parse-schedule.ts";
export { ScheduleError } from "./faults/schedule-error.ts";
export { LEDGER_SCHEMA_VERSION, Ledger, type LedgerContents, type LedgerGap, readLedger } from "./ledger.ts";
export { type LedgerReader, LedgerReaders, type Readings } from "./ledger-readers.ts";
export {
  allReferees,
  judgeReplay,
  objections,
  type Referee,
  type ReplayOptions,
  type Verdict,
  type Violation,
  verdicts,
} from "./referees/index.ts";
export { SequenceSet } from "./sequence-set.ts";
export { type Progress, type SimulationOptions, type SimulationReport, simulate } from "./simulate.ts";
export { type SimulatedMeshOptions, simulatedMesh } from "./simulated-mesh.ts";
export { type StateDumpOptions, stateDump } from "./state-dump.ts";
export { type SampledFidelity, TrueFidelity } from "./true-fidelity.ts";
