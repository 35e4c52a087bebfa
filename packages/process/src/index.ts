/** A service of a topology as a process: from the environment to the options of the host. */
export { EnvironmentError } from "./environment-error.ts";
export { grpcAddress, socketPath } from "./grpc-address.ts";
export { anchorOf, type MeshStart, meshStartIn, meshStartNow, meshStartText, parseMeshStart } from "./mesh-start.ts";
export { type CrashInStep, isCrashInStep, isServing, type Serving } from "./parent-channel.ts";
export { meshTime, networkOptions } from "./process-options.ts";
export type { Environment } from "./process-settings.ts";
export { runProcess } from "./run-process.ts";
