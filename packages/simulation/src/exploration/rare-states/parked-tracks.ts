import type { FaultEntry as FaultMessage } from "@bellmesh/wire/fault";
import type { Feedforward } from "@bellmesh/wire/feedforward";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import type { SignalRequest } from "@bellmesh/wire/network-layer";
import { faultTarget, isInStep } from "../../referees/fault-target.ts";
import type { OnBus, Step, Watcher } from "./watcher.ts";

/** TRACKs that come to a repeater before the half they are about has been swapped there. */
export class ParkedTracks implements Watcher {
  readonly reached = { "track-before-its-swap": 0, "restart-with-a-parked-track": 0 };
  /** The nodes of each circuit. */
  readonly #nodes = new Map<string, readonly string[]>();
  /** `<pair> <node>` of halves that are gone. */
  readonly #gone = new Set<string>();
  readonly #parked = new Map<string, Set<string>>();

  step({ service, place, input, effects }: Step): void {
    if (service !== "network-layer") return;
    if (input.kind === "started") {
      this.#parked.delete(place);
    }
    for (const effect of effects) {
      const message = effect.kind === "send" ? (effect.item as Partial<SignalRequest>).message : undefined;
      if (message?.$case === "path") this.#nodes.set(message.path.circuit, message.path.nodes);
    }
  }

  came({ to, message: { payload } }: OnBus<Feedforward>): void {
    if (payload?.$case !== "track") return;
    const { circuit, linkCorrelator } = payload.track;
    const isRepeater = this.#nodes.get(circuit)?.slice(1, -1).includes(to);
    if (isRepeater && !this.#gone.has(`${linkCorrelator} ${to}`)) this.#parkedAt(to).add(linkCorrelator);
  }

  record({ event }: LedgerEvent): void {
    if (event?.$case === "pairsSwapped") {
      const { node, upstreamPair, downstreamPair } = event.pairsSwapped;
      for (const pair of [upstreamPair, downstreamPair]) {
        if (this.#end(pair, node)) this.reached["track-before-its-swap"] += 1;
      }
    } else if (event?.$case === "halfEnded") {
      this.#end(event.halfEnded.pair, event.halfEnded.node);
    } else if (event?.$case === "faultBegan" && event.faultBegan.fault) {
      this.#crashed(event.faultBegan.fault);
    }
  }

  /** A network layer goes down; when it starts again, the halves it had parked a TRACK for are gone. */
  #crashed(fault: FaultMessage): void {
    if ((fault.kind !== "crash" && fault.kind !== "store-loss") || isInStep(fault)) return;
    const { process = "" } = faultTarget(fault);
    const node = process.startsWith("network-layer/") ? process.slice("network-layer/".length) : process;
    if (this.#parkedAt(node).size > 0) this.reached["restart-with-a-parked-track"] += 1;
  }

  /** @returns whether a TRACK was parked for this half. */
  #end(pair: string, node: string): boolean {
    this.#gone.add(`${pair} ${node}`);
    return this.#parkedAt(node).delete(pair);
  }

  #parkedAt(node: string): Set<string> {
    const parked = this.#parked.get(node) ?? new Set();
    this.#parked.set(node, parked);
    return parked;
  }
}
