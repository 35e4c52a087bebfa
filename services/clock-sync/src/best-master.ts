import type { ClockAnnounce } from "@bellmesh/wire/control";

/** What clocks are compared by. */
export type ClockDataSet = Pick<
  ClockAnnounce,
  "node" | "priority1" | "clockClass" | "clockAccuracy" | "offsetScaledLogVariance" | "priority2"
>;

const fields = ["priority1", "clockClass", "clockAccuracy", "offsetScaledLogVariance", "priority2"] as const;

/**
 * Whether a clock is the better one (IEEE 1588-2019 §9.3.4, the part that compares different grandmasters): the
 * smaller value of the first field that differs wins, and where none does the identity, here the node's name.
 */
export function isBetter(one: ClockDataSet, other: ClockDataSet): boolean {
  for (const field of fields) if (one[field] !== other[field]) return one[field] < other[field];
  return one.node < other.node;
}

/** A foreign master counts once it was heard this often (IEEE 1588-2019 §9.3.2.4.4). */
const QUALIFYING_ANNOUNCES = 2;
/** Within so many announce intervals. */
const QUALIFYING_INTERVALS = 4;
/** A master that was silent for so many is gone (announceReceiptTimeout). */
const TIMEOUT_INTERVALS = 3;

interface Heard {
  announce: ClockAnnounce;
  /** When it was heard lately, the earliest first. */
  atNs: number[];
}

/**
 * The clocks that offer themselves, as one node hears them: who of them is the best, and whether the one it follows
 * still lives. All of a network's nodes hear all, so that there is one step to every master and no topology to compare.
 */
export class BestMaster {
  readonly #intervalNs: number;
  readonly #heard = new Map<string, Heard>();

  /** @param intervalNs between two announces of a clock */
  constructor(intervalNs: number) {
    this.#intervalNs = intervalNs;
  }

  /** A clock offers itself. Copies and stragglers of the bus count for nothing. */
  hear(nowNs: number, announce: ClockAnnounce): void {
    const before = this.#heard.get(announce.node);
    if (before && !isNewer(announce, before.announce)) return;
    const sinceNs = nowNs - QUALIFYING_INTERVALS * this.#intervalNs;
    const isSame = before?.announce.incarnation === announce.incarnation;
    const atNs = isSame ? before.atNs.filter((heardNs) => heardNs > sinceNs) : [];
    atNs.push(nowNs);
    this.#heard.set(announce.node, { announce, atNs });
  }

  /** The best of all that qualify; undefined when there is none. */
  best(nowNs: number): ClockDataSet | undefined {
    let best: ClockDataSet | undefined;
    for (const { announce, atNs } of this.#heard.values()) {
      const isAlive = (atNs.at(-1) ?? 0) > nowNs - TIMEOUT_INTERVALS * this.#intervalNs;
      if (!isAlive || atNs.length < QUALIFYING_ANNOUNCES) continue;
      if (best === undefined || isBetter(announce, best)) best = announce;
    }
    return best;
  }

  /** Whether this clock was heard lately. */
  isHeard(nowNs: number, node: string): boolean {
    const heardNs = this.#heard.get(node)?.atNs.at(-1);
    return heardNs !== undefined && heardNs > nowNs - TIMEOUT_INTERVALS * this.#intervalNs;
  }

  /** Whether a master that gave its last sign of life then has been silent for too long. */
  isGone(nowNs: number, master: string, lastSignNs: number): boolean {
    const heardNs = this.#heard.get(master)?.atNs.at(-1) ?? 0;
    return nowNs - Math.max(heardNs, lastSignNs) > TIMEOUT_INTERVALS * this.#intervalNs;
  }
}

function isNewer(one: ClockAnnounce, other: ClockAnnounce): boolean {
  return (
    one.incarnation > other.incarnation || (one.incarnation === other.incarnation && one.sequence > other.sequence)
  );
}
