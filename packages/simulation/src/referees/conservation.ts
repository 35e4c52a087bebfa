import { RecentMap } from "@bellmesh/mesh";
import type { LedgerEvent, RequestEnded } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { HalfTable } from "./half-table.ts";
import { linkOf } from "./link-of.ts";
import { isSpending, outcomeName } from "./outcomes.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** Requests whose deliveries are counted at a time. */
const REQUESTS_KEPT = 16_384;
/** Pairs named in one violation. */
const NAMED_MAX = 5;

class CountedHalf {
  readonly row: HalfRow;
  readonly account: Account;
  /** Its outcome; empty before. */
  outcome = "";
  /** Nature has restarted since its herald: where it had not ended, it was lost then. */
  wasInNature = false;

  constructor(row: HalfRow, account: Account) {
    this.row = row;
    this.account = account;
  }
}

/** The halves of one link. */
interface Account {
  heralded: number;
  /** By outcome. */
  readonly ended: Map<string, { halves: number }>;
  /** Ended without ever having been heralded. */
  readonly unexpected: string[];
  /** Delivered, swapped or measured twice. */
  readonly duplicated: string[];
  atNs: number;
}

/** What the head-end of a request delivered, by what it told then. */
interface Deliveries {
  readonly headEnd: string;
  /** The restart of its node-controller that accepted the request: a later one counts anew. */
  readonly incarnation: number;
  count: number;
}

/**
 * Nothing gets lost and nothing comes from nowhere: on each link, and so in total, as many halves were heralded as were
 * swapped, delivered or ended otherwise (what was lost in a crash of nature counts as ended); and a request that ends
 * has delivered as many pairs as its head-end told of. Lost, unexpected and duplicated halves are named.
 */
export class Conservation implements Referee {
  readonly name = "conservation";
  readonly reads: Readings = {
    requestAccepted: ({ requestId, headEnd }, { incarnation }) => {
      // Its first pairs may be told of before the answer that it is accepted: they come by another stream.
      const before = this.#deliveries.get(requestId);
      const count = before?.incarnation === incarnation ? before.count : 0;
      this.#deliveries.set(requestId, { headEnd, incarnation, count });
    },
    pairHeralded: (heralded) => {
      const row = this.#halves.enter(heralded);
      if (!row) return; // ids-unique's affair
      const account = this.#accountOf(row.series?.link ?? linkOf(row.pair));
      account.heralded += 2;
      this.#halves.add(row, new CountedHalf(row.first, account), new CountedHalf(row.second, account));
    },
    pairsSwapped: ({ upstreamPair, downstreamPair, node }, { at }) => {
      this.#end(upstreamPair, node, "swapped", true, at);
      this.#end(downstreamPair, node, "swapped", true, at);
    },
    halfDelivered: ({ pair, node, requestId }, told) => {
      this.#end(pair, node, "delivered", true, told.at);
      this.#deliver(told, requestId, node, 1);
    },
    halfRetracted: ({ requestId, node }, told) => this.#deliver(told, requestId, node, -1),
    halfEnded: ({ pair, node, outcome }, { at }) => {
      this.#end(pair, node, outcomeName(outcome), isSpending(outcome), at);
    },
    requestEnded: (ended, told) => this.#close(told, ended),
    natureRestarted: () => {
      for (const half of this.#halves.all()) half.wasInNature = true;
    },
  };
  readonly #halves: HalfTable<CountedHalf>;
  readonly #accounts = new Map<string, Account>();
  readonly #deliveries = new RecentMap<Deliveries>(REQUESTS_KEPT);
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfTable(pairs);
  }

  verdict(atQuiescence: boolean): Verdict {
    const lost = this.#lost();
    const violations = [...this.#violations];
    for (const [link, account] of this.#accounts) {
      const message = balance(link, account, atQuiescence ? (lost.get(link) ?? []) : []);
      if (message) violations.push({ atNs: account.atNs, message });
    }
    return verdictOf(this.name, violations, this.#unclear || lost.size > 0);
  }

  /** By link: halves that have come to no end. */
  #lost(): Map<string, string[]> {
    const lost = new Map<string, string[]>();
    for (const { pair, first, second } of this.#halves.unfinished()) {
      const halves = [this.#halves.of(first), this.#halves.of(second)];
      const found = halves.filter(({ outcome, wasInNature }) => outcome === "" && !wasInNature);
      if (found.length === 0) continue;
      const link = linkOf(pair);
      lost.set(link, [...(lost.get(link) ?? []), ...found.map(({ row }) => `${pair} at ${row.node}`)]);
    }
    return lost;
  }

  #end(pair: string, node: string, how: string, isSpent: boolean, atNs: number): void {
    const half = this.#halves.half(pair, node);
    if (half && !this.#halves.isEnded(half.row)) {
      const { ended } = half.account;
      half.account.atNs = atNs;
      const count = ended.get(how);
      if (count) count.halves += 1;
      else ended.set(how, { halves: 1 });
      half.outcome = how;
      this.#halves.end(half.row);
    } else if (half) {
      // Somebody who has not heard of its end may give it up once more over a crash; nobody may spend it once more.
      if (isSpent && half.outcome === how) half.account.duplicated.push(`${pair} at ${node}`);
    } else if (this.#halves.wasForgotten(pair)) this.#unclear = true;
    else this.#accountOf(linkOf(pair)).unexpected.push(`${pair} at ${node}`);
  }

  #close({ at, writer, incarnation }: LedgerEvent, { requestId, node, delivered }: RequestEnded): void {
    const deliveries = this.#deliveries.get(requestId);
    if (deliveries?.headEnd !== node || deliveries.incarnation !== incarnation) return;
    const { count } = deliveries;
    if (count === delivered) return;
    const message = `${writer} ends ${requestId} with ${delivered} pairs delivered; the ledger has ${count} there`;
    this.#violations.push({ atNs: at, message });
  }

  #deliver({ incarnation }: LedgerEvent, requestId: string, node: string, by: 1 | -1): void {
    const deliveries = this.#deliveries.get(requestId);
    if (deliveries?.headEnd === node) deliveries.count += by;
    else if (!deliveries && requestId.startsWith(`${node}/`)) {
      this.#deliveries.set(requestId, { headEnd: node, incarnation, count: by });
    }
  }

  #accountOf(link: string): Account {
    let account = this.#accounts.get(link);
    if (!account) {
      account = { heralded: 0, ended: new Map(), unexpected: [], duplicated: [], atNs: 0 };
      this.#accounts.set(link, account);
    }
    return account;
  }
}

/** What is wrong with a link's account; undefined when it balances. */
function balance(link: string, { heralded, ended, ...account }: Account, lost: readonly string[]): string | undefined {
  const wrong = Object.entries({ lost, unexpected: account.unexpected, duplicated: account.duplicated })
    .filter(([, halves]) => halves.length > 0)
    .map(([what, halves]) => `${halves.length} ${what} (${named(halves)})`);
  if (wrong.length === 0) return undefined;
  const outcomes = [...ended].map(([how, { halves }]) => `${halves} ${how}`).join(", ");
  return `link ${link}: of ${heralded} halves heralded ${outcomes || "none ended"}; ${wrong.join(", ")}`;
}

function named(halves: readonly string[]): string {
  const more = halves.length > NAMED_MAX ? ` and ${halves.length - NAMED_MAX} more` : "";
  return `${halves.slice(0, NAMED_MAX).join(", ")}${more}`;
}
