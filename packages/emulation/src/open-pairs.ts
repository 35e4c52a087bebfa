import { RecentMap } from "@bellmesh/mesh";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";

interface OpenPair {
  nodes: readonly string[] | undefined;
  readonly ended: Set<string>;
  /** Nature has restarted since: a half that nobody else ends was lost then. */
  wasInNature: boolean;
}

/** Pairs remembered after both halves have ended: over a crash a half may be ended once more. */
const CLOSED_MIN = 4096;

function unknownPair(): OpenPair {
  return { nodes: undefined, ended: new Set(), wasInNature: false };
}

/** Pairs of which a half has not come to its end, whichever order the events come in. */
export class OpenPairs {
  readonly #pairs = new Map<string, OpenPair>();
  readonly #closed = new RecentMap<true>(CLOSED_MIN);

  get count(): number {
    let count = 0;
    for (const { wasInNature } of this.#pairs.values()) if (!wasInNature) count += 1;
    return count;
  }

  observe({ event }: LedgerEvent): void {
    switch (event?.$case) {
      case "pairHeralded": {
        const { pair, firstNode, secondNode } = event.pairHeralded;
        const open = this.#pairs.get(pair) ?? unknownPair();
        open.nodes = [firstNode, secondNode];
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
      case "halfEnded": {
        const { pair, node, outcome } = event.halfEnded;
        // What a crash loses was heralded long ago, and may have been delivered.
        if (outcome !== Outcome.LOST_CRASH || this.#pairs.has(pair)) this.#end(pair, node);
        break;
      }
      case "natureRestarted":
        for (const open of this.#pairs.values()) open.wasInNature = true;
        break;
    }
  }

  #end(pair: string, node: string): void {
    if (this.#closed.has(pair)) return;
    const open = this.#pairs.get(pair) ?? unknownPair();
    open.ended.add(node);
    this.#pairs.set(pair, open);
    this.#closeIfEnded(pair, open);
  }

  #closeIfEnded(pair: string, { nodes, ended }: OpenPair): void {
    if (!nodes?.every((node) => ended.has(node))) return;
    this.#pairs.delete(pair);
    this.#closed.set(pair, true);
  }
}
