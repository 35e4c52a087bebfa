/** The host over real gRPC and NATS: services as processes of the operating system. */
export { type BusMessage, NatsBus } from "./bus.ts";
export { createLogger } from "./log.ts";
export { LogHistogram } from "./log-histogram.ts";
export { MeshTime } from "./mesh-time.ts";
export { type Hosted, MeshProcess, type MeshProcessOptions } from "./process.ts";
