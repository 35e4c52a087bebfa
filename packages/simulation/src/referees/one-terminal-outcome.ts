import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { HalfTable } from "./half-table.ts";
import { LastWords, type Word } from "./last-words.ts";
import { isSpending, outcomeName } from "./outcomes.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
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

/** What became of a half; the word is that of who said first that it had ended. */
class FatedHalf implements Word {
  readonly row: HalfRow;
  fate: Fate = "live";
  writer = "";
  incarnation = 0;
  atNs: number;
  /** When it was last heard of. */
  heardNs: number;
  /** Nature has restarted since its herald: where it had not ended, it was lost then. */
  wasInNature = false;

  constructor(row: HalfRow, atNs: number) {
    this.row = row;
    this.atNs = atNs;
    this.heardNs = atNs;
  }

  end(fate: Fate, { writer, incarnation, at }: LedgerEvent): void {
    this.fate = fate;
    this.writer = writer;
    this.incarnation = incarnation;
    this.atNs = at;
    this.heardNs = at;
  }
}

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
    pairHeralded: (heralded, { at }) => {
      const row = this.#halves.enter(heralded);
      if (row) this.#halves.add(row, new FatedHalf(row.first, at), new FatedHalf(row.second, at));
    },
    pairsSwapped: ({ upstreamPair, downstreamPair, node }, told) => {
      this.#end(told, upstreamPair, node, "spent");
      this.#end(told, downstreamPair, node, "spent");
    },
    halfDelivered: ({ pair, node }, told) => this.#end(told, pair, node, "delivered"),
    halfEnded: ({ pair, node, outcome }, told) => this.#ended(told, pair, node, outcome),
    natureRestarted: () => {
      for (const half of this.#halves.all()) half.wasInNature = true;
    },
    halfRetracted: ({ pair, node }, { at }) => this.#afterDelivery(pair, node, "retracted", at),
    halfUpgraded: ({ pair, node }, { at }) => this.#afterDelivery(pair, node, "upgraded", at),
  };
  readonly hears = (told: LedgerEvent) => {
    this.#lastWords.note(told);
    if (told.incarnation > this.#natureIncarnation && told.writer.startsWith(NATURE)) this.#heardOfNature(told);
  };
  readonly #halves: HalfTable<FatedHalf>;
  readonly #violations: Violation[] = [];
  readonly #lastWords = new LastWords();
  /** Of nature, as far as it has said that it has restarted. */
  #natureIncarnation = 1;
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfTable(pairs);
  }

  verdict(atQuiescence: boolean): Verdict {
    const violations = [...this.#violations];
    let open = this.#unclear;
    for (const { pair, first, second } of this.#halves.unfinished()) {
      const halves = [this.#halves.of(first), this.#halves.of(second)];
      const live = halves.filter(({ fate, wasInNature }) => fate === "live" && !wasInNature);
      if (live.length === 0) continue;
      open = true;
      if (!atQuiescence) break;
      const { heardNs } = halves.find(({ fate }) => fate !== "live") ?? (live[0] as FatedHalf);
      const nodes = live.map(({ row }) => row.node).filter(Boolean);
      violations.push({ pair, atNs: heardNs, message: `has no outcome at ${nodes.join(" and ")}` });
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
    const half = this.#halves.half(pair, node);
    if (!half) {
      const isSpent = fate === "spent" || fate === "delivered";
      if (!isSpent || this.#isForgotten(pair)) this.#objectToUnheralded(pair, node, fate, told.at);
    } else if (half.fate === "live" || (half.fate === "delivered" && fate === "lost crash")) {
      // A node that crashes loses what its application still held of a delivery; the pair was delivered all the same.
      half.end(fate, told);
      this.#halves.end(half.row);
    } else if (this.#mayNotKnow(told, half, fate)) {
      // Once more, that is: who says so now knows of it.
      half.end(half.fate, told);
    } else if (!mayFollow(half.fate, fate)) {
      const message = `${fate} at ${node}, but was ${half.fate} there before`;
      this.#violations.push({ pair, atNs: told.at, message });
    }
  }

  #objectToUnheralded(pair: string, node: string, what: string, atNs: number): void {
    if (this.#isForgotten(pair)) this.#unclear = true;
    else this.#violations.push({ pair, atNs, message: `${what} at ${node}, which holds no such half` });
  }

  #isForgotten(pair: string): boolean {
    return !this.#halves.has(pair) && this.#halves.wasForgotten(pair);
  }

  /** Whether the half is given up by somebody who may not have heard that it had ended, for a crash lay between. */
  #mayNotKnow(told: LedgerEvent, half: FatedHalf, fate: Fate): boolean {
    const isOfCrash = fate === "lost crash";
    return (isOfCrash || fate === "discarded") && this.#lastWords.mayBeUnheard(half, told, isOfCrash);
  }

  #afterDelivery(pair: string, node: string, what: "retracted" | "upgraded", atNs: number): void {
    const half = this.#halves.half(pair, node);
    if (!half) {
      this.#objectToUnheralded(pair, node, what, atNs);
    } else if (half.fate !== "delivered") {
      this.#violations.push({ pair, atNs, message: `${what} at ${node}, but was ${half.fate}, not delivered` });
    } else if (what === "retracted") {
      half.fate = "expired";
      half.heardNs = atNs;
    }
  }
}

function mayFollow(before: Fate, fate: Fate): boolean {
  return (before === "spent" || before === "delivered") && (fate === "spent" || fate === "delivered");
}
