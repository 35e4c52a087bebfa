import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { HalfStates } from "./half-states.ts";
import { LastWords, type Word, wordOf } from "./last-words.ts";
import { isSpending, outcomeName } from "./outcomes.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** `spent`: swapped, used, distilled or measured. */
type Fate = "live" | "spent" | "delivered" | "expired" | "discarded" | "lost crash";

const NATURE = "quantum-state/";
/** What nature says of halves. */
const OF_HALVES: ReadonlySet<string> = new Set([
  "pairsSwapped",
  "pairFidelity",
  "halfEnded",
  "halfMeasured",
  "qubitMoved",
]);
/** What became of a half, and who said first that it had ended. */
interface Known {
  readonly fate: Fate;
  readonly word?: Word;
}

const LIVE: Known = { fate: "live" };

/**
 * Each half of each heralded pair comes to exactly one end: swapped, delivered, or ended otherwise. A retraction makes
 * a delivered half an expired one, and nothing follows. (That a half is spent twice is no-double-spend's affair.)
 * What nature held when it crashed and nobody else ended is lost with it; so a later incarnation of nature says nothing
 * of halves before it has said that it has restarted. Of what was said in the last second before
 * a crash the other side may not know, and end the half once more (see last-words.ts).
 */
export class OneTerminalOutcome implements Referee {
  readonly name = "one-terminal-outcome";
  readonly reads: Readings = {
    pairHeralded: ({ pair, firstNode, secondNode }, { at }) => this.#halves.herald(pair, firstNode, secondNode, at),
    pairsSwapped: ({ upstreamPair, downstreamPair, node }, told) => {
      this.#end(told, upstreamPair, node, "spent");
      this.#end(told, downstreamPair, node, "spent");
    },
    halfDelivered: ({ pair, node }, told) => this.#end(told, pair, node, "delivered"),
    halfEnded: ({ pair, node, outcome }, told) => this.#ended(told, pair, node, outcome),
    natureRestarted: () => this.#halves.natureRestarted(),
    halfRetracted: ({ pair, node }, { at }) => this.#afterDelivery(pair, node, "retracted", at),
    halfUpgraded: ({ pair, node }, { at }) => this.#afterDelivery(pair, node, "upgraded", at),
  };
  readonly hears = (told: LedgerEvent) => {
    this.#lastWords.note(told);
    if (told.incarnation > this.#natureIncarnation && told.writer.startsWith(NATURE)) this.#heardOfNature(told);
  };
  readonly #halves: HalfStates<Known>;
  readonly #violations: Violation[] = [];
  readonly #lastWords = new LastWords();
  /** Of nature, as far as it has said that it has restarted. */
  #natureIncarnation = 1;
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfStates(pairs, LIVE);
  }

  verdict(atQuiescence: boolean): Verdict {
    const violations = [...this.#violations];
    let open = this.#unclear;
    for (const { pair, firstNode, secondNode, first, second, wasInNature, atNs } of this.#halves.unfinished()) {
      if (wasInNature) continue;
      open = true;
      if (!atQuiescence) break;
      const nodes = [first === LIVE ? firstNode : "", second === LIVE ? secondNode : ""].filter(Boolean);
      violations.push({ pair, atNs, message: `has no outcome at ${nodes.join(" and ")}` });
    }
    return verdictOf(this.name, violations, open);
  }

  #heardOfNature({ event, incarnation, at }: LedgerEvent): void {
    if (event?.$case !== "natureRestarted" && !OF_HALVES.has(event?.$case ?? "")) return;
    this.#natureIncarnation = incarnation;
    if (event?.$case === "natureRestarted") return;
    const message = `nature has restarted (incarnation ${incarnation}) and does not say that it has lost every qubit`;
    this.#violations.push({ atNs: at, message });
  }

  #ended(told: LedgerEvent, pair: string, node: string, outcome: Outcome): void {
    if (isSpending(outcome)) this.#end(told, pair, node, "spent");
    else if (outcome === Outcome.EXPIRED) this.#end(told, pair, node, "expired");
    else if (outcome === Outcome.DISCARDED) this.#end(told, pair, node, "discarded");
    else if (outcome === Outcome.LOST_CRASH) this.#end(told, pair, node, "lost crash");
    else {
      const message = `ended at ${node} with ${outcomeName(outcome)} outcome`;
      this.#violations.push({ pair, atNs: told.at, message, stands: true });
    }
  }

  #end(told: LedgerEvent, pair: string, node: string, fate: Exclude<Fate, "live">): void {
    const atNs = told.at;
    const state = this.#halves.get(pair);
    const which = this.#halves.which(state, pair, node);
    const spending = fate === "spent" || fate === "delivered";
    if (which === "forgotten") {
      this.#unclear = true;
    } else if (which === "never-heralded" || which === "no-end-of-it" || !state) {
      if (!spending) this.#violations.push({ pair, atNs, message: `${fate} at ${node}, which holds no such half` });
    } else if (state[which] === LIVE || (state[which].fate === "delivered" && fate === "lost crash")) {
      // A node that crashes loses what its application still held of a delivery; the pair was delivered all the same.
      this.#halves.set(state, which, { fate, word: wordOf(told) }, atNs);
    } else if (this.#mayNotKnow(told, state[which], fate)) {
      // Once more, that is: who says so now knows of it.
      this.#halves.set(state, which, { fate: state[which].fate, word: wordOf(told) }, atNs);
    } else if (!mayFollow(state[which].fate, fate)) {
      this.#violations.push({ pair, atNs, message: `${fate} at ${node}, but was ${state[which].fate} there before` });
    }
  }

  /** Whether the half is given up by somebody who may not have heard that it had ended, for a crash lay between. */
  #mayNotKnow(told: LedgerEvent, { word }: Known, fate: Fate): boolean {
    const isOfCrash = fate === "lost crash";
    return (isOfCrash || fate === "discarded") && this.#lastWords.mayBeUnheard(word, told, isOfCrash);
  }

  #afterDelivery(pair: string, node: string, what: "retracted" | "upgraded", atNs: number): void {
    const state = this.#halves.get(pair);
    const which = this.#halves.which(state, pair, node);
    if (which === "forgotten") {
      this.#unclear = true;
    } else if (which === "never-heralded" || which === "no-end-of-it" || !state) {
      this.#violations.push({ pair, atNs, message: `${what} at ${node}, which holds no such half` });
    } else if (state[which].fate !== "delivered") {
      this.#violations.push({ pair, atNs, message: `${what} at ${node}, but was ${state[which].fate}, not delivered` });
    } else if (what === "retracted") {
      this.#halves.set(state, which, { ...state[which], fate: "expired" }, atNs);
    }
  }
}

function mayFollow(before: Fate, fate: Fate): boolean {
  return (before === "spent" || before === "delivered") && (fate === "spent" || fate === "delivered");
}
