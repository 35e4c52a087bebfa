import { join } from "node:path";
import type { EntropyStream } from "@bellmesh/numerics";
import { SeededEntropy } from "@bellmesh/numerics";
import { type Instant, mayPublish, publisherOf, subjects } from "@bellmesh/wire";
import { ClockCorrection } from "@bellmesh/wire/control";
import { CensusWanted, type LedgerEvent } from "@bellmesh/wire/ledger";
import type { Deadline } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { segmentOf } from "../clock-corrections.ts";
import { isWritten } from "../effects.ts";
import type { Address, AnyService, Effect, Entropy, HardwareReading, Input, Machine, Subscription } from "../host.ts";
import { inputName } from "../input-name.ts";
import type { AnyMethod } from "../method.ts";
import type { Place } from "../place.ts";
import { Code, codeName, type Status } from "../status.ts";
import { Timers } from "../timers.ts";
import type { BusMessage } from "./bus.ts";
import { Calls } from "./calls.ts";
import { compute } from "./computations.ts";
import { LedgerWriter } from "./ledger-writer.ts";
import { logRecord } from "./log.ts";
import type { Arrival, MeshProcess } from "./process.ts";
import { encodeStamped, type Sending, stampOf } from "./stamp.ts";
import { DurableStore } from "./store.ts";
import { Streams } from "./streams.ts";

export interface HostOptions {
  readonly service: AnyService;
  readonly place: Place;
  readonly config: unknown;
  readonly stateDir: string;
  readonly seed: number;
  readonly network: string;
  readonly log: Logger;
}

/** Runs one service at one place, within a process: gives its machine every input and carries out the effects. */
export class MeshHost {
  readonly world: MeshProcess;
  readonly service: AnyService;
  readonly place: Place;
  readonly address: Address;
  readonly calls: Calls;
  readonly streams: Streams;
  readonly timers: Timers;
  readonly store: DurableStore;
  readonly ledger: LedgerWriter;
  readonly log: Logger;
  /** The process ends in the middle of the next step that writes something down. */
  crashesInStep = false;
  /** Ledger events say themselves at which node they happened. */
  readonly #recordLog: Logger;
  readonly #network: string;
  readonly #config: unknown;
  readonly #entropy: Entropy;
  readonly #onNodeClock: boolean;
  readonly #stamped: boolean;
  readonly #isClockSync: boolean;
  #machine: Machine | undefined;
  #lateNs = 0;
  #sent = 0;

  /** @throws Error of the system when the state directory cannot be written. */
  constructor(world: MeshProcess, options: HostOptions) {
    const { service, place, network, log } = options;
    this.world = world;
    this.service = service;
    this.place = place;
    this.address = `${service.name}/${place.name}`;
    this.log = log.child({ service: service.name, node: place.name });
    this.#recordLog = log.child({ service: service.name });
    this.#network = network;
    this.#config = options.config;
    this.#onNodeClock = service.timeBase === "node";
    this.#stamped = service.stamped ?? false;
    this.#isClockSync = service.name === "clock-sync";
    const directory = join(options.stateDir, `${service.name}.${place.name}`);
    this.store = new DurableStore(directory);
    const { incarnation } = this.store;
    this.#entropy = entropyOf(options.seed, incarnation);
    const writing = { directory, network, service: service.name, place: place.name, incarnation, log: this.log };
    this.ledger = LedgerWriter.open(writing);
    this.calls = new Calls(this);
    this.streams = new Streams(this);
    this.timers = new Timers(this);
    this.store.listen({
      stored: (key) => world.happen(undefined, () => this.step({ kind: "stored", key })),
      writable: (ok, reason) => world.readiness.say("*", "store", ok, reason),
    });
  }

  get started(): boolean {
    return this.#machine !== undefined;
  }

  /** Whether its time is its node's disciplined clock. */
  get onNodeClock(): boolean {
    return this.#onNodeClock;
  }

  get isClockSync(): boolean {
    return this.#isClockSync;
  }

  /** Puts the service's subscriptions in force; messages that come before it starts are lost, as on any bus. */
  subscribe(): void {
    for (const subscription of this.service.subscriptions(this.#context())) {
      const { subject, queue } = subscription;
      const bus = this.world.bus.of(subject);
      bus.subscribe(subject, (message) => this.#heard(subscription, message), queue === undefined ? {} : { queue });
    }
    const { telemetry } = this.world.bus;
    this.ledger.connect(telemetry);
    telemetry.subscribe(subjects.censusWanted(this.#network), (message) => this.#censusWanted(message));
  }

  /** Starts the machine with what is durable. */
  start(): void {
    this.#machine = this.service.start(this.#context());
    const { incarnation } = this.store;
    this.log.info({ incarnation }, "started");
    for (const { fullName } of this.service.serves) this.world.readiness.say(fullName, "start", true, "");
    this.step({ kind: "started", incarnation, recovered: this.store.recover() });
    this.world.faults?.tell(this);
  }

  /** Writes an event of the process itself to the ledger. */
  tell(event: NonNullable<LedgerEvent["event"]>): void {
    this.#record(event);
    this.ledger.commit();
  }

  /** Writes into the ledger how the process stands, when the instant asked for has come. */
  #censusWanted({ subject, bytes }: BusMessage): void {
    const { world } = this;
    const wanted = world.decode(CensusWanted, bytes);
    if (wanted instanceof Error) {
      world.refused("UNDECODABLE", publisherOf(subject), `a message on ${subject}: ${wanted.message}`);
      return;
    }
    world.happen(wanted.at, () => {
      if (!this.started) return;
      const { size: timers } = this.timers;
      const census = { timers, streams: this.streams.size, calls: this.calls.pending, messagesSent: this.#sent };
      this.tell({ $case: "census", census });
    });
  }

  /** Ends the machine, and every call and stream of it. */
  halt(): void {
    this.#machine = undefined;
    this.timers.clear();
    this.streams.shutdown();
    this.calls.shutdown();
  }

  /**
   * Gives the machine an input at the process's present instant.
   * @param lateNs by how much the emulator has made that instant late; whatever the step sends or sets bears it too
   */
  step(input: Input, lateNs = 0): void {
    const machine = this.#machine;
    if (machine === undefined) return;
    const { world } = this;
    this.#lateNs = lateNs;
    world.telemetry.inputs += 1;
    if (input.kind === "timer") world.timerFired();
    try {
      const effects = machine.step(this.now(), input);
      if (this.crashesInStep) this.#crashIn(effects.filter(isWritten));
      for (let index = 0; index < effects.length; index++) this.#carryOut(effects[index] as Effect);
    } catch (error) {
      this.log.fatal({ err: error, at: world.now }, `an invariant broke on the input ${inputName(input)}`);
      throw error;
    }
    this.ledger.commit();
  }

  /** How what is sent now is stamped. */
  get sending(): Sending {
    return { sentAtNs: this.world.now, lateNs: this.#lateNs };
  }

  /**
   * The lateness that a timer set now hands on: a node's timers count from what happened. Attempts have instants of
   * their own, which no lateness of the stack moves.
   */
  get timerLateNs(): number {
    return this.#onNodeClock ? this.#lateNs : 0;
  }

  /** What this service's clock reads now. */
  now(): Instant {
    return this.#onNodeClock ? this.place.localNow() : (this.world.now as Instant);
  }

  /** The true instant, not before now, at which this service's clock will have got to `due`. */
  dueNs(due: Instant): number {
    return this.#onNodeClock ? this.place.dueNs(due) : Math.max(due, this.world.now);
  }

  /** The hardware stamp of this instant, for services that ask for stamps. */
  reading(): HardwareReading | undefined {
    return this.readingAt(undefined);
  }

  /** The hardware stamp of a true instant, or of now. */
  readingAt(trueNs: number | undefined): HardwareReading | undefined {
    if (!this.#stamped) return undefined;
    return trueNs === undefined ? this.place.hardwareNow() : this.place.hardwareAt(trueNs);
  }

  /** When a message from there acts here, and how late; without a stamp, on arrival. */
  arrival(from: string, sending: Sending | undefined): Arrival {
    return this.world.arrival(from, this.place.name, sending);
  }

  /** How much longer than usual an RPC from there takes, for a fault. */
  faultNs(from: string): number {
    return this.world.faults?.rpcDelayNs(from, this.place.name) ?? 0;
  }

  /** When light and faults alone would have brought a message here: what a stamped service's unit stamps. */
  modelledNs(from: string, sending: Sending | undefined, faultNs: number): number | undefined {
    if (!this.#stamped || sending === undefined) return undefined;
    return sending.sentAtNs + this.world.delayNs(from, this.place.name) + faultNs;
  }

  /** A gRPC deadline on this service's clock; undefined when there is none. */
  deadlineOf(deadline: Deadline): Instant | undefined {
    const atMs = typeof deadline === "number" ? deadline : deadline.getTime();
    if (!Number.isFinite(atMs)) return undefined;
    const { time } = this.world;
    const trueNs = Math.max(0, Math.round(time.now() + (atMs - Date.now()) * 1e6 * time.timeScale));
    return this.#onNodeClock ? this.place.localAt(trueNs) : (trueNs as Instant);
  }

  /** The machine turned somebody away; when for who he is, that is counted and logged like our own refusals. */
  turnedAway(from: Address, method: AnyMethod, status: Status): void {
    if (status.code !== Code.PERMISSION_DENIED && status.code !== Code.UNAUTHENTICATED) return;
    this.world.refused(status.reason ?? codeName(status.code), from, `${method.path}: ${status.message}`);
  }

  #context() {
    return { config: this.#config, place: this.place.name, entropy: this.#entropy };
  }

  #heard({ type }: Subscription, { subject, bytes }: BusMessage): void {
    const from = publisherOf(subject);
    const { world } = this;
    if (!world.knows(from)) {
      world.refused("UNKNOWN_PUBLISHER", from, `a message on ${subject}: ${from} is no place of this network`);
      return;
    }
    const message = world.decode(type, bytes);
    if (message instanceof Error) {
      world.refused("UNDECODABLE", from, `a message on ${subject} could not be decoded: ${message.message}`);
      return;
    }
    const { actsAtNs, lateNs } = this.arrival(from, stampOf(bytes));
    const input = { kind: "message", subject, type, message } as const;
    for (const heardNs of this.#fates(from, actsAtNs, input)) {
      world.happen(heardNs, (lagNs) => this.step(input, lateNs + lagNs));
    }
  }

  /** When a bus message and its copies are heard: once and at once, unless faults act. */
  #fates(from: string, actsAtNs: number, { type, subject }: Extract<Input, { kind: "message" }>): readonly number[] {
    const { faults } = this.world;
    // Corrections are registers of hardware that the bus only shows: no fault of the bus touches them.
    if (faults === undefined || type === (ClockCorrection as unknown)) return [actsAtNs];
    if (this.place.busOutages > 0) return [];
    const delaysNs = faults.message(subject, from, this.place.name) ?? [0];
    return delaysNs.flatMap((delayNs) => faults.consumedNs(actsAtNs + delayNs, this.address) ?? []);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        this.#sent += 1;
        this.streams.send(effect.stream, effect.item);
        break;
      case "publish":
        this.#sent += 1;
        this.#publish(effect);
        break;
      case "set-timer":
        this.timers.set(effect.timer, effect.due);
        break;
      case "cancel-timer":
        this.timers.cancel(effect.timer);
        break;
      case "record":
        this.#record(effect.event);
        break;
      case "respond":
        this.calls.respond(effect.call, effect.response);
        break;
      case "fail":
        this.calls.fail(effect.call, effect.status);
        break;
      case "call":
        this.#sent += 1;
        this.calls.open(effect);
        break;
      case "cancel-call":
        this.calls.cancel(effect.call);
        break;
      case "open-stream":
        this.streams.open(effect);
        break;
      case "close":
        this.streams.close(effect.stream, effect.status);
        break;
      case "store":
        this.store.put(effect.key, effect.bytes);
        break;
      case "compute":
        this.#compute(effect);
        break;
      case "health":
        for (const { fullName } of this.service.serves) {
          this.world.readiness.say(fullName, "service", effect.serving, effect.reason);
        }
        break;
      default:
        throw new Error(`${this.address} gave an effect of no known kind: ${JSON.stringify(effect satisfies never)}`);
    }
  }

  /** Ends the process when what a step has to write down is durable, and before anybody has heard of that step. */
  #crashIn(written: readonly Effect[]): void {
    if (written.length === 0) return;
    try {
      for (const effect of written) this.#carryOut(effect);
      this.ledger.commit();
      this.store.flush();
    } finally {
      process.kill(process.pid, "SIGKILL");
    }
  }

  #publish(effect: Extract<Effect, { kind: "publish" }>): void {
    const { subject, type, message } = effect;
    const { world } = this;
    if (!mayPublish(this.#network, this.place.name, subject)) {
      throw new Error(`${this.address} publishes on ${subject}, which is another's to use`);
    }
    const bytes = encodeStamped<unknown>(world.writer, type, message, this.sending);
    // The servo's corrections set an emulated hardware register, so they act when they are made.
    if (type === (ClockCorrection as unknown) && this.#isClockSync && publisherOf(subject) === this.place.name) {
      world.correctClock(this.place, segmentOf(message as ClockCorrection));
      world.keepCorrection(this.place, subject, bytes);
    }
    if (this.place.busOutages === 0) world.bus.of(subject).publish(subject, bytes);
  }

  #record(event: NonNullable<LedgerEvent["event"]>): void {
    this.ledger.record(event, this.world.now, this.world.time.uncertaintyNs);
    logRecord(this.#recordLog, event);
  }

  #compute(effect: Extract<Effect, { kind: "compute" }>): void {
    const { computation, module, fn, args } = effect;
    compute(module, fn, args).then(
      (result) => this.world.happen(undefined, () => this.step({ kind: "computed", computation, result })),
      (error: unknown) => this.world.fail(error),
    );
  }
}

/**
 * Chance of one incarnation: a process that starts again draws anew, for it cannot know where its draws had got to.
 * What must be the same wherever it is drawn (a node's oscillator) does not depend on starts.
 */
function entropyOf(seed: number, incarnation: number): Entropy {
  const entropy = new SeededEntropy(seed);
  if (incarnation === 1) return entropy;
  return {
    stream: (name: string): EntropyStream => entropy.stream(`${name}#${incarnation}`),
    fresh: (name: string): EntropyStream => entropy.fresh(name),
  };
}
