import { type FaultEntry, faultData, faultText, kindOf } from "@bellmesh/mesh";
import type { MeshTime } from "@bellmesh/mesh/grpc-nats";
import type { FaultList } from "./fault-client.ts";

/** What is done when a fault begins, and when it ends. */
export interface FaultDeeds {
  began(entry: FaultEntry): void;
  ended(entry: FaultEntry): void;
}

/** Timers of Node go no further than some 24 days. */
const LONGEST_TIMEOUT_MS = 86_400_000;

/** A timer that is set anew until its instant has come. */
interface Alarm {
  timer: NodeJS.Timeout;
}

/** When faults of processes begin and end, by mesh time. */
export class ProcessFaultTimes {
  readonly #time: MeshTime;
  readonly #deeds: FaultDeeds;
  readonly #coming = new Map<FaultEntry, Alarm>();
  /** With the timer that ends it; undefined for one that lasts for ever. */
  readonly #acting = new Map<FaultEntry, Alarm | undefined>();

  constructor(time: MeshTime, deeds: FaultDeeds) {
    this.#time = time;
    this.#deeds = deeds;
  }

  /** True mesh time. */
  now(): number {
    return this.#time.now();
  }

  add(entry: FaultEntry): void {
    this.#coming.set(
      entry,
      this.#at(entry.atNs, () => this.#begin(entry)),
    );
  }

  list(): FaultList {
    return { acting: [...this.#acting.keys()].map(faultData), coming: [...this.#coming.keys()].map(faultData) };
  }

  /** @param only entries equal to these; all where none are given */
  clear(only?: readonly FaultEntry[]): void {
    const texts = only && new Set(only.map(faultText));
    const isMeant = (entry: FaultEntry) => texts?.has(faultText(entry)) ?? true;
    for (const [entry, { timer }] of [...this.#coming].filter(([entry]) => isMeant(entry))) {
      clearTimeout(timer);
      this.#coming.delete(entry);
    }
    this.endActing(isMeant);
  }

  /** Ends what acts and is meant; what is still to come stays. */
  endActing(isMeant: (entry: FaultEntry) => boolean): void {
    for (const entry of [...this.#acting.keys()].filter(isMeant)) this.#end(entry);
  }

  /** Nothing begins or ends any more. */
  close(): void {
    for (const alarm of [...this.#coming.values(), ...this.#acting.values()]) clearTimeout(alarm?.timer);
  }

  #begin(entry: FaultEntry): void {
    this.#coming.delete(entry);
    this.#deeds.began(entry);
    if (kindOf(entry).isMomentary) return;
    const endNs = entry.atNs + entry.forNs;
    const isEndless = endNs === Number.POSITIVE_INFINITY;
    this.#acting.set(entry, isEndless ? undefined : this.#at(endNs, () => this.#end(entry)));
  }

  #end(entry: FaultEntry): void {
    clearTimeout(this.#acting.get(entry)?.timer);
    this.#acting.delete(entry);
    this.#deeds.ended(entry);
  }

  #at(atNs: number, work: () => void): Alarm {
    const arm = (): NodeJS.Timeout => {
      const leftMs = Math.max(0, this.#time.wallMsUntil(atNs));
      if (leftMs <= LONGEST_TIMEOUT_MS) return setTimeout(work, leftMs);
      return setTimeout(() => {
        alarm.timer = arm();
      }, LONGEST_TIMEOUT_MS);
    };
    const alarm: Alarm = { timer: arm() };
    return alarm;
  }
}
