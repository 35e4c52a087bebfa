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

/** The named timers of one process. They are due on the process's own clock and fire when that has got there. */
export class Timers {
  readonly #owner: TimerOwner;
  readonly #timers = new Map<string, Timer>();
  /** Timers that came due while the process stood still. */
  readonly #held = new Set<Timer>();

  constructor(owner: TimerOwner) {
    this.#owner = owner;
  }

  get size(): number {
    return this.#timers.size;
  }

  /** Sets the timer of this name, or moves it. One that is due already fires at this instant. */
  set(name: string, due: Instant): void {
    const known = this.#timers.get(name);
    if (known === undefined) {
      const timer = new Timer(this, name, due);
      this.#timers.set(name, timer);
      this.#arm(timer);
      timer.lateNs = this.#owner.timerLateNs;
      return;
    }
    this.#disarm(known);
    known.due = due;
    known.lateNs = this.#owner.timerLateNs;
    this.#arm(known);
  }

  cancel(name: string): void {
    const timer = this.#timers.get(name);
    if (timer === undefined) return;
    this.#timers.delete(name);
    this.#disarm(timer);
  }

  clear(): void {
    for (const timer of this.#timers.values()) this.#disarm(timer);
    this.#timers.clear();
    this.#held.clear();
  }

  /** The clock was set: what it will read when has changed. */
  rearm(): void {
    for (const timer of this.#timers.values()) {
      if (this.#held.has(timer) || this.#owner.dueNs(timer.due) === timer.firesNs) continue;
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
    this.#timers.delete(timer.name);
    owner.step({ kind: "timer", timer: timer.name, due: timer.due, reading: owner.reading() }, timer.lateNs);
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
  due: Instant;
  firesNs = 0;
  lateNs = 0;
  ticket = 0;
  readonly #timers: Timers;

  constructor(timers: Timers, name: string, due: Instant) {
    this.#timers = timers;
    this.name = name;
    this.due = due;
  }

  occur(): void {
    this.#timers.fire(this);
  }
}
