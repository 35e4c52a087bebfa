import { join } from "node:path";
import { SeededEntropy } from "@bellmesh/numerics";
import { subjects } from "@bellmesh/wire";
import { ClockCorrection } from "@bellmesh/wire/control";
import { EventQueue, type Ticket, type WorldEvent } from "../event-queue.ts";
import type { FaultScope } from "../faults/fault-scope.ts";
import type { Address } from "../host.ts";
import { MessageReader } from "../message-reader.ts";
import { MessageWriter } from "../message-writer.ts";
import type { MessageType } from "../method.ts";
import { type ClockSegment, Place } from "../place.ts";
import { StringTable } from "../string-table.ts";
import { BusPlanes } from "./bus-planes.ts";
import { Channels } from "./channels.ts";
import { ClockRegister } from "./clock-register.ts";
import { FAULT_SERVICE, FaultDoor } from "./fault-door.ts";
import { Health } from "./health.ts";
import { MeshHost } from "./host.ts";
import type { MeshTime } from "./mesh-time.ts";
import { ProcessFaults } from "./process-faults.ts";
import type { MeshProcessOptions } from "./process-options.ts";
import { Readiness } from "./readiness.ts";
import { registerReflection } from "./reflection.ts";
import { Server } from "./server.ts";
import type { Sending } from "./stamp.ts";
import { Telemetry } from "./telemetry.ts";

/** When a message acts, and by how much the emulator has made that late: with all that its sender was late already. */
export interface Arrival {
  readonly actsAtNs: number;
  readonly lateNs: number;
}

/** An event may occur so much wall time early: timers of the operating system count whole milliseconds. */
const SLACK_MS = 0.5;
const LONGEST_TIMEOUT_MS = 86_400_000;
/** How long a service waits for its node's clock before it starts on the raw oscillator. */
const CLOCK_WAIT_MS = 1000;
const REPORT_EVERY_MS = 1000;
/** Between saying that we stop and stopping. */
const NOTICE_MS = 100;
/** Of a stop: for calls being answered, and for the ledger to be acknowledged. */
const SHUTDOWN_LIMIT_MS = 2000;
const LEDGER_LIMIT_MS = 3000;

/**
 * One operating-system process of a mesh: the services it hosts, their gRPC server, their connections to the bus,
 * and its time. What happens is put in order by the instant at which it acts, and happens when that has come.
 */
export class MeshProcess {
  readonly time: MeshTime;
  readonly bus: BusPlanes;
  readonly channels: Channels;
  readonly readiness: Readiness;
  readonly telemetry: Telemetry;
  readonly writer: MessageWriter;
  /** Undefined where no faults may be injected, so that they cost nothing then. */
  readonly faults: ProcessFaults | undefined;
  /** Ports of the addresses that have one, in their order. */
  ports: readonly number[] = [];
  /** It answers no new calls any more. */
  stopping = false;
  readonly stopped: Promise<void>;

  readonly #options: MeshProcessOptions;
  readonly #reader: MessageReader;
  readonly #queue = new EventQueue<WorldEvent>();
  readonly #hosts: readonly MeshHost[];
  readonly #registers = new Map<string, ClockRegister>();
  readonly #health: Health;
  readonly #server: Server;
  readonly #known = new Map<string, boolean>();
  #running = false;
  #stopBegun = false;
  #alarm: NodeJS.Timeout | undefined;
  #alarmNs = 0;
  #settleStopped: () => void = () => undefined;

  /**
   * Starts to serve, at once for health checks; machines start when the bus is there and their clock is known.
   * @throws Error naming the address, directory or URL that cannot be used.
   */
  static async start(options: MeshProcessOptions): Promise<MeshProcess> {
    const process = new MeshProcess(options);
    try {
      process.ports = await process.#server.listen(options.listen);
    } catch (error) {
      await process.#close();
      throw error;
    }
    process.#run();
    return process;
  }

  private constructor(options: MeshProcessOptions) {
    this.#options = options;
    this.time = options.time;
    this.stopped = new Promise((resolve) => {
      this.#settleStopped = resolve;
    });
    const strings = new StringTable();
    this.writer = new MessageWriter(strings);
    this.#reader = new MessageReader(strings);
    this.channels = new Channels(options.targetOf);
    const names = options.services.flatMap(({ service }) => service.serves.map(({ fullName }) => fullName));
    const served = [...new Set(names)];
    this.#health = new Health([...served, FAULT_SERVICE]);
    this.readiness = new Readiness({ health: this.#health, log: options.log, services: served });
    this.readiness.require("*", "bus");
    for (const service of served) this.readiness.require(service, "start");
    this.telemetry = new Telemetry();
    const places = new Map(options.services.map(({ place }) => [place, this.#placeOf(place)]));
    this.#hosts = options.services.map(({ service, place, config }) => {
      const { stateDir, seed, network, log } = options;
      return new MeshHost(this, {
        service,
        place: places.get(place) as Place,
        config,
        stateDir,
        seed,
        network,
        log,
      });
    });
    this.#server = new Server(this, this.#hosts);
    this.#health.register(this.#server.grpc);
    this.faults = options.faults && this.#openFaults(options.faults);
    new FaultDoor(this, this.#server).register();
    this.#health.set(FAULT_SERVICE, true);
    registerReflection(this.#server.grpc, [...served, "grpc.health.v1.Health", FAULT_SERVICE]);
    this.bus = this.#openBus();
    for (const host of this.#hosts) host.subscribe();
    for (const place of places.values()) this.#keepClock(place);
  }

  /** True mesh time of what is happening: never before what happened last. */
  get now(): number {
    return this.#queue.now;
  }

  /** What the services that have not started are waiting for. */
  get waitsFor(): string {
    return this.readiness.reason("*");
  }

  /** Puts an event at an instant, or at the present one if that is later. */
  at(atNs: number, event: WorldEvent): Ticket {
    return this.#queue.push(Math.max(atNs, this.#queue.now), event);
  }

  cancel(ticket: Ticket): void {
    this.#queue.cancel(ticket);
  }

  /**
   * Lets something happen at an instant; without one, now. What no light brings here never happens.
   * @param occur is told by how much later it happens, for this process has gone on to a later instant already
   */
  happen(actsAtNs: number | undefined, occur: (lagNs: number) => void): void {
    const atNs = actsAtNs ?? this.time.now();
    if (atNs === Number.POSITIVE_INFINITY) return;
    this.at(atNs, { occur: () => occur(Math.max(0, this.now - atNs)) });
    this.#run();
  }

  /** The same for something that was sent from one place to another by RPC: not while a fault cuts the way. */
  arrive(from: string, to: string, actsAtNs: number, occur: (lagNs: number) => void): void {
    this.happen(actsAtNs, (lagNs) => {
      if (!this.faults?.holds(from, to, () => occur(0))) occur(lagNs);
    });
  }

  /**
   * When a message acts that was sent so and arrives now, and how late: not before light would have brought it, and
   * between processes of one node, or with nature, as if there were no processes.
   */
  arrival(from: string, to: string, sending: Sending | undefined): Arrival {
    const arrivedAtNs = this.time.now();
    if (sending === undefined) return { actsAtNs: arrivedAtNs, lateNs: 0 };
    const { sentAtNs, lateNs } = sending;
    const delayNs = this.delayNs(from, to);
    if (delayNs === 0) return { actsAtNs: sentAtNs, lateNs };
    const excessNs = Math.max(0, arrivedAtNs - sentAtNs - delayNs);
    const { telemetry } = this;
    telemetry.oneWay.add(Math.max(0, arrivedAtNs - sentAtNs));
    telemetry.excess.add(excessNs);
    return { actsAtNs: sentAtNs + delayNs + excessNs, lateNs: lateNs + excessNs };
  }

  delayNs(from: string, to: string): number {
    return from === to ? 0 : this.#options.delayNs(from, to);
  }

  /** Whether the network has such a place. */
  knows(place: string): boolean {
    let known = this.#known.get(place);
    if (known === undefined) {
      try {
        this.#options.delayNs(place, place);
        known = true;
      } catch {
        known = false;
      }
      // Strangers may send any number of names.
      if (this.#known.size < 65_536) this.#known.set(place, known);
    }
    return known;
  }

  /** @returns the message, or the error when the bytes are no such message. */
  decode<T>(type: MessageType<T>, bytes: Uint8Array): T | Error {
    try {
      return this.#reader.messageOf(type, bytes);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Something was refused for what it was or who sent it: counted and logged. */
  refused(reason: string, from: string, message: string): void {
    this.telemetry.refused(reason);
    this.#options.log.warn({ reason, from }, message);
  }

  /** Another condition of readiness, from outside: whether the clock is trusted, say. */
  condition(name: string, ok: boolean, reason: string): void {
    this.readiness.say("*", name, ok, reason);
  }

  /** Sets the clock of a place; timers and deadlines there wait for what it reads now. */
  correctClock(place: Place, segment: ClockSegment): void {
    place.correct(segment);
    this.#rearm(place.name);
  }

  /** The clock-sync of this process has published a correction. */
  keepCorrection(place: Place, subject: string, bytes: Uint8Array): void {
    this.#registers.get(place.name)?.keep(subject, bytes);
  }

  /** Timers and deadlines at a place wait for what its clock reads now. */
  #rearm(place: string): void {
    for (const host of this.#hosts) {
      if (host.place.name !== place) continue;
      host.timers.rearm();
      host.calls.rearm();
    }
  }

  /** A timer's input is given now. */
  timerFired(): void {
    this.telemetry.lateness.add(Math.max(0, (this.time.now() - this.now) / this.time.timeScale));
  }

  /**
   * The process kills itself in the middle of the next step of one of these services that writes something down: that
   * is kept, and never said. Where none are given it lives on.
   */
  crashInStepOf(services: readonly Address[]): void {
    for (const host of this.#hosts) host.crashesInStep = services.includes(host.address);
  }

  /** A broken invariant ends the process. */
  fail(error: unknown): void {
    setImmediate(() => {
      throw error;
    });
  }

  /**
   * Stops in order: not ready, no new calls, machines told, open calls and streams ended, ledger acknowledged.
   * Takes a few seconds at most. Steps are whole, so that nothing is left half done.
   */
  async stop(): Promise<void> {
    if (this.#stopBegun) return this.stopped;
    this.#stopBegun = true;
    this.#health.shutdown();
    this.happen(undefined, () => {
      for (const host of this.#hosts) host.step({ kind: "stopping" });
    });
    // Whoever watches our health turns away before the first call is refused.
    await new Promise((resolve) => setTimeout(resolve, NOTICE_MS));
    this.stopping = true;
    for (const host of this.#hosts) host.halt();
    const answering = this.#server.shutdown(SHUTDOWN_LIMIT_MS);
    this.#health.close();
    await answering;
    const stores = this.#hosts.map(({ store }) => store.close());
    await Promise.all([...stores, ...this.#hosts.map(({ ledger }) => ledger.drain(LEDGER_LIMIT_MS))]);
    await this.#close();
    return this.stopped;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#alarm);
    this.stopping = true;
    this.telemetry.stop();
    for (const register of this.#registers.values()) register.close();
    for (const { ledger } of this.#hosts) ledger.close();
    this.#server.grpc.forceShutdown();
    this.channels.close();
    await this.bus.close();
    this.#settleStopped();
  }

  #openFaults(scope: FaultScope): ProcessFaults {
    const { stateDir, seed, services } = this.#options;
    const [first] = services;
    return new ProcessFaults({
      hosts: this.#hosts,
      entropy: new SeededEntropy(seed),
      scope,
      directory: join(stateDir, `${first?.service.name}.${first?.place}`),
      happen: (atNs, occur) => this.happen(atNs, occur),
      now: () => this.time.now(),
      rearm: (place) => this.#rearm(place),
    });
  }

  #openBus(): BusPlanes {
    const { natsUrl, services, log } = this.#options;
    const name = services.map(({ service, place }) => `${service.name}/${place}`).join(" ");
    return new BusPlanes({
      url: natsUrl,
      name,
      log,
      onUp: () => this.#busUp(),
      onDown: (reason) => this.#busDown(reason),
    });
  }

  #busUp(): void {
    this.readiness.say("*", "bus", true, "");
    for (const host of this.#hosts) host.ledger.busUp();
    const [first] = this.#hosts;
    const { network } = this.#options;
    // Whatever was published before we listened, we ask for again.
    const wanted = subjects.control(network, first?.place.name ?? "", "clock-wanted");
    this.bus.control.publish(wanted, new Uint8Array(0));
    const awake = this.#hosts.filter(({ started }) => started);
    this.happen(undefined, () => {
      for (const host of awake) host.step({ kind: "bus-up" });
    });
    for (const host of this.#hosts) this.#startWhenClockKnown(host);
    this.telemetry.start(this.bus.telemetry, REPORT_EVERY_MS, () => this.#report());
  }

  #busDown(reason: string): void {
    this.readiness.say("*", "bus", false, reason);
    this.happen(undefined, () => {
      for (const host of this.#hosts) host.step({ kind: "bus-down" });
    });
  }

  #startWhenClockKnown(host: MeshHost): void {
    if (host.started) return;
    const start = () =>
      this.happen(undefined, () => {
        if (!host.started && !this.stopping) host.start();
      });
    const register = host.onNodeClock && !host.isClockSync ? this.#registers.get(host.place.name) : undefined;
    if (register) register.whenKnown(CLOCK_WAIT_MS, start);
    else start();
  }

  /** Keeps the clock of a node on the corrections published for it. */
  #keepClock(place: Place): void {
    const ofPlace = this.#hosts.filter((host) => host.place === place);
    if (!ofPlace.some(({ onNodeClock }) => onNodeClock)) return;
    const register = new ClockRegister({
      bus: this.bus.control,
      network: this.#options.network,
      place: place.name,
      isHere: ofPlace.some(({ isClockSync }) => isClockSync),
      decode: (bytes) => this.decode(ClockCorrection, bytes),
      correct: (segment) => this.happen(undefined, () => this.correctClock(place, segment)),
    });
    this.#registers.set(place.name, register);
  }

  #placeOf(name: string): Place {
    return new Place(name, this.#queue, this.#options.clockOf(name));
  }

  /** Lets everything happen whose instant has come, and sets the alarm for what is next. */
  #run(): void {
    if (this.#running) return;
    this.#running = true;
    const queue = this.#queue;
    try {
      while (this.time.wallMsUntil(queue.nextNs) <= SLACK_MS) queue.pop()?.occur();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#running = false;
    }
    this.#setAlarm(queue.nextNs);
  }

  #setAlarm(nextNs: number): void {
    if (this.#alarm !== undefined && nextNs === this.#alarmNs) return;
    clearTimeout(this.#alarm);
    this.#alarm = undefined;
    if (nextNs === Number.POSITIVE_INFINITY || this.stopping) return;
    const wallMs = Math.max(1, Math.round(this.time.wallMsUntil(nextNs)));
    this.#alarmNs = nextNs;
    this.#alarm = setTimeout(
      () => {
        this.#alarm = undefined;
        this.#run();
      },
      Math.min(wallMs, LONGEST_TIMEOUT_MS),
    );
  }

  #report() {
    const [first] = this.#options.services;
    const sum = (count: (host: MeshHost) => number) => this.#hosts.reduce((total, host) => total + count(host), 0);
    return {
      network: this.#options.network,
      place: first?.place ?? "",
      services: this.#options.services.map(({ service }) => service.name),
      incarnation: this.#hosts[0]?.store.incarnation ?? 0,
      busDrops: this.bus.dropped,
      ledgerWritten: sum(({ ledger }) => ledger.written),
      ledgerAcknowledged: sum(({ ledger }) => ledger.acknowledged),
      ready: this.readiness.ready("*"),
      reason: this.readiness.reason("*"),
    };
  }
}
