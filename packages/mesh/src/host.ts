/**
 * The host contract: what a service is told and what it may ask for.
 * A service is a pure step machine; a host runs it. `virtual/` and `grpc-nats/` implement this file, nothing else
 * knows which one is running.
 */

import type { EntropyStream } from "@bellmesh/numerics";
import type { Instant } from "@bellmesh/wire";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { FaultEntry } from "./faults/fault-kinds.ts";
import type { AnyMessageType, AnyMethod, MessageType, Method, ServiceDescriptor } from "./method.ts";
import type { Status } from "./status.ts";

/** "<service>/<place>", such as "link-layer/alice" or "physical-link/alice-bob" or "quantum-state/nature". */
export type Address = `${string}/${string}`;

/** An instant on the node's free-running oscillator, as its hardware stamps it: whole nanoseconds and the rest. */
export interface HardwareReading {
  readonly instant: number;
  /** 0 ≤ picoseconds < 1000. */
  readonly picoseconds: number;
}

declare const answer: unique symbol;
declare const item: unique symbol;

/** A unary call, incoming or outgoing, answered with `Response`. The host numbers incoming calls, we our own. */
export type Call<Response = unknown> = number & { readonly [answer]: Response };

/** An open stream that takes `Item`s from us. Streams we open are odd, streams opened to us even (as in HTTP/2). */
export type Stream<Item = unknown> = number & { readonly [item]: Item };

/** What happened. */
export type Input =
  | { readonly kind: "started"; readonly incarnation: number; readonly recovered: ReadonlyMap<string, Uint8Array> }
  | {
      readonly kind: "call";
      readonly call: Call;
      readonly method: AnyMethod;
      readonly request: unknown;
      readonly from: Address;
      readonly deadline: Instant | undefined;
      readonly reading: HardwareReading | undefined;
    }
  /** The caller of an incoming call has gone; nothing need be answered. */
  | { readonly kind: "cancelled"; readonly call: Call }
  /** A stream was opened to us; `request` is there when the client sends one message only. */
  | {
      readonly kind: "stream-opened";
      readonly stream: Stream;
      readonly method: AnyMethod;
      readonly request: unknown;
      readonly from: Address;
    }
  | {
      readonly kind: "stream-item";
      readonly stream: Stream;
      readonly method: AnyMethod;
      readonly item: unknown;
      /** By how much the emulator had made its sending late, in ns; absent in a simulation. Nature alone may ask. */
      readonly lateNs?: number;
    }
  /** The other side has ended the stream, or it broke; no item follows and none may be sent. */
  | { readonly kind: "stream-ended"; readonly stream: Stream; readonly method: AnyMethod; readonly status: Status }
  /** The stream's outgoing buffer has room again. */
  | { readonly kind: "writable"; readonly stream: Stream; readonly method: AnyMethod }
  | {
      readonly kind: "reply";
      readonly call: Call;
      readonly method: AnyMethod;
      readonly response: unknown;
      readonly reading: HardwareReading | undefined;
    }
  | { readonly kind: "call-failed"; readonly call: Call; readonly method: AnyMethod; readonly status: Status }
  | { readonly kind: "message"; readonly subject: string; readonly type: AnyMessageType; readonly message: unknown }
  | {
      readonly kind: "timer";
      readonly timer: string;
      readonly due: Instant;
      readonly reading: HardwareReading | undefined;
    }
  | { readonly kind: "stored"; readonly key: string }
  | { readonly kind: "computed"; readonly computation: string; readonly result: unknown }
  | { readonly kind: "bus-up" }
  | { readonly kind: "bus-down" }
  /** A fault befalls what this service owns; it has to act as if it were so, and nothing else has told it. */
  | {
      readonly kind: "fault-began" | "fault-ended";
      readonly fault: FaultEntry;
      readonly reading: HardwareReading | undefined;
    }
  | { readonly kind: "stopping" };

/**
 * What to do about it. Build these with effects.ts, which knows the types of calls and streams. Nobody changes a
 * message once it stands in an effect, nor one that came with an input: a simulation gives both ends the same one.
 */
export type Effect =
  | { readonly kind: "respond"; readonly call: Call; readonly response: unknown }
  | { readonly kind: "fail"; readonly call: Call; readonly status: Status }
  | {
      readonly kind: "open-stream";
      readonly stream: Stream;
      readonly to: Address;
      readonly method: AnyMethod;
      readonly request: unknown;
    }
  | { readonly kind: "send"; readonly stream: Stream; readonly item: unknown }
  /** Ends a stream: half-closes one we opened, ends one opened to us with this status. */
  | { readonly kind: "close"; readonly stream: Stream; readonly status: Status }
  | {
      readonly kind: "call";
      readonly call: Call;
      readonly to: Address;
      readonly method: AnyMethod;
      readonly request: unknown;
      readonly deadline: Instant;
    }
  | { readonly kind: "cancel-call"; readonly call: Call }
  | { readonly kind: "publish"; readonly subject: string; readonly type: AnyMessageType; readonly message: unknown }
  /** Sets or moves the timer of this name. */
  | { readonly kind: "set-timer"; readonly timer: string; readonly due: Instant }
  | { readonly kind: "cancel-timer"; readonly timer: string }
  /** Durable once `stored` comes back. */
  | { readonly kind: "store"; readonly key: string; readonly bytes: Uint8Array }
  /** Long arithmetic off the step: a worker thread in the mesh, inline with this virtual duration in simulation. */
  | {
      readonly kind: "compute";
      readonly computation: string;
      readonly module: string;
      readonly fn: string;
      readonly args: unknown;
      readonly virtualNs: number;
    }
  | { readonly kind: "health"; readonly serving: boolean; readonly reason: string }
  | { readonly kind: "record"; readonly event: NonNullable<LedgerEvent["event"]> };

/** A running service. `step` is deterministic: no clock, no chance but named entropy streams, no waiting. */
export interface Machine {
  step(now: Instant, input: Input): readonly Effect[];
}

/** Named sources of chance: a draw added in one place never shifts another. */
export interface Entropy {
  /** The stream of this name, going on where its last draw left off. */
  stream(name: string): EntropyStream;
  /** The same stream from its first draw: for what must be the same wherever it is drawn (a node's oscillator). */
  fresh(name: string): EntropyStream;
}

/** What a service is given when it starts. */
export interface Context<Config> {
  readonly config: Config;
  /** The node or link this process serves; "nature" for quantum-state. */
  readonly place: string;
  readonly entropy: Entropy;
}

/** A standing interest in bus subjects; `*` is one token, `>` the rest. */
export interface Subscription {
  readonly subject: string;
  readonly type: AnyMessageType;
  /** Members of a queue group share the messages. */
  readonly queue?: string;
}

/** Which clock `now` is: the node's disciplined clock (the stack), or true mesh time (nature and hardware). */
export type TimeBase = "node" | "true";

/** A service: its name, what it serves and hears, and how it starts. One per folder of `services/`. */
export interface Service<Config> {
  readonly name: string;
  readonly timeBase: TimeBase;
  readonly serves: readonly ServiceDescriptor[];
  /** Its inputs `call`, `reply` and `timer` carry hardware readings (clock-sync). */
  readonly stamped?: boolean;
  subscriptions(context: Context<Config>): readonly Subscription[];
  start(context: Context<Config>): Machine;
}

/** A service with its configuration forgotten, for tables of many: methods take it, so that any service is one. */
export type AnyService = Service<unknown>;

export type { AnyMessageType, AnyMethod, MessageType, Method, ServiceDescriptor };
