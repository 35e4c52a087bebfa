/** The host over real gRPC and NATS: services as processes of the operating system. */
export { type BusMessage, NatsBus } from "./bus.ts";
export { Health } from "./health.ts";
export { identityMetadata } from "./identity.ts";
export { LedgerWriter, type LedgerWriterOptions } from "./ledger-writer.ts";
export { createLogger } from "./log.ts";
export { histogramQuantile, LogHistogram, mergedHistogram } from "./log-histogram.ts";
export { MeshTime } from "./mesh-time.ts";
export { MeshProcess } from "./process.ts";
export type { Hosted, MeshProcessOptions } from "./process-options.ts";
export { statusFromGrpc } from "./rich-status.ts";
