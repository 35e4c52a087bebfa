/** The virtual host: every process of a mesh in one, on virtual time. */

export { EventQueue, type Ticket } from "../event-queue.ts";
export type { FaultEntry } from "../faults/fault-kinds.ts";
export { Faults } from "../faults.ts";
export { MessageReader } from "../message-reader.ts";
export { MessageWriter } from "../message-writer.ts";
export type { ClockSegment, NodeClockLike } from "../place.ts";
export { StringTable } from "../string-table.ts";
export { BusClient, type BusHeaders, type BusMessage, BusSubscription, NO_RESPONDERS, VirtualBus } from "./bus.ts";
export {
  type Limits,
  type RunOptions,
  type RunResult,
  type StepObserver,
  type Telemetry,
  VirtualWorld,
  type WorldOptions,
} from "./world.ts";
