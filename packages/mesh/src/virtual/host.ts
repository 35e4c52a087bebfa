import { type Instant, publisherOf } from "@bellmesh/wire";
import { ClockCorrection } from "@bellmesh/wire/control";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { isWritten } from "../effects.ts";
import type { WorldEvent } from "../event-queue.ts";
import type { Address, AnyService, Effect, HardwareReading, Input, Machine, Subscription } from "../host.ts";
import { inputName } from "../input-name.ts";
import type { Place } from "../place.ts";
import { Timers } from "../timers.ts";
import type { BusReceiver, BusSubscription } from "./bus.ts";
import { Calls } from "./calls.ts";
import { enterStep, leaveStep } from "./purity.ts";
import { DurableStore } from "./store.ts";
import { Streams } from "./streams.ts";
import type { Carried } from "./wire.ts";
import type { VirtualWorld } from "./world.ts";

/** Runs one service at one place: gives its machine every input and carries out the effects, in order. */
export class VirtualHost {
  readonly world: VirtualWorld;
  readonly service: AnyService;
  readonly place: Place;
  readonly address: Address;
  readonly calls: Calls;
  readonly streams: Streams;
  readonly timers: Timers;
  /** Virtual time waits for everybody. */
  readonly timerLateNs = 0;
  readonly store = new DurableStore();
  /** How often this process has started. */
  incarnation: number;
  /** How often it has gone down: what was sent to it before then never reaches it. */
  falls = 0;

  /** Subjects of the clock corrections it is told of. */
  correctionsRead: readonly (readonly string[])[] = [];

  readonly #config: unknown;
  readonly #onNodeClock: boolean;
  readonly #stamped: boolean;
  readonly #isClockSync: boolean;
  #machine: Machine | undefined;
  /** What has come since the process stands still; undefined while it does not. */
  #held: WorldEvent[] | undefined;
  #isToFallInStep = false;
  #subscriptions: BusSubscription[] = [];
  #recorded = 0;
  #sent = 0;

  constructor(world: VirtualWorld, service: AnyService, place: Place, config: unknown) {
    this.world = world;
    this.service = service;
    this.place = place;
    this.address = `${service.name}/${place.name}`;
    this.incarnation = world.startsBefore;
    this.#config = config;
    this.#onNodeClock = service.timeBase === "node";
    this.#stamped = service.stamped ?? false;
    this.#isClockSync = service.name === "clock-sync";
    this.calls = new Calls(this);
    this.streams = new Streams(this);
    this.timers = new Timers(this);
  }

  get up(): boolean {
    return this.#machine !== undefined;
  }

  /** What this process's clock reads now. */
  now(): Instant {
    return this.#onNodeClock ? this.place.localNow() : (this.world.now as Instant);
  }

  /** The true instant, not before now, at which this process's clock will have got to `due`. */
  dueNs(due: Instant): number {
    return this.#onNodeClock ? this.place.dueNs(due) : Math.max(due, this.world.now);
  }

  /** What this process's clock will read at a true instant, unless it is corrected before. */
  localAt(trueNs: number): Instant {
    return this.#onNodeClock ? this.place.localAt(trueNs) : (trueNs as Instant);
  }

  /** The hardware stamp of this instant, for services that ask for stamps. */
  reading(): HardwareReading | undefined {
    return this.#stamped ? this.place.hardwareNow() : undefined;
  }

  /** Starts the process: again with what it has stored, when it ran before. */
  start(): void {
    if (this.up) throw new Error(`${this.address} is running already`);
    const context = { config: this.#config, place: this.place.name, entropy: this.world.entropy };
    this.incarnation += 1;
    this.#recorded = 0;
    this.#sent = 0;
    enterStep(this.address);
    const subscriptions = this.service.subscriptions(context);
    this.#machine = this.service.start(context);
    leaveStep();
    this.#subscriptions = subscriptions.map((subscription) => this.#subscribe(subscription));
    this.correctionsRead = subscriptions.filter(isOfClock).map(({ subject }) => subject.split("."));
    this.later({ kind: "started", incarnation: this.incarnation, recovered: this.store.recover() });
    this.world.clockRegisters.showAll(this);
    this.world.started(this);
  }

  /** Its clock was set: timers and deadlines wait for what it reads now. */
  rearm(): void {
    this.timers.rearm();
    this.calls.rearm();
  }

  /** Whether it stands still. */
  get isPaused(): boolean {
    return this.#held !== undefined;
  }

  /** It stands still from now on: it hears, says and does nothing. */
  pause(): void {
    if (this.up) this.#held ??= [];
  }

  /** It goes on with everything that has come meanwhile, in its order. */
  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) event.occur();
    this.timers.resume();
  }

  /** Keeps something that has come for later, when the process stands still. */
  holds(event: WorldEvent): boolean {
    this.#held?.push(event);
    return this.isPaused;
  }

  /** It is to go down in the middle of the next step that writes something down, or no longer. */
  fallInStep(isTo: boolean): void {
    this.#isToFallInStep = isTo && this.up;
  }

  /** Ends the process at once: its memory is gone, its peers find out after the light time. */
  crash(): void {
    if (!this.up) return;
    this.#machine = undefined;
    this.#isToFallInStep = false;
    this.falls += 1;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions = [];
    this.correctionsRead = [];
    this.timers.clear();
    this.calls.crash();
    this.streams.crash();
    // What had come to a process that stood still finds that it is down.
    this.resume();
  }

  /** Gives the machine an input at this instant. */
  step(input: Input): void {
    const machine = this.#machine;
    if (machine === undefined) return;
    const now = this.now();
    this.world.inputs += 1;
    try {
      enterStep(this.address);
      const effects = machine.step(now, input);
      leaveStep();
      this.world.onStep?.(this.address, now, input, effects);
      if (this.#isToFallInStep && effects.some(isWritten)) {
        for (const effect of effects.filter(isWritten)) this.#carryOut(effect);
        this.crash();
        return;
      }
      for (let index = 0; index < effects.length; index++) this.#carryOut(effects[index] as Effect);
    } catch (error) {
      throw this.#explained(error, input);
    }
  }

  /** Gives the machine an input now, or when it no longer stands still. */
  deliver(input: Input): void {
    new InputArrival(this, input).occur();
  }

  /** Gives the machine an input at this instant, behind whatever happens at this instant already. */
  later(input: Input): void {
    this.laterAt(this.world.now, input);
  }

  /** Gives the machine an input at a true instant, unless it goes down before. */
  laterAt(atNs: number, input: Input): void {
    this.world.at(atNs, new InputArrival(this, input));
  }

  /** Writes into the ledger how the process stands. */
  takeCensus(): void {
    if (!this.up) return;
    const { size: timers } = this.timers;
    const census = { timers, streams: this.streams.size, calls: this.calls.pending, messagesSent: this.#sent };
    this.#record({ $case: "census", census });
  }

  #explained(error: unknown, input: Input): unknown {
    if (!(error instanceof Error)) return error;
    error.message += `\n  at ${this.world.now} ns, in ${this.address}, on the input ${inputName(input)}`;
    return error;
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
        this.later({ kind: "stored", key: effect.key });
        break;
      case "compute":
        this.#compute(effect);
        break;
      case "health":
        this.world.telemetry({
          kind: "health",
          address: this.address,
          at: this.world.now as Instant,
          serving: effect.serving,
          reason: effect.reason,
        });
        break;
      default:
        throw new Error(`${this.address} gave an effect of no known kind: ${JSON.stringify(effect satisfies never)}`);
    }
  }

  #publish(effect: Extract<Effect, { kind: "publish" }>): void {
    const { subject, type } = effect;
    const world = this.world;
    // The servo's corrections set an emulated hardware register, so they act when they are made.
    if (type === (ClockCorrection as unknown) && this.#isClockSync && publisherOf(subject) === this.place.name) {
      world.correctClock(this.place, effect.message as unknown as ClockCorrection);
      world.clockRegisters.set(subject, effect.message as unknown as ClockCorrection);
      return;
    }
    const audience = world.bus.audience(subject);
    if (audience.count === 0 || this.place.busOutages > 0) return;
    world.bus.publish(this.place.name, subject, audience, world.wire.carry(type, effect.message as never));
  }

  #record(event: NonNullable<LedgerEvent["event"]>): void {
    this.#recorded += 1;
    this.world.record({
      writer: this.address,
      incarnation: this.incarnation,
      sequence: this.#recorded,
      at: this.world.now,
      uncertaintyNs: 0,
      event,
    });
  }

  #compute(effect: Extract<Effect, { kind: "compute" }>): void {
    const result = this.world.compute(effect.module, effect.fn, effect.args);
    this.laterAt(this.world.now + effect.virtualNs, { kind: "computed", computation: effect.computation, result });
  }

  /** Takes a bus message, when it gets to it. */
  #hear(input: Input): void {
    const { world } = this;
    if (world.faults === undefined) {
      this.step(input);
      return;
    }
    const atNs = world.faults.consumedNs(world.now, this.address);
    if (atNs === world.now) this.deliver(input);
    else if (atNs !== undefined) this.laterAt(atNs, input);
  }

  #subscribe(subscription: Subscription): BusSubscription {
    const { type, queue } = subscription;
    const receiver: BusReceiver = {
      receive: (subject: string, carried: Carried) => {
        if (this.place.busOutages > 0) return;
        const message = this.world.wire.read(type, carried);
        this.#hear({ kind: "message", subject, type, message });
      },
    };
    const options = queue === undefined ? {} : { queue };
    return this.world.bus.subscribe(this.place.name, subscription.subject, receiver, options);
  }
}

function isOfClock({ type }: Subscription): boolean {
  return type === (ClockCorrection as unknown);
}

class InputArrival implements WorldEvent {
  readonly #host: VirtualHost;
  readonly #falls: number;
  readonly #input: Input;

  constructor(host: VirtualHost, input: Input) {
    this.#host = host;
    this.#falls = host.falls;
    this.#input = input;
  }

  occur(): void {
    const host = this.#host;
    if (host.falls === this.#falls && !host.holds(this)) host.step(this.#input);
  }
}
