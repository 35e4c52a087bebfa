import type { Readings } from "../ledger-readers.ts";
import { HalfStates } from "./half-states.ts";
import { isSpending, outcomeName } from "./outcomes.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** What was done with a half: nothing yet, a kind of spending, or given up (which is one-terminal-outcome's affair). */
type Spending = "live" | "given up" | string;

/**
 * Each half is spent at most once (swapped, delivered, used, distilled, measured), by the node that holds it, and only
 * after its pair was heralded.
 */
export class NoDoubleSpend implements Referee {
  readonly name = "no-double-spend";
  readonly reads: Readings = {
    pairHeralded: ({ pair, firstNode, secondNode }, { at }) => this.#halves.herald(pair, firstNode, secondNode, at),
    pairsSwapped: ({ upstreamPair, downstreamPair, node }, { at }) => {
      this.#spend(upstreamPair, node, "swapped", at);
      this.#spend(downstreamPair, node, "swapped", at);
    },
    halfDelivered: ({ pair, node }, { at }) => this.#spend(pair, node, "delivered", at),
    halfEnded: ({ pair, node, outcome }, { at }) => {
      if (isSpending(outcome)) this.#spend(pair, node, outcomeName(outcome), at);
      else this.#giveUp(pair, node, at);
    },
  };
  readonly #halves: HalfStates<Spending>;
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfStates(pairs, "live");
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, this.#unclear);
  }

  #spend(pair: string, node: string, spending: string, atNs: number): void {
    const state = this.#halves.get(pair);
    const which = this.#halves.which(state, pair, node);
    if (which === "forgotten") {
      this.#unclear = true;
    } else if (which === "never-heralded" || which === "no-end-of-it" || !state) {
      const unheralded = `${spending} at ${node}, but was never heralded`;
      if (which === "never-heralded") this.#violations.push({ pair, atNs, message: unheralded });
      else
        this.#violations.push({ pair, atNs, message: `${spending} at ${node}, but has no half there`, stands: true });
    } else if (state[which] === "live") {
      this.#halves.set(state, which, spending, atNs);
    } else if (state[which] !== "given up") {
      const message = `${spending} at ${node}, but was ${state[which]} there before`;
      this.#violations.push({ pair, atNs, message, stands: true });
    }
  }

  #giveUp(pair: string, node: string, atNs: number): void {
    const state = this.#halves.get(pair);
    const which = this.#halves.which(state, pair, node);
    if (state && (which === "first" || which === "second") && state[which] === "live") {
      this.#halves.set(state, which, "given up", atNs);
    }
  }
}
