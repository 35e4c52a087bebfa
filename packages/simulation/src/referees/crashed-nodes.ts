import type { FaultEntry } from "@bellmesh/wire/fault";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { faultTarget, isInStep } from "./fault-target.ts";

/** Who tells the other end what became of a half. */
const TELLERS: readonly string[] = ["network-layer", "node-controller"];
/** So long after a crash is over, its lease, nature still gives up what it holds for a node that is gone. */
const AFTERMATH_NS = 10e9;

/** What the ledger tells of the crash of one process. */
interface Crash {
  readonly fault: string;
  readonly node: string;
  readonly writer: string;
  fromNs: number;
  untilNs: number;
  hasEnded: boolean;
  /** Of a crash that comes with a later step, or never, and has not come yet: of which incarnation its process was. */
  awaited: number | undefined;
}

/**
 * When faults took the network layer or node-controller of a node down, as far as the ledger tells. A network layer
 * that starts again need not write anything, so where no fault is told of any node may be among them. A crash that was
 * to come with a step has not come while its process writes on as the same incarnation.
 */
export class CrashedNodes {
  #areTold = false;
  #crashes: Crash[] = [];

  /** @param incarnationOf of which incarnation a process was when it wrote last */
  begin(fault: FaultEntry | undefined, atNs: number, incarnationOf: (writer: string) => number): void {
    this.#areTold = true;
    if (fault?.kind !== "crash" && fault?.kind !== "store-loss") return;
    const { process = "" } = faultTarget(fault);
    const [service = "", node = service] = process.split("/");
    for (const teller of TELLERS) {
      if (node !== service && service !== teller) continue;
      const writer = `${teller}/${node}`;
      const awaited = isInStep(fault) ? incarnationOf(writer) : undefined;
      const lasting = { fromNs: atNs, untilNs: Number.POSITIVE_INFINITY, hasEnded: false };
      this.#crashes.push({ fault: JSON.stringify(fault), node, writer, ...lasting, awaited });
    }
  }

  end(fault: FaultEntry | undefined, atNs: number): void {
    const ended = JSON.stringify(fault);
    for (const crash of this.#crashes) {
      if (crash.hasEnded || crash.fault !== ended) continue;
      crash.hasEnded = true;
      // A crash without a duration is one for good.
      if (fault?.forNs !== 0) crash.untilNs = atNs;
    }
  }

  /** To be told of every event. */
  hear({ writer, incarnation, at }: LedgerEvent): void {
    if (this.#crashes.length === 0) return;
    for (const crash of this.#crashes) {
      if (crash.awaited === undefined || crash.writer !== writer) continue;
      if (crash.awaited !== incarnation) crash.awaited = undefined;
      else if (!crash.hasEnded) crash.fromNs = at;
      else this.#crashes = this.#crashes.filter((one) => one !== crash);
    }
  }

  /** Whether a half of this node, in this stretch of time, may have suffered from a crash. */
  mayHaveCrashed(ofNode: string, sinceNs: number, untilNs: number): boolean {
    if (!this.#areTold) return true;
    return this.#crashes.some(
      (crash) => crash.node === ofNode && crash.fromNs <= untilNs && sinceNs <= crash.untilNs + AFTERMATH_NS,
    );
  }
}
