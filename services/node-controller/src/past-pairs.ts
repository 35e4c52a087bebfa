import { RecentLog, SmallMap } from "@bellmesh/mesh";
import { parsePairId } from "@bellmesh/wire";

/** Pairs remembered. */
const PAST_MIN = 4096;

/** How the half of a pair has left this memory. */
export type Past = "delivered" | "ended";

/** Pairs whose halves have left this memory, so that what comes late about them is known to be late. */
export class PastPairs {
  readonly #pairs = new RecentLog<Past>(PAST_MIN);
  /** Of each link the one that comes last in the order of names. */
  readonly #last = new SmallMap<string, string>();

  /** @param link of the pair, where that is at hand */
  add(pair: string, past: Past, link = parsePairId(pair)?.link ?? ""): void {
    this.#pairs.add(pair, past);
    const last = this.#last.get(link);
    if (last === undefined || isBehind(pair, last)) this.#last.set(link, pair);
  }

  get(pair: string): Past | undefined {
    return this.#pairs.get(pair);
  }

  /** Whether this pair of a link is one of them. Links number their pairs: most often its name says that it is not. */
  has(pair: string, link: string): boolean {
    const last = this.#last.get(link);
    return last !== undefined && !isBehind(pair, last) && this.#pairs.get(pair) !== undefined;
  }
}

/** In the order of names, which is that of their numbers where they begin alike. */
function isBehind(name: string, other: string): boolean {
  return name.length === other.length ? name > other : name.length > other.length;
}
