import type { BellIndex } from "@bellmesh/wire/bell";
import type { PairHeralded, PairsSwapped } from "@bellmesh/wire/ledger";
import type { PairDirectory } from "./pair-directory.ts";
import { PairTable } from "./pair-table.ts";

/** A Bell index as k = 2z + x, so that combining is XOR of numbers; `UNKNOWN` when it is not known. */
export type Ordinal = number;
export const UNKNOWN: Ordinal = -1;

/** The index as a number; absent is unknown. */
export function ordinalOf(index: BellIndex | undefined): Ordinal {
  return index ? (index.x ? 1 : 0) + (index.z ? 2 : 0) : UNKNOWN;
}

/** Two indices along a chain, or an index and a correction. */
export function combined(a: Ordinal, b: Ordinal): Ordinal {
  return a === UNKNOWN || b === UNKNOWN ? UNKNOWN : a ^ b;
}

/** One half of a link pair, and the half it is entangled with now that everything recorded so far has happened. */
export class Half {
  readonly pair: string;
  readonly node: string;
  partner: Half;
  /** XOR of everything announced and measured between this half and its partner. */
  parity: Ordinal;
  state: "held" | "swapped" | "delivered" | "expired" | "lost" = "held";
  /** The index this end announced at delivery, or since. */
  announced: Ordinal = UNKNOWN;
  /** What this end said at delivery. */
  peer = "";
  requestId = "";
  pairSequence = 0;
  /** When it was last heard of. */
  atNs = 0;
  /** Nature has restarted since its herald: held, it was lost then, unless it ends otherwise. */
  wasInNature = false;

  constructor(pair: string, node: string, parity: Ordinal) {
    this.pair = pair;
    this.node = node;
    this.parity = parity;
    this.partner = this;
  }

  get name(): string {
    return `${this.pair} at ${this.node}`;
  }
}

interface LinkPair {
  readonly pair: string;
  readonly first: Half;
  readonly second: Half;
}

/** Who is entangled with whom, followed through heralds and swaps. */
export class Entanglement {
  readonly #pairs: PairTable<LinkPair>;

  constructor(pairs: PairDirectory) {
    this.#pairs = new PairTable(pairs);
  }

  herald({ pair, firstNode, secondNode, bellIndex }: PairHeralded): void {
    const index = ordinalOf(bellIndex);
    const first = new Half(pair, firstNode, index);
    const second = new Half(pair, secondNode, index);
    first.partner = second;
    second.partner = first;
    this.#pairs.add({ pair, first, second });
  }

  /** The half, unless its pair was never heralded, has no half there, or ended long ago. */
  half(pair: string, node: string): Half | undefined {
    const entry = this.#pairs.get(pair);
    if (entry?.first.node === node) return entry.first;
    return entry?.second.node === node ? entry.second : undefined;
  }

  /** Nature has lost whatever was held. */
  natureRestarted(): void {
    for (const { first, second } of this.#pairs.entries()) {
      first.wasInNature = true;
      second.wasInNature = true;
    }
  }

  /** Whether a half that is not here may have been. */
  wasForgotten(pair: string): boolean {
    return this.#pairs.wasForgotten(pair);
  }

  /** Joins the partners of the two halves and returns one of them; undefined when a half is not there to be swapped. */
  swap({ node, upstreamPair, downstreamPair, outcome }: PairsSwapped): Half | undefined {
    const upstream = this.half(upstreamPair, node);
    const downstream = this.half(downstreamPair, node);
    if (upstream?.state !== "held" || downstream?.state !== "held" || upstream === downstream) return undefined;
    const left = upstream.partner;
    const right = downstream.partner;
    left.partner = right;
    right.partner = left;
    left.parity = combined(combined(upstream.parity, downstream.parity), ordinalOf(outcome));
    right.parity = left.parity;
    this.end(upstream, "swapped");
    this.end(downstream, "swapped");
    return left;
  }

  /** This half is held no more. */
  end(half: Half, state: Exclude<Half["state"], "held">): void {
    const wasHeld = half.state === "held";
    half.state = state;
    const entry = this.#pairs.get(half.pair);
    if (wasHeld && entry && entry.first.state !== "held" && entry.second.state !== "held") this.#pairs.finish(entry);
  }
}
