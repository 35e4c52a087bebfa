import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { WorldEvent } from "../event-queue.ts";
import { ActiveFaults } from "../faults/active-faults.ts";
import { driftClock } from "../faults/clock-drift.ts";
import { type FaultEntry, type FaultOf, kindOf } from "../faults/fault-kinds.ts";
import { faultRecord } from "../faults/fault-message.ts";
import { isCutting } from "../faults.ts";
import type { Place } from "../place.ts";
import type { VirtualHost } from "./host.ts";
import type { VirtualWorld } from "./world.ts";

/** What of a world faults befall, beside its messages. */
export interface Befallen {
  readonly hosts: ReadonlyMap<string, VirtualHost>;
  readonly places: ReadonlyMap<string, Place>;
  /** The processes of an address or a place. @throws Error when there are none */
  processes(process: string): Iterable<VirtualHost>;
  restart(process: string): void;
}

/** Lets the faults of a world begin and end, and tells the ledger and whoever owns what they change. */
export class InjectedFaults {
  readonly #world: VirtualWorld;
  readonly #befallen: Befallen;
  readonly #active = new ActiveFaults();
  readonly #drifts: FaultOf<"clock-drift">[] = [];
  #recorded = 0;

  constructor(world: VirtualWorld, befallen: Befallen) {
    this.#world = world;
    this.#befallen = befallen;
  }

  /** From its instant on, or from now when that has passed. */
  inject(entry: FaultEntry): void {
    const world = this.#world;
    const atNs = Math.max(entry.atNs, world.now);
    const endNs = Math.max(atNs, entry.atNs + entry.forNs);
    world.at(atNs, new Deed(() => this.#begin(entry)));
    if (kindOf(entry).isMomentary) return;
    if (endNs < Number.POSITIVE_INFINITY) world.at(endNs, new Deed(() => this.#end(entry)));
    const keepaliveNs = atNs + world.limits.keepaliveNs;
    if (endNs <= keepaliveNs) return;
    if (isCutting(entry)) world.at(keepaliveNs, new Deed(() => this.#breakStreams(entry)));
    if (entry.kind === "pause") {
      world.at(keepaliveNs, new Deed(() => this.#silence(this.#befallen.processes(entry.target.process))));
    }
  }

  /** A process has started: it hears of the faults that befall what it owns. */
  tell(host: VirtualHost): void {
    // What an oscillator has gained stays when the fault has ended.
    const ended = this.#drifts.filter((fault) => fault.atNs + fault.forNs <= this.#world.now);
    for (const fault of [...ended, ...this.#active.all]) {
      if (isTold(entryServices(fault), host)) host.later({ kind: "fault-began", fault, reading: host.reading() });
    }
  }

  #begin(entry: FaultEntry): void {
    this.#record({ $case: "faultBegan", faultBegan: faultRecord(entry) });
    if (!kindOf(entry).isMomentary) this.#active.began(entry);
    this.#befall(entry);
    for (const host of this.#befallen.hosts.values()) {
      if (isTold(entryServices(entry), host))
        host.deliver({ kind: "fault-began", fault: entry, reading: host.reading() });
    }
  }

  #end(entry: FaultEntry): void {
    this.#record({ $case: "faultEnded", faultEnded: faultRecord(entry) });
    this.#active.ended(entry);
    this.#relieve(entry);
    for (const host of this.#befallen.hosts.values()) {
      if (isTold(entryServices(entry), host))
        host.deliver({ kind: "fault-ended", fault: entry, reading: host.reading() });
    }
  }

  #befall(entry: FaultEntry): void {
    const { processes } = this.#befallen;
    switch (entry.kind) {
      case "crash":
        for (const host of processes(entry.target.process)) {
          if (entry.args.inStep) host.fallInStep(true);
          else host.crash();
        }
        break;
      case "store-loss":
        for (const host of processes(entry.target.process)) {
          host.crash();
          host.store.clear();
        }
        break;
      case "restart":
        this.#befallen.restart(entry.target.process);
        break;
      case "pause":
        for (const host of processes(entry.target.process)) host.pause();
        break;
      case "bus-outage":
        this.#setBusDown(entry.target.place, 1);
        break;
      case "clock-drift":
        this.#drifts.push(entry);
        this.#drift(entry);
        break;
    }
  }

  #relieve(entry: FaultEntry): void {
    switch (entry.kind) {
      case "crash":
        // Who has made no step meanwhile lives on.
        for (const host of this.#befallen.processes(entry.target.process)) host.fallInStep(false);
        if (entry.forNs > 0) this.#befallen.restart(entry.target.process);
        break;
      case "store-loss":
        // A crash without a duration is one for good.
        if (entry.forNs > 0) this.#befallen.restart(entry.target.process);
        break;
      case "pause":
        for (const host of this.#befallen.processes(entry.target.process)) host.resume();
        break;
      case "bus-outage":
        this.#setBusDown(entry.target.place, -1);
        break;
    }
  }

  /** The oscillator of a node runs fast: every clock that follows it is reckoned anew. */
  #drift(fault: FaultOf<"clock-drift">): void {
    const place = this.#befallen.places.get(fault.target.node);
    if (place) driftClock(place, { kind: "fault-began", fault }, this.#world.now);
    for (const host of this.#befallen.hosts.values()) if (host.place === place) host.rearm();
  }

  #setBusDown(place: string, by: number): void {
    for (const where of this.#befallen.places.values()) {
      if (place !== "*" && place !== where.name) continue;
      const before = where.busOutages;
      where.busOutages += by;
      if (before > 0 === where.busOutages > 0) continue;
      for (const host of this.#befallen.hosts.values()) {
        if (host.place === where) host.deliver({ kind: where.busOutages > 0 ? "bus-down" : "bus-up" });
      }
    }
  }

  #breakStreams(entry: Parameters<typeof isCutting>[0]): void {
    const { faults } = this.#world;
    if (!faults || !isCutting(entry)) return;
    // A keepalive needs its answer, so one way cut is enough.
    const cut = (from: string, to: string) => faults.cuts(entry, from, to) || faults.cuts(entry, to, from);
    for (const host of this.#befallen.hosts.values()) host.streams.breakTo((half) => cut(half.place, half.peer.place));
  }

  /** Who stands still answers no keepalive. */
  #silence(silent: Iterable<VirtualHost>): void {
    const still = new Set<unknown>(Array.from(silent).filter(({ isPaused }) => isPaused));
    for (const host of this.#befallen.hosts.values()) {
      host.streams.breakTo((half) => still.has(half.host) !== still.has(half.peer.host));
    }
  }

  #record(event: NonNullable<LedgerEvent["event"]>): void {
    const world = this.#world;
    this.#recorded += 1;
    const writer = `faults/${world.network}`;
    world.record({ writer, incarnation: 1, sequence: this.#recorded, at: world.now, uncertaintyNs: 0, event });
  }
}

function entryServices(entry: FaultEntry): readonly string[] {
  return kindOf(entry).services;
}

function isTold(services: readonly string[], host: VirtualHost): boolean {
  return services.includes(host.service.name);
}

class Deed implements WorldEvent {
  readonly occur: () => void;

  constructor(occur: () => void) {
    this.occur = occur;
  }
}
