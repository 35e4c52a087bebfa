import type { LedgerEvent } from "@bellmesh/wire/ledger";
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
  readonly #halves: HalfStates<Spending>;
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfStates(pairs, "live");
  }

  observe({ event, at }: LedgerEvent): void {
    switch (event?.$case) {
      case "pairHeralded": {
        const { pair, firstNode, secondNode } = event.pairHeralded;
        this.#halves.herald(pair, firstNode, secondNode, at);
        break;
      }
      case "pairsSwapped":
        this.#spend(event.pairsSwapped.upstreamPair, event.pairsSwapped.node, "swapped", at);
        this.#spend(event.pairsSwapped.downstreamPair, event.pairsSwapped.node, "swapped", at);
        break;
      case "halfDelivered":
        this.#spend(event.halfDelivered.pair, event.halfDelivered.node, "delivered", at);
        break;
      case "halfEnded": {
        const { pair, node, outcome } = event.halfEnded;
        if (isSpending(outcome)) this.#spend(pair, node, outcomeName(outcome), at);
        else this.#giveUp(pair, node, at);
        break;
      }
    }
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
