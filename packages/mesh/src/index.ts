/** The host contract, and what services need to speak it. Hosts stand under `@bellmesh/mesh/virtual` and so on. */
export { refusalOfForeign } from "./caller.ts";
export { ClockCorrections } from "./clock-corrections.ts";
export * as effect from "./effects.ts";
export type {
  Address,
  AnyMessageType,
  AnyMethod,
  AnyService,
  Call,
  Context,
  Effect,
  Entropy,
  HardwareReading,
  Input,
  Machine,
  MessageType,
  Method,
  Service,
  ServiceDescriptor,
  Stream,
  Subscription,
  TimeBase,
} from "./host.ts";
export { type MethodsOf, methodsOf } from "./method.ts";
export { NodeClocks, type OscillatorSpread } from "./node-clocks.ts";
export { RecentMap } from "./recent-map.ts";
export { incarnationOf, Resumable } from "./resumable.ts";
export { type CallDetails, type Opened, Routes, type Served } from "./routes.ts";
export { StandingStream, StreamNumbers } from "./standing-stream.ts";
export { Code, codeName, failure, OK, type Status } from "./status.ts";
