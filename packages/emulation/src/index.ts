/** A deployment as processes and containers. */

export { Collector, type CollectorOptions } from "./collector.ts";
export { type ComposeFile, type ComposeOptions, composeFile } from "./compose.ts";
export { askSupervisor } from "./control.ts";
export { EmulationError } from "./emulation-error.ts";
export { type Durations, type EmulatorBudget, type EmulatorBudgetOptions, emulatorBudget } from "./emulator-budget.ts";
export type { FaultList } from "./fault-client.ts";
export { lostCalibrationText, lostVersion } from "./lost-calibration.ts";
export type { FidelityLosses } from "./lost-fidelity.ts";
export { Mesh, type MeshOptions } from "./mesh.ts";
export { type AccountQuery, type MeshAccount, messagesBetween } from "./mesh-account.ts";
export { connectionTo, type MeshConnection } from "./mesh-connection.ts";
export { calibrateNode, HardwareRefusedError, meshHardware } from "./mesh-hardware.ts";
export type { NatsChoice } from "./mesh-nats.ts";
export { NotReadyError } from "./mesh-processes.ts";
export { type MeshReport, meshReport } from "./mesh-report.ts";
export { type Ask, type RequestOutcome, type RequestProgress, requestPairs } from "./mesh-request.ts";
export type { MeshStatus, ProcessStatus } from "./mesh-status.ts";
export { connectTo } from "./probe-nats.ts";
export { RunDirectory, runBase, runningMeshes, tryDirectory } from "./run-directory.ts";
export type { Injected, RunFaults } from "./run-faults.ts";
