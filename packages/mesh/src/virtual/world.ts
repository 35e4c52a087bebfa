import { SeededEntropy } from "@bellmesh/numerics";
import type { Instant } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { segmentOf } from "../clock-corrections.ts";
import { EventQueue, type Ticket, type WorldEvent } from "../event-queue.ts";
import type { FaultEntry } from "../faults/fault-kinds.ts";
import type { FaultyLink } from "../faults/fault-scope.ts";
import { Faults } from "../faults.ts";
import type { Address, AnyService, Effect, Entropy, Input } from "../host.ts";
import type { MessageType } from "../method.ts";
import { type NodeClockLike, Place } from "../place.ts";
import { VirtualBus } from "./bus.ts";
import { ClockRegisters } from "./clock-registers.ts";
import { VirtualHost } from "./host.ts";
import { InjectedFaults } from "./injected-faults.ts";
import { guardPurity } from "./purity.ts";
import { type Carried, EncodingWire, HandingWire, type Wire } from "./wire.ts";

/** What of a world is bounded, and where the bounds lie. */
export interface Limits {
  /** Items of one direction of a stream that were sent and not delivered; one more ends the stream. */
  readonly streamItemsMax: number;
  /** A stream cut off for longer than this ends with UNAVAILABLE. */
  readonly keepaliveNs: number;
  /** So many events at one instant are taken for a loop that would never end. */
  readonly eventsPerInstantMax: number;
}

const DEFAULT_LIMITS: Limits = Object.freeze({
  streamItemsMax: 1024,
  keepaliveNs: 5_000_000_000,
  eventsPerInstantMax: 10_000_000,
});

/** Told of every step: whose it was, its clock, what it was given, and what it asked for, not yet carried out. */
export type StepObserver = (address: Address, now: Instant, input: Input, effects: readonly Effect[]) => void;

/** A service's word on itself; nothing in the world depends on it. */
export interface Telemetry {
  readonly kind: "health";
  readonly address: Address;
  readonly at: Instant;
  readonly serving: boolean;
  readonly reason: string;
}

export interface WorldOptions {
  readonly seed: number | bigint;
  /** The network's name in subjects. */
  readonly network: string;
  /** How long a classical message takes from place to place, always the same; Infinity where no way leads. */
  readonly delayNs: (fromPlace: string, toPlace: string) => number;
  /** The clock of a node; undefined for places that have none and live on true time. */
  readonly clockOf: (place: string) => NodeClockLike | undefined;
  readonly onRecord: (event: LedgerEvent) => void;
  readonly onTelemetry?: (telemetry: Telemetry) => void;
  readonly onStep?: StepObserver;
  /** How often every process has started before; 0 by default. */
  readonly startsBefore?: number;
  /** What streams and the bus carry is handed over as it is, not encoded and decoded: the same history, sooner. */
  readonly handsOver?: boolean;
  readonly faults?: readonly FaultEntry[];
  /** The links with their ends, for faults that befall what crosses a link. */
  readonly links?: readonly FaultyLink[];
  readonly limits?: Partial<Limits>;
  /** In place of SeededEntropy(seed). */
  readonly entropy?: Entropy;
  /** What the effect `compute` may ask for, by "<module>#<fn>". */
  readonly computations?: ReadonlyMap<string, (args: unknown) => unknown>;
}

export interface RunOptions {
  /** Stops at this instant, once everything up to and including it has happened. */
  readonly untilNs?: number;
  /** Stops after so many events. */
  readonly maxEvents?: number;
  /** Asked before every event; stops when true. */
  readonly until?: () => boolean;
}

export interface RunResult {
  /** Why it stopped: nothing waits any more (whatever the bounds), or one of the three bounds was met. */
  readonly reason: "quiescent" | "time" | "events" | "condition";
  /** Now. */
  readonly virtualNs: number;
  /** What happened in this run: events, and how many of them were inputs of services. */
  readonly events: number;
  readonly inputs: number;
}

/**
 * Every process of a mesh in this one, on virtual time. Same seed and same calls: same history, event by event.
 * Events are ordered by (instant, order of their making); services meet only through messages.
 */
export class VirtualWorld {
  readonly network: string;
  readonly entropy: Entropy;
  readonly limits: Limits;
  readonly bus: VirtualBus;
  /** Of the items of streams, and of messages on the bus. */
  readonly wire: Wire;
  /** Of what is asked and answered once, in every world: it is little, and what comes from outside enters by it. */
  readonly encoding = new EncodingWire();
  readonly onStep: StepObserver | undefined;
  readonly startsBefore: number;
  /** Undefined as long as nothing is to go wrong, so that faults cost nothing then. */
  faults: Faults | undefined;
  /** Inputs given to services so far. */
  inputs = 0;

  readonly #options: WorldOptions;
  readonly #queue = new EventQueue<WorldEvent>();
  readonly clockRegisters: ClockRegisters;
  readonly #hosts = new Map<string, VirtualHost>();
  readonly #places = new Map<string, Place>();
  readonly #delays = new Map<string, Map<string, number>>();
  #injected: InjectedFaults | undefined;
  #started = false;
  #guards = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.network = options.network;
    this.entropy = options.entropy ?? new SeededEntropy(options.seed);
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.onStep = options.onStep;
    this.startsBefore = options.startsBefore ?? 0;
    this.wire = options.handsOver ? new HandingWire() : this.encoding;
    this.bus = new VirtualBus(this, this.entropy);
    this.clockRegisters = new ClockRegisters(this.#hosts);
  }

  /** True mesh time in ns. */
  get now(): number {
    return this.#queue.now;
  }

  /** Adds a process. Once the world has started it starts at once. @returns its address. */
  add(service: AnyService, { place, config }: { readonly place: string; readonly config: unknown }): Address {
    let where = this.#places.get(place);
    if (where === undefined) {
      where = new Place(place, this.#queue, this.#options.clockOf(place));
      this.#places.set(place, where);
    }
    const host = new VirtualHost(this, service, where, config);
    if (this.#hosts.has(host.address)) throw new Error(`there is a ${host.address} already`);
    this.#hosts.set(host.address, host);
    if (this.#started) this.#guarded(() => host.start());
    return host.address;
  }

  /** Starts every process, in the order of their adding, and puts the fault schedule in force. */
  start(): void {
    if (this.#started) throw new Error("the world has started already");
    this.#started = true;
    for (const entry of this.#options.faults ?? []) this.inject(entry);
    this.#guarded(() => {
      for (const host of this.#hosts.values()) host.start();
    });
  }

  /** Lets things happen until one of the bounds is met, or nothing waits any more. May be called again and again. */
  run({ untilNs = Number.POSITIVE_INFINITY, maxEvents = Number.POSITIVE_INFINITY, until }: RunOptions = {}): RunResult {
    const inputsBefore = this.inputs;
    const { reason, events } = this.#guarded(() => this.#loop(untilNs, maxEvents, until));
    return { reason, virtualNs: this.now, events, inputs: this.inputs - inputsBefore };
  }

  /** Takes a process, or all of a place, down at once. */
  crash(process: string): void {
    for (const host of this.#processes(process)) host.crash();
  }

  /** Starts a process, or all of a place, that went down. */
  restart(process: string): void {
    this.#guarded(() => {
      for (const host of this.#processes(process)) {
        if (!host.up) host.start();
      }
    });
  }

  /** Tells every process to stop. */
  stop(): void {
    for (const host of this.#hosts.values()) host.later({ kind: "stopping" });
  }

  /** Adds a fault to the schedule; one that should have begun before now begins now. */
  inject(entry: FaultEntry): void {
    this.faults ??= new Faults(this.entropy, [], this.#options.links);
    this.faults.add(entry);
    this.#injected ??= new InjectedFaults(this, {
      hosts: this.#hosts,
      places: this.#places,
      processes: (process) => this.#processes(process),
      restart: (process) => this.restart(process),
    });
    this.#injected.inject(entry);
  }

  /** A process has started. */
  started(host: VirtualHost): void {
    this.#injected?.tell(host);
  }

  /** Writes into the ledger how every process stands. */
  takeCensus(): void {
    for (const host of this.#hosts.values()) host.takeCensus();
  }

  /** Whether the process at this address runs. */
  isUp(address: string): boolean {
    return this.#hosts.get(address)?.up ?? false;
  }

  /** Lets something happen at a true instant. */
  at(atNs: number, event: WorldEvent): Ticket {
    return this.#queue.push(atNs, event);
  }

  cancel(ticket: Ticket): void {
    this.#queue.cancel(ticket);
  }

  host(address: string): VirtualHost | undefined {
    return this.#hosts.get(address);
  }

  /** The time a message takes between two places; 0 where nothing stands, Infinity where no way leads. */
  delayNs(from: string, to: string): number {
    if (from === to) return 0;
    let row = this.#delays.get(from);
    if (row === undefined) {
      row = new Map();
      this.#delays.set(from, row);
    }
    let delayNs = row.get(to);
    if (delayNs === undefined) {
      const known = this.#places.has(from) && this.#places.has(to);
      delayNs = known ? this.#options.delayNs(from, to) : 0;
      if (!((Number.isSafeInteger(delayNs) && delayNs >= 0) || delayNs === Number.POSITIVE_INFINITY)) {
        throw new RangeError(`the delay from ${from} to ${to} is whole nanoseconds from 0 on, not ${delayNs}`);
      }
      if (known) row.set(to, delayNs);
    }
    return delayNs;
  }

  /** When something sent by RPC now arrives. */
  rpcArrivalNs(from: string, to: string, delayNs = this.delayNs(from, to)): number {
    const arrivalNs = this.now + delayNs;
    if (this.faults === undefined) return arrivalNs;
    const leavesAfterNs = this.rpcHeldUntilNs(from, to) - this.now;
    return arrivalNs + leavesAfterNs + this.faults.rpcDelayNs(this.now, from, to);
  }

  /** Until when RPC between two places stands still; now, when it does not. */
  rpcHeldUntilNs(from: string, to: string): number {
    return this.faults === undefined ? this.now : this.faults.heldUntilNs(this.now, from, to);
  }

  /** Whether something cannot be delivered yet; it then comes again when it can. */
  holdRpc(from: string, to: string, event: WorldEvent): boolean {
    if (this.faults === undefined) return false;
    const untilNs = this.rpcHeldUntilNs(from, to);
    if (untilNs === this.now) return false;
    this.at(untilNs, event);
    return true;
  }

  /** Reads a message and releases it. @returns the error when its bytes are none of this type. */
  open<T>(wire: Wire, type: MessageType<T>, message: Carried): T | Error {
    try {
      return wire.read(type, message);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      wire.release(message);
    }
  }

  /** Sets the clock of a place; timers and deadlines there wait for what it reads now. */
  correctClock(place: Place, correction: ClockCorrection): void {
    place.correct(segmentOf(correction));
    for (const host of this.#hosts.values()) {
      if (host.place === place) host.rearm();
    }
  }

  record(event: LedgerEvent): void {
    this.#options.onRecord(event);
  }

  telemetry(telemetry: Telemetry): void {
    this.#options.onTelemetry?.(telemetry);
  }

  compute(module: string, fn: string, args: unknown): unknown {
    const computation = this.#options.computations?.get(`${module}#${fn}`);
    if (computation === undefined) throw new Error(`this world knows no computation ${module}#${fn}`);
    // A worker thread gets a copy and gives a copy.
    return structuredClone(computation(structuredClone(args)));
  }

  #loop(untilNs: number, maxEvents: number, until: (() => boolean) | undefined) {
    const queue = this.#queue;
    const perInstantMax = this.limits.eventsPerInstantMax;
    let events = 0;
    let instantBegan = 0;
    for (;;) {
      if (until?.()) return { reason: "condition", events } as const;
      const nextNs = queue.nextNs;
      if (nextNs > untilNs || nextNs === Number.POSITIVE_INFINITY) {
        if (untilNs > queue.now && untilNs < Number.POSITIVE_INFINITY) queue.advance(untilNs);
        return { reason: nextNs === Number.POSITIVE_INFINITY ? "quiescent" : "time", events } as const;
      }
      if (events >= maxEvents) return { reason: "events", events } as const;
      if (nextNs !== queue.now) instantBegan = events;
      else if (events - instantBegan > perInstantMax) throw new Error(`time stands still at ${nextNs} ns`);
      events += 1;
      queue.pop()?.occur();
    }
  }

  *#processes(process: string): Iterable<VirtualHost> {
    let found = false;
    for (const host of this.#hosts.values()) {
      if (host.address !== process && host.place.name !== process) continue;
      found = true;
      yield host;
    }
    if (!found) throw new Error(`there is no process or place "${process}"`);
  }

  /** Runs what may run code of services, with guards around it against impure steps. */
  #guarded<T>(work: () => T): T {
    if (this.#guards) return work();
    const lift = guardPurity();
    this.#guards = true;
    try {
      return work();
    } finally {
      this.#guards = false;
      lift();
    }
  }
}
