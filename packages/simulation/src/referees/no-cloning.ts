import type { Readings } from "../ledger-readers.ts";
import { HalfFacts, HalfTable } from "./half-table.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

class UsedHalf extends HalfFacts {
  /** How it ended, for people. */
  end = "";
  /** Nature has told the fidelity of the pair it is half of. */
  isOfDelivered = false;
}

/**
 * No half is there twice (Wootters & Zurek 1982): what has ended is neither stored nor turned nor held again, no half
 * is swapped with itself, and none is half of two delivered pairs. (Spending it again is no-double-spend's affair, and
 * ending it again one-terminal-outcome's.)
 */
export class NoCloning implements Referee {
  readonly name = "no-cloning";
  readonly reads: Readings = {
    pairHeralded: ({ pair, firstNode, secondNode }) => {
      this.#halves.add(new UsedHalf(pair, firstNode), new UsedHalf(pair, secondNode));
    },
    halfStored: ({ pair, node }, { at }) => this.#use(pair, node, "stored", at),
    frameApplied: ({ pair, node }, { at }) => this.#use(pair, node, "turned", at),
    pairsSwapped: ({ node, upstreamPair, downstreamPair }, { at }) => {
      if (upstreamPair === downstreamPair) this.#object(upstreamPair, at, `swapped at ${node} with itself`);
      this.#end(upstreamPair, node, "swapped");
      this.#end(downstreamPair, node, "swapped");
    },
    halfDelivered: ({ pair, node }) => this.#end(pair, node, "delivered"),
    halfEnded: ({ pair, node }) => this.#end(pair, node, "given up"),
    pairFidelity: ({ firstPair, firstNode, secondPair, secondNode }, { at }) => {
      this.#judgeDelivered(this.#half(firstPair, firstNode), at);
      this.#judgeDelivered(this.#half(secondPair, secondNode), at);
    },
  };
  readonly #halves: HalfTable<UsedHalf>;
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfTable(pairs);
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

  #judgeDelivered(half: UsedHalf | undefined, atNs: number): void {
    if (!half) return;
    const { pair, node } = half;
    if (half.isOfDelivered) this.#object(pair, atNs, `its half at ${node} is half of two delivered pairs`);
    half.isOfDelivered = true;
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
