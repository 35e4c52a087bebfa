import { RecentLog } from "@bellmesh/mesh";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** Pairs of which a retraction may still come. */
const RECENT_MAX = 65_536;

type Told = Extract<NonNullable<LedgerEvent["event"]>, { $case: "pairFidelity" }>["pairFidelity"];
type Half = Extract<NonNullable<LedgerEvent["event"]>, { $case: "halfRetracted" }>["halfRetracted"];

interface Counted<Figure> {
  readonly figure: Figure;
  readonly firstPair: string;
  readonly secondPair: string;
}

/** A figure of every pair delivered at both ends, until one of its halves is taken back: then once, though both are. */
export class CountedPairs<Figure> {
  /** By each of the link pairs that it is made of at its ends: their other halves are not of delivered pairs. */
  readonly #byLinkPair = new RecentLog<Counted<Figure>>(RECENT_MAX);

  count({ firstPair, secondPair }: Told, figure: Figure): void {
    const counted = { figure, firstPair, secondPair };
    this.#byLinkPair.add(firstPair, counted);
    if (secondPair !== firstPair) this.#byLinkPair.add(secondPair, counted);
  }

  /** @returns what was counted for the pair of this half; undefined when it is not, or no more. */
  takeBack({ pair }: Half): Figure | undefined {
    const counted = this.#byLinkPair.get(pair);
    if (!counted) return undefined;
    this.#byLinkPair.delete(counted.firstPair);
    this.#byLinkPair.delete(counted.secondPair);
    return counted.figure;
  }
}
