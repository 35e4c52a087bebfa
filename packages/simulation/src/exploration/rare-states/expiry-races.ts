import { classicalDelayNs, type Topology } from "@bellmesh/topology";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import type { Watcher } from "./watcher.ts";

type Fate = "spent" | "expired";

/** One end of a pair gives it up while the other uses it, neither having had time to hear of the other. */
export class ExpiryRaces implements Watcher {
  readonly reached = { "expiry-race": 0 };
  readonly #topology: Topology;
  /** By pair, what became of each half, and when. */
  readonly #fates = new Map<string, Map<string, { readonly fate: Fate; readonly atNs: number }>>();

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  record({ event, at }: LedgerEvent): void {
    switch (event?.$case) {
      case "pairsSwapped": {
        const { node, upstreamPair, downstreamPair } = event.pairsSwapped;
        this.#note(upstreamPair, node, "spent", at);
        this.#note(downstreamPair, node, "spent", at);
        break;
      }
      case "halfDelivered":
        this.#note(event.halfDelivered.pair, event.halfDelivered.node, "spent", at);
        break;
      case "halfEnded":
        if (event.halfEnded.outcome === Outcome.EXPIRED || event.halfEnded.outcome === Outcome.DISCARDED) {
          this.#note(event.halfEnded.pair, event.halfEnded.node, "expired", at);
        }
        break;
    }
  }

  #note(pair: string, node: string, fate: Fate, atNs: number): void {
    const halves = this.#fates.get(pair) ?? new Map();
    this.#fates.set(pair, halves);
    for (const [other, half] of halves) {
      const isRace = other !== node && half.fate !== fate;
      if (isRace && atNs - half.atNs < classicalDelayNs(this.#topology, node, other)) this.reached["expiry-race"] += 1;
    }
    halves.set(node, { fate, atNs });
  }
}
