import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { ActiveFaults } from "../faults/active-faults.ts";
import { driftClock } from "../faults/clock-drift.ts";
import { type FaultEntry, type FaultOf, kindOf } from "../faults/fault-kinds.ts";
import { faultRecord } from "../faults/fault-message.ts";
import type { FaultScope } from "../faults/fault-scope.ts";
import { concerns } from "../faults/fault-target.ts";
import { faultText } from "../faults/fault-text.ts";
import { type CuttingFault, Faults, isCutting } from "../faults.ts";
import type { Entropy } from "../host.ts";
import { Code, failure } from "../status.ts";
import type { MeshHost } from "./host.ts";
import { KeptFaults } from "./kept-faults.ts";

/** What of a process faults befall. */
export interface Befallen {
  readonly hosts: readonly MeshHost[];
  readonly entropy: Entropy;
  readonly scope: FaultScope;
  /** Where the process keeps what must survive a crash. */
  readonly directory: string;
  readonly happen: (atNs: number | undefined, occur: () => void) => void;
  readonly now: () => number;
  /** The clock of a place has changed. */
  readonly rearm: (place: string) => void;
}

interface Held {
  readonly from: string;
  readonly to: string;
  readonly occur: () => void;
}

/** A stream that stands still for so long ends, as keepalive ends one that a real network has cut. */
const KEEPALIVE_NS = 5_000_000_000;

/** The faults of one process: the fate of what comes to it, and what its services are told. */
export class ProcessFaults {
  readonly #befallen: Befallen;
  readonly #fates: Faults;
  readonly #kept: KeptFaults;
  #coming: FaultEntry[] = [];
  readonly #acting = new ActiveFaults();
  /** Drifts that have ended, for as long as they acted: what oscillators have gained stays. */
  readonly #drifts: FaultOf<"clock-drift">[] = [];
  #held: Held[] = [];

  /** Puts in force again what was in force when the process ended, and lets oscillators gain what they had gained. */
  constructor(befallen: Befallen) {
    this.#befallen = befallen;
    this.#fates = new Faults(befallen.entropy, [], befallen.scope.links);
    this.#kept = new KeptFaults(befallen.directory, befallen.scope);
    for (const entry of this.#kept.read()) {
      if (entry.kind === "clock-drift" && endNs(entry) <= befallen.now()) this.#haveDrifted(entry);
      else this.#schedule(entry);
    }
  }

  get scope(): FaultScope {
    return this.#befallen.scope;
  }

  get acting(): readonly FaultEntry[] {
    return this.#acting.all;
  }

  get coming(): readonly FaultEntry[] {
    return this.#coming;
  }

  /** Puts entries in force. @returns those that concern this process */
  inject(entries: readonly FaultEntry[]): readonly FaultEntry[] {
    const { hosts, scope } = this.#befallen;
    const taken = entries.filter((entry) => hosts.some(({ address }) => concerns(entry, address, scope)));
    for (const entry of taken) this.#schedule(entry);
    this.#keep();
    return taken;
  }

  /**
   * Ends what acts, and forgets what is still to come.
   * @param only entries equal to these; all where none are given
   * @returns how many there were
   */
  clear(only?: readonly FaultEntry[]): number {
    const texts = only && new Set(only.map(faultText));
    const isMeant = (entry: FaultEntry) => texts?.has(faultText(entry)) ?? true;
    const coming = this.#coming.filter(isMeant);
    this.#coming = this.#coming.filter((entry) => !coming.includes(entry));
    for (const entry of coming) this.#fates.remove(entry);
    const acting = this.#acting.all.filter(isMeant);
    this.#befallen.happen(undefined, () => {
      for (const entry of acting) this.#end(entry, this.#befallen.now());
    });
    this.#keep();
    return coming.length + acting.length;
  }

  /** A machine has started. */
  tell(host: MeshHost): void {
    for (const fault of [...this.#drifts, ...this.#acting.all]) this.#tellOne(host, "fault-began", fault);
  }

  /** How much longer than usual something sent by RPC takes. */
  rpcDelayNs(from: string, to: string): number {
    return this.#fates.rpcDelayNs(this.#befallen.now(), from, to);
  }

  /** The fate of a bus message, as Faults has it. */
  message(subject: string, from: string, to: string): readonly number[] | undefined {
    return this.#fates.message(this.#befallen.now(), subject, from, to);
  }

  /** When a process gets to a bus message; undefined when it is lost. */
  consumedNs(nowNs: number, address: string): number | undefined {
    return this.#fates.consumedNs(nowNs, address);
  }

  isCut(from: string, to: string): boolean {
    return this.#fates.cutsMessage(this.#befallen.now(), from, to);
  }

  /** Keeps what has come over a way that is cut, or behind what is kept, until it no longer is. */
  holds(from: string, to: string, occur: () => void): boolean {
    const isBehind = this.#held.some((one) => one.from === from && one.to === to);
    if (!isBehind && !this.isCut(from, to)) return false;
    this.#held.push({ from, to, occur });
    return true;
  }

  #schedule(entry: FaultEntry): void {
    this.#coming.push(entry);
    this.#fates.add(entry);
    const { happen, now } = this.#befallen;
    happen(Math.max(entry.atNs, now()), () => {
      if (this.#coming.includes(entry)) this.#begin(entry);
    });
  }

  #begin(entry: FaultEntry): void {
    const { happen } = this.#befallen;
    this.#coming = this.#coming.filter((one) => one !== entry);
    this.#record({ $case: "faultBegan", faultBegan: faultRecord(entry) });
    if (entry.kind === "clock-drift") this.#drift(entry, "fault-began", entry.atNs);
    for (const host of this.#befallen.hosts) this.#tellOne(host, "fault-began", entry);
    if (kindOf(entry).isMomentary) {
      this.#fates.remove(entry);
      return;
    }
    this.#acting.began(entry);
    if (entry.kind === "bus-outage") this.#setBusDown(entry, 1);
    happen(endNs(entry), () => {
      if (this.#acting.all.includes(entry)) this.#end(entry, endNs(entry));
    });
    if (isCutting(entry)) happen(entry.atNs + KEEPALIVE_NS, () => this.#breakStreams(entry));
  }

  #end(entry: FaultEntry, atNs: number): void {
    this.#acting.ended(entry);
    this.#fates.remove(entry);
    this.#record({ $case: "faultEnded", faultEnded: faultRecord(entry) });
    if (entry.kind === "clock-drift") this.#driftEnded(entry, atNs);
    if (entry.kind === "bus-outage") this.#setBusDown(entry, -1);
    for (const host of this.#befallen.hosts) this.#tellOne(host, "fault-ended", entry);
    this.#keep();
    const held = this.#held;
    this.#held = [];
    for (const one of held) if (!this.holds(one.from, one.to, one.occur)) one.occur();
  }

  #tellOne(host: MeshHost, kind: "fault-began" | "fault-ended", fault: FaultEntry): void {
    if (!host.started || !kindOf(fault).services.includes(host.service.name)) return;
    host.step({ kind, fault, reading: host.reading() });
  }

  /** It may end before its time: who starts later is told of it as it was. */
  #driftEnded(fault: FaultOf<"clock-drift">, atNs: number): void {
    this.#drift(fault, "fault-ended", atNs);
    const forNs = Math.min(fault.forNs, atNs - fault.atNs);
    if (forNs > 0) this.#drifts.push({ ...fault, forNs });
  }

  /** A drift that had ended before the process started. */
  #haveDrifted(fault: FaultOf<"clock-drift">): void {
    this.#drift(fault, "fault-began", fault.atNs);
    this.#drifts.push(fault);
  }

  #drift(fault: FaultOf<"clock-drift">, kind: "fault-began" | "fault-ended", atNs: number): void {
    const place = this.#befallen.hosts.find((host) => host.place.name === fault.target.node)?.place;
    if (!place) return;
    driftClock(place, { kind, fault }, atNs);
    this.#befallen.rearm(place.name);
  }

  #setBusDown({ target }: FaultOf<"bus-outage">, by: number): void {
    const hosts = this.#befallen.hosts.filter(({ place }) => target.place === "*" || target.place === place.name);
    for (const place of new Set(hosts.map((host) => host.place))) {
      const wasDown = place.busOutages > 0;
      place.busOutages += by;
      const isDown = place.busOutages > 0;
      if (wasDown === isDown) continue;
      for (const host of hosts) if (host.place === place) host.step({ kind: isDown ? "bus-down" : "bus-up" });
    }
  }

  #breakStreams(entry: CuttingFault): void {
    if (!this.#acting.all.includes(entry)) return;
    const cut = (one: string, other: string) =>
      this.#fates.cuts(entry, one, other) || this.#fates.cuts(entry, other, one);
    const status = failure(Code.UNAVAILABLE, "keepalive had no answer");
    for (const host of this.#befallen.hosts) host.streams.breakTo((peer) => cut(host.place.name, peer), status);
  }

  #record(event: NonNullable<LedgerEvent["event"]>): void {
    this.#befallen.hosts[0]?.tell(event);
  }

  #keep(): void {
    this.#kept.write([...this.#drifts, ...this.#acting.all, ...this.#coming]);
  }
}

function endNs({ atNs, forNs }: FaultEntry): number {
  return atNs + forNs;
}
