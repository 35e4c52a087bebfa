import type { BellIndex } from "@bellmesh/wire/bell";
import type { PairHeralded, PairsSwapped } from "@bellmesh/wire/ledger";
import { HalfTable } from "./half-table.ts";
import type { HalfRow, PairDirectory } from "./pair-directory.ts";

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
  readonly row: HalfRow;
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
  /** When it was emitted. */
  readonly emittedNs: number;
  /** When it was last heard of. */
  atNs = 0;
  /** Nature has restarted since its herald: held, it was lost then, unless it ends otherwise. */
  wasInNature = false;

  constructor(row: HalfRow, parity: Ordinal, emittedNs: number) {
    this.row = row;
    this.parity = parity;
    this.emittedNs = emittedNs;
    this.partner = this;
  }

  get pair(): string {
    return this.row.pair;
  }

  get node(): string {
    return this.row.node;
  }

  get name(): string {
    return `${this.pair} at ${this.node}`;
  }
}

/** Who is entangled with whom, followed through heralds and swaps. */
export class Entanglement {
  readonly #halves: HalfTable<Half>;

  constructor(pairs: PairDirectory) {
    this.#halves = new HalfTable(pairs);
  }

  herald(heralded: PairHeralded): void {
    const row = this.#halves.enter(heralded);
    if (!row) return;
    const index = ordinalOf(heralded.bellIndex);
    const first = new Half(row.first, index, heralded.firstEmitted);
    const second = new Half(row.second, index, heralded.secondEmitted);
    first.partner = second;
    second.partner = first;
    this.#halves.add(row, first, second);
  }

  /** The half, unless its pair was never heralded, has no half there, or ended long ago. */
  half(pair: string, node: string): Half | undefined {
    return this.#halves.half(pair, node);
  }

  /** Nature has lost whatever was held. */
  natureRestarted(): void {
    for (const half of this.#halves.all()) half.wasInNature = true;
  }

  /** Whether a half that is not here may have been. */
  wasForgotten(pair: string): boolean {
    return this.#halves.wasForgotten(pair);
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
    half.state = state;
    this.#halves.end(half.row);
  }
}
