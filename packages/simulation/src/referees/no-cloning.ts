import type { Readings } from "../ledger-readers.ts";
import { HalfTable } from "./half-table.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

class UsedHalf {
  readonly row: HalfRow;
  /** How it ended, for people. */
  end = "";
  /** Nature has told the fidelity of the pair it is half of. */
  isOfDelivered = false;

  constructor(row: HalfRow) {
    this.row = row;
  }
}

/**
 * No half is there twice (Wootters & Zurek 1982): what has ended is neither stored nor turned nor held again, no half
 * is swapped with itself, and none is half of two delivered pairs. (Spending it again is no-double-spend's affair, and
 * ending it again one-terminal-outcome's.)
 */
export class NoCloning implements Referee {
  readonly name = "no-cloning";
  readonly reads: Readings = {
    pairHeralded: (heralded) => {
      const row = this.#halves.enter(heralded);
      if (row) this.#halves.add(row, new UsedHalf(row.first), new UsedHalf(row.second));
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
    if (half && this.#halves.isEnded(half.row))
      this.#object(pair, atNs, `${how} at ${node}, but was ${half.end} there before`);
  }

  #end(pair: string, node: string, how: string): void {
    const half = this.#half(pair, node);
    if (!half || this.#halves.isEnded(half.row)) return;
    half.end = how;
    this.#halves.end(half.row);
  }

  #judgeDelivered(half: UsedHalf | undefined, atNs: number): void {
    if (!half) return;
    const { pair, node } = half.row;
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
