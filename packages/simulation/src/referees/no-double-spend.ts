import type { Readings } from "../ledger-readers.ts";
import { HalfTable } from "./half-table.ts";
import { isSpending, outcomeName } from "./outcomes.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

class SpendableHalf {
  readonly row: HalfRow;
  /** What was done with it: nothing yet, a kind of spending, or given up (which is one-terminal-outcome's affair). */
  spending: "live" | "given up" | string = "live";

  constructor(row: HalfRow) {
    this.row = row;
  }
}

/**
 * Each half is spent at most once (swapped, delivered, used, distilled, measured), by the node that holds it, and only
 * after its pair was heralded.
 */
export class NoDoubleSpend implements Referee {
  readonly name = "no-double-spend";
  readonly reads: Readings = {
    pairHeralded: (heralded) => {
      const row = this.#halves.enter(heralded);
      if (row) this.#halves.add(row, new SpendableHalf(row.first), new SpendableHalf(row.second));
    },
    pairsSwapped: ({ upstreamPair, downstreamPair, node }, { at }) => {
      this.#spend(upstreamPair, node, "swapped", at);
      this.#spend(downstreamPair, node, "swapped", at);
    },
    halfDelivered: ({ pair, node }, { at }) => this.#spend(pair, node, "delivered", at),
    halfEnded: ({ pair, node, outcome }, { at }) => {
      if (isSpending(outcome)) this.#spend(pair, node, outcomeName(outcome), at);
      else this.#giveUp(pair, node);
    },
  };
  readonly #halves: HalfTable<SpendableHalf>;
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfTable(pairs);
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, this.#unclear);
  }

  #spend(pair: string, node: string, spending: string, atNs: number): void {
    const half = this.#halves.half(pair, node);
    if (!half) {
      this.#objectToUnheralded(pair, node, spending, atNs);
    } else if (half.spending === "live") {
      half.spending = spending;
      this.#halves.end(half.row);
    } else if (half.spending !== "given up") {
      const message = `${spending} at ${node}, but was ${half.spending} there before`;
      this.#violations.push({ pair, atNs, message, stands: true });
    }
  }

  #objectToUnheralded(pair: string, node: string, spending: string, atNs: number): void {
    if (this.#halves.has(pair)) {
      this.#violations.push({ pair, atNs, message: `${spending} at ${node}, but has no half there`, stands: true });
    } else if (this.#halves.wasForgotten(pair)) {
      this.#unclear = true;
    } else {
      this.#violations.push({ pair, atNs, message: `${spending} at ${node}, but was never heralded` });
    }
  }

  #giveUp(pair: string, node: string): void {
    const half = this.#halves.half(pair, node);
    if (half?.spending !== "live") return;
    half.spending = "given up";
    this.#halves.end(half.row);
  }
}
