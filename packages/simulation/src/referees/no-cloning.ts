import type { LedgerEvent, PairFidelity } from "@bellmesh/wire/ledger";
import { type HalfFacts, HalfTable } from "./half-table.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

interface UsedHalf extends HalfFacts {
  /** How it ended, for people. */
  end: string;
  /** Nature has told the fidelity of the pair it is half of. */
  isOfDelivered: boolean;
}

/**
 * No half is there twice (Wootters & Zurek 1982): what has ended is neither stored nor turned nor held again, no half
 * is swapped with itself, and none is half of two delivered pairs. (Spending it again is no-double-spend's affair, and
 * ending it again one-terminal-outcome's.)
 */
export class NoCloning implements Referee {
  readonly name = "no-cloning";
  readonly #halves: HalfTable<UsedHalf>;
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfTable(pairs);
  }

  observe({ event, at }: LedgerEvent): void {
    switch (event?.$case) {
      case "pairHeralded": {
        const { pair, firstNode, secondNode } = event.pairHeralded;
        this.#halves.add(unused(pair, firstNode), unused(pair, secondNode));
        break;
      }
      case "halfStored":
        this.#use(event.halfStored.pair, event.halfStored.node, "stored", at);
        break;
      case "frameApplied":
        this.#use(event.frameApplied.pair, event.frameApplied.node, "turned", at);
        break;
      case "pairsSwapped": {
        const { node, upstreamPair, downstreamPair } = event.pairsSwapped;
        if (upstreamPair === downstreamPair) this.#object(upstreamPair, at, `swapped at ${node} with itself`);
        this.#end(upstreamPair, node, "swapped");
        this.#end(downstreamPair, node, "swapped");
        break;
      }
      case "halfDelivered":
        this.#end(event.halfDelivered.pair, event.halfDelivered.node, "delivered");
        break;
      case "halfEnded":
        this.#end(event.halfEnded.pair, event.halfEnded.node, "given up");
        break;
      case "pairFidelity":
        this.#judgeDelivered(event.pairFidelity, at);
        break;
    }
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, this.#unclear);
  }

  #use(pair: string, node: string, how: string, atNs: number): void {
    const half = this.#half(pair, node);
    if (half?.isEnded) this.#object(pair, atNs, `${how} at ${node}, but was ${half.end} there before`);
  }

  #end(pair: string, node: string, how: string): void {
    const half = this.#half(pair, node);
    if (!half || half.isEnded) return;
    half.end = how;
    this.#halves.end(half);
  }

  #judgeDelivered({ firstPair, firstNode, secondPair, secondNode }: PairFidelity, atNs: number): void {
    for (const half of [this.#half(firstPair, firstNode), this.#half(secondPair, secondNode)]) {
      if (!half) continue;
      const message = `its half at ${half.node} is half of two delivered pairs`;
      if (half.isOfDelivered) this.#object(half.pair, atNs, message);
      half.isOfDelivered = true;
    }
  }

  #half(pair: string, node: string): UsedHalf | undefined {
    const half = this.#halves.half(pair, node);
    if (!half && this.#halves.wasForgotten(pair)) this.#unclear = true;
    return half;
  }

  #object(pair: string, atNs: number, message: string): void {
    this.#violations.push({ pair, atNs, message });
  }
}

function unused(pair: string, node: string): UsedHalf {
  return { pair, node, isEnded: false, wasInNature: false, end: "", isOfDelivered: false };
}
