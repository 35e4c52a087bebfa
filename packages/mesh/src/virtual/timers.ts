import type { Instant } from "@bellmesh/wire";
import type { VirtualHost } from "./host.ts";
import type { WorldEvent } from "./world.ts";

/** The named timers of one process. They are due on the process's own clock and fire when that has got there. */
export class Timers {
  readonly #host: VirtualHost;
  readonly #timers = new Map<string, Timer>();

  constructor(host: VirtualHost) {
    this.#host = host;
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
      return;
    }
    this.#disarm(known);
    known.due = due;
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
  }

  /** The clock was set: what it will read when has changed. */
  rearm(): void {
    for (const timer of this.#timers.values()) {
      if (this.#host.dueNs(timer.due) === timer.firesNs) continue;
      this.#disarm(timer);
      this.#arm(timer);
    }
  }

  fire(timer: Timer): void {
    this.#timers.delete(timer.name);
    const host = this.#host;
    host.step({ kind: "timer", timer: timer.name, due: timer.due, reading: host.reading() });
  }

  #arm(timer: Timer): void {
    timer.firesNs = this.#host.dueNs(timer.due);
    timer.ticket = this.#host.world.at(timer.firesNs, timer);
  }

  #disarm(timer: Timer): void {
    this.#host.world.cancel(timer.ticket);
  }
}

class Timer implements WorldEvent {
  readonly name: string;
  due: Instant;
  firesNs = 0;
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
