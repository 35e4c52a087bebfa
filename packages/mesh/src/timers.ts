import type { Instant } from "@bellmesh/wire";
import type { Ticket, WorldEvent } from "./event-queue.ts";
import type { HardwareReading, Input } from "./host.ts";

/** The process whose timers these are, as a host runs it. */
export interface TimerOwner {
  readonly world: { at(atNs: number, event: WorldEvent): Ticket; cancel(ticket: Ticket): void };
  /** The true instant, not before now, at which the process's clock will have got to `due`. */
  dueNs(due: Instant): number;
  reading(): HardwareReading | undefined;
  /** By how much the emulator has made late what a timer set now counts from. */
  readonly timerLateNs: number;
  step(input: Input, lateNs: number): void;
  /** Its process stands still: what is due waits. */
  readonly isPaused?: boolean;
}

/** So many names that are not set are kept at least, beside as many as there are set ones. */
const IDLE_MIN = 16;

/** The named timers of one process. They are due on the process's own clock and fire when that has got there. */
export class Timers {
  readonly #owner: TimerOwner;
  /** By name; one that is not set stays for the next time, for most are set again and again. */
  readonly #timers = new Map<string, Timer>();
  /** Timers that came due while the process stood still. */
  readonly #held = new Set<Timer>();
  #size = 0;

  constructor(owner: TimerOwner) {
    this.#owner = owner;
  }

  /** How many are set. */
  get size(): number {
    return this.#size;
  }

  /** Sets the timer of this name, or moves it. One that is due already fires at this instant. */
  set(name: string, due: Instant): void {
    const timer = this.#timers.get(name) ?? this.#add(name);
    if (timer.isSet) this.#disarm(timer);
    else {
      timer.isSet = true;
      this.#size += 1;
    }
    timer.due = due;
    timer.lateNs = this.#owner.timerLateNs;
    this.#arm(timer);
  }

  cancel(name: string): void {
    const timer = this.#timers.get(name);
    if (!timer?.isSet) return;
    this.#unset(timer);
    this.#disarm(timer);
  }

  clear(): void {
    for (const timer of this.#timers.values()) if (timer.isSet) this.#disarm(timer);
    this.#timers.clear();
    this.#held.clear();
    this.#size = 0;
  }

  /** The clock was set: what it will read when has changed. */
  rearm(): void {
    for (const timer of this.#timers.values()) {
      if (!timer.isSet || this.#held.has(timer) || this.#owner.dueNs(timer.due) === timer.firesNs) continue;
      this.#disarm(timer);
      this.#arm(timer);
    }
  }

  /** The process goes on: what came due meanwhile is due now. */
  resume(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const timer of held) this.#arm(timer);
  }

  fire(timer: Timer): void {
    const owner = this.#owner;
    if (owner.isPaused) {
      this.#held.add(timer);
      return;
    }
    this.#unset(timer);
    owner.step({ kind: "timer", timer: timer.name, due: timer.due, reading: owner.reading() }, timer.lateNs);
  }

  /** A name not known; names come and go with circuits, so those that are set no more are let go in their time. */
  #add(name: string): Timer {
    if (this.#timers.size >= 2 * this.#size + IDLE_MIN) {
      for (const timer of this.#timers.values()) if (!timer.isSet) this.#timers.delete(timer.name);
    }
    const timer = new Timer(this, name);
    this.#timers.set(name, timer);
    return timer;
  }

  #unset(timer: Timer): void {
    timer.isSet = false;
    this.#size -= 1;
  }

  #arm(timer: Timer): void {
    timer.firesNs = this.#owner.dueNs(timer.due);
    timer.ticket = this.#owner.world.at(timer.firesNs, timer);
  }

  #disarm(timer: Timer): void {
    if (!this.#held.delete(timer)) this.#owner.world.cancel(timer.ticket);
  }
}

class Timer implements WorldEvent {
  readonly name: string;
  isSet = false;
  due = 0 as Instant;
  firesNs = 0;
  lateNs = 0;
  ticket = 0;
  readonly #timers: Timers;

  constructor(timers: Timers, name: string) {
    this.#timers = timers;
    this.name = name;
  }

  occur(): void {
    this.#timers.fire(this);
  }
}
