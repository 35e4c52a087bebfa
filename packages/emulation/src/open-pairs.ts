import { RecentMap } from "@bellmesh/mesh";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";

interface OpenPair {
  /** Its two ends; undefined until its herald has come. */
  nodes: readonly string[] | undefined;
  heraldedNs: number;
  readonly ended: Set<string>;
  /** Somebody other than a crash has ended a half of it. */
  wasEnded: boolean;
}

/** Pairs remembered after both halves have ended: over a crash a half may be ended once more. */
const CLOSED_MIN = 4096;

function unknownPair(): OpenPair {
  return { nodes: undefined, heraldedNs: 0, ended: new Set(), wasEnded: false };
}

/**
 * Pairs of which a half has not come to its end, whichever order the events come in: a herald may come behind the end
 * of its pair, and behind the word that nature has restarted since, for each writer's events make their own way.
 */
export class OpenPairs {
  readonly #pairs = new Map<string, OpenPair>();
  readonly #closed = new RecentMap<true>(CLOSED_MIN);
  /** What was heralded before then nature has lost, where nobody else ended it. */
  #restartedNs = 0;

  get count(): number {
    let count = 0;
    for (const { nodes, heraldedNs, wasEnded } of this.#pairs.values()) {
      // What a crash loses, and whose herald we do not know, may have ended so long ago that we have forgotten it.
      if (nodes ? heraldedNs >= this.#restartedNs : wasEnded) count += 1;
    }
    return count;
  }

  observe({ event, at }: LedgerEvent): void {
    switch (event?.$case) {
      case "pairHeralded": {
        const { pair, firstNode, secondNode } = event.pairHeralded;
        if (this.#closed.has(pair)) return;
        const open = this.#pairs.get(pair) ?? unknownPair();
        open.nodes = [firstNode, secondNode];
        open.heraldedNs = at;
        this.#pairs.set(pair, open);
        this.#closeIfEnded(pair, open);
        break;
      }
      case "pairsSwapped":
        this.#end(event.pairsSwapped.upstreamPair, event.pairsSwapped.node);
        this.#end(event.pairsSwapped.downstreamPair, event.pairsSwapped.node);
        break;
      case "halfDelivered":
        this.#end(event.halfDelivered.pair, event.halfDelivered.node);
        break;
      case "halfEnded":
        this.#end(event.halfEnded.pair, event.halfEnded.node, event.halfEnded.outcome);
        break;
      case "natureRestarted":
        this.#restartedNs = Math.max(this.#restartedNs, at);
        break;
    }
  }

  #end(pair: string, node: string, outcome?: Outcome): void {
    if (this.#closed.has(pair)) return;
    const open = this.#pairs.get(pair) ?? unknownPair();
    open.ended.add(node);
    if (outcome !== Outcome.LOST_CRASH) open.wasEnded = true;
    this.#pairs.set(pair, open);
    this.#closeIfEnded(pair, open);
  }

  #closeIfEnded(pair: string, { nodes, ended }: OpenPair): void {
    if (!nodes?.every((node) => ended.has(node))) return;
    this.#pairs.delete(pair);
    this.#closed.set(pair, true);
  }
}
