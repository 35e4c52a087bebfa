/** The host contract, and what services need to speak it. Hosts stand under `@bellmesh/mesh/virtual` and so on. */
export { refusalOfForeign } from "./caller.ts";
export { ClockCorrections } from "./clock-corrections.ts";
export * as effect from "./effects.ts";
export { ActiveFaults, type FaultChange } from "./faults/active-faults.ts";
export { type DriftingClock, driftClock } from "./faults/clock-drift.ts";
export { drawFault, type FaultWindow } from "./faults/draw-fault.ts";
export { FaultError } from "./faults/fault-error.ts";
export type { EntryOf, FaultApplier, FaultFamily, FaultKind } from "./faults/fault-kind.ts";
export { type FaultEntry, type FaultOf, faultKinds, kindOf } from "./faults/fault-kinds.ts";
export { faultMessage, faultOf } from "./faults/fault-message.ts";
export type { FaultScope, FaultyLink } from "./faults/fault-scope.ts";
export { faultData, faultText } from "./faults/fault-text.ts";
export type { Field, Fields } from "./faults/field.ts";
export { kindsTables } from "./faults/kinds-table.ts";
export { FOREVER, readFault } from "./faults/read-fault.ts";
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
export { Latest } from "./latest.ts";
export { type MethodsOf, methodsOf } from "./method.ts";
export { NodeClocks, type OscillatorSpread } from "./node-clocks.ts";
export { RecentLog } from "./recent-log.ts";
export { RecentMap } from "./recent-map.ts";
export { incarnationOf, Resumable } from "./resumable.ts";
export { type CallDetails, type Opened, Routes, type Served } from "./routes.ts";
export { SmallMap } from "./small-map.ts";
export { SmallSet } from "./small-set.ts";
export { StandingStream, StreamNumbers } from "./standing-stream.ts";
export { Code, codeName, failure, OK, type Status } from "./status.ts";
