import { RecentMap } from "@bellmesh/mesh";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** Pairs of which a retraction may still come. */
const RECENT_MAX = 65_536;

type Told = Extract<NonNullable<LedgerEvent["event"]>, { $case: "pairFidelity" }>["pairFidelity"];
type Half = Extract<NonNullable<LedgerEvent["event"]>, { $case: "halfRetracted" }>["halfRetracted"];

interface Counted<Figure> {
  readonly figure: Figure;
  readonly halves: readonly [string, string];
}

/** A figure of every pair delivered at both ends, until one of its halves is taken back: then once, though both are. */
export class CountedPairs<Figure> {
  readonly #byHalf = new RecentMap<Counted<Figure>>(RECENT_MAX);

  count({ firstPair, firstNode, secondPair, secondNode }: Told, figure: Figure): void {
    const halves = [`${firstPair} ${firstNode}`, `${secondPair} ${secondNode}`] as const;
    for (const half of halves) this.#byHalf.set(half, { figure, halves });
  }

  /** @returns what was counted for the pair of this half; undefined when it is not, or no more. */
  takeBack({ pair, node }: Half): Figure | undefined {
    const counted = this.#byHalf.get(`${pair} ${node}`);
    for (const half of counted?.halves ?? []) this.#byHalf.delete(half);
    return counted?.figure;
  }
}
