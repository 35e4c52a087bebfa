import { type FaultEntry, faultData, kindOf } from "@bellmesh/mesh";
import type { MeshTime } from "@bellmesh/mesh/grpc-nats";
import type { FaultList } from "./fault-client.ts";

/** What is done when a fault begins, and when it ends. */
export interface FaultDeeds {
  began(entry: FaultEntry): void;
  ended(entry: FaultEntry): void;
}

const LONGEST_TIMEOUT_MS = 86_400_000;

/** When faults of processes begin and end, by mesh time. */
export class ProcessFaultTimes {
  readonly #time: MeshTime;
  readonly #deeds: FaultDeeds;
  readonly #coming = new Map<FaultEntry, NodeJS.Timeout>();
  /** With the timer that ends it; undefined for one that lasts for ever. */
  readonly #acting = new Map<FaultEntry, NodeJS.Timeout | undefined>();

  constructor(time: MeshTime, deeds: FaultDeeds) {
    this.#time = time;
    this.#deeds = deeds;
  }

  /** True mesh time. */
  now(): number {
    return this.#time.now();
  }

  add(entry: FaultEntry): void {
    this.#coming.set(entry, this.#at(entry.atNs, () => this.#begin(entry)) as NodeJS.Timeout);
  }

  list(): FaultList {
    return { acting: [...this.#acting.keys()].map(faultData), coming: [...this.#coming.keys()].map(faultData) };
  }

  clear(): void {
    for (const timer of this.#coming.values()) clearTimeout(timer);
    this.#coming.clear();
    for (const entry of [...this.#acting.keys()]) this.#end(entry);
  }

  /** Nothing begins or ends any more. */
  close(): void {
    for (const timer of [...this.#coming.values(), ...this.#acting.values()]) clearTimeout(timer);
  }

  #begin(entry: FaultEntry): void {
    this.#coming.delete(entry);
    this.#deeds.began(entry);
    if (!kindOf(entry).isMomentary)
      this.#acting.set(
        entry,
        this.#at(entry.atNs + entry.forNs, () => this.#end(entry)),
      );
  }

  #end(entry: FaultEntry): void {
    clearTimeout(this.#acting.get(entry));
    this.#acting.delete(entry);
    this.#deeds.ended(entry);
  }

  #at(atNs: number, work: () => void): NodeJS.Timeout | undefined {
    if (atNs === Number.POSITIVE_INFINITY) return undefined;
    return setTimeout(work, Math.min(LONGEST_TIMEOUT_MS, Math.max(0, this.#time.wallMsUntil(atNs))));
  }
}
