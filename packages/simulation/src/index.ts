/** A deployment on virtual hosts, its ledger, and the referees that judge it. */
export { LEDGER_SCHEMA_VERSION, Ledger, type LedgerGap, type LedgerOptions } from "./ledger.ts";
export { allReferees, type Referee, type Verdict, type Violation, verdicts } from "./referees/index.ts";
export { type Progress, type SimulationOptions, type SimulationReport, simulate } from "./simulate.ts";
export { type SimulatedMeshOptions, simulatedMesh } from "./simulated-mesh.ts";
