import type { PairDirectory } from "./pair-directory.ts";
import { PairTable } from "./pair-table.ts";

/** What a referee knows of one half; what else it wants to know it adds. */
export class HalfFacts {
  readonly pair: string;
  readonly node: string;
  /** It was swapped, delivered, or ended otherwise. */
  isEnded = false;
  /** Nature has restarted since its herald: if it had not ended, it was lost then. */
  wasInNature = false;

  constructor(pair: string, node: string) {
    this.pair = pair;
    this.node = node;
  }
}

interface Entry<Facts> {
  readonly pair: string;
  readonly first: Facts;
  readonly second: Facts;
}

/** Both halves of every heralded pair, as one referee sees them. */
export class HalfTable<Facts extends HalfFacts> {
  readonly #table: PairTable<Entry<Facts>>;

  constructor(pairs: PairDirectory) {
    this.#table = new PairTable(pairs);
  }

  /** Two new halves; those of a pair of this name stay as they are. */
  add(first: Facts, second: Facts): void {
    this.#table.add({ pair: first.pair, first, second });
  }

  /** The half, unless its pair was never heralded, has no half there, or ended long ago. */
  half(pair: string, node: string): Facts | undefined {
    const entry = this.#table.get(pair);
    if (entry?.first.node === node) return entry.first;
    return entry?.second.node === node ? entry.second : undefined;
  }

  /** Whether a pair of this name is known, with halves elsewhere. */
  has(pair: string): boolean {
    return this.#table.get(pair) !== undefined;
  }

  /** Whether a half that is not here may have been. */
  wasForgotten(pair: string): boolean {
    return this.#table.wasForgotten(pair);
  }

  /** This half is held no more. */
  end(half: Facts): void {
    if (half.isEnded) return;
    half.isEnded = true;
    const entry = this.#table.get(half.pair);
    if (entry?.first.isEnded && entry.second.isEnded) this.#table.finish(entry);
  }

  /** Nature has lost whatever was held. */
  natureRestarted(): void {
    for (const half of this.live()) half.wasInNature = true;
  }

  /** Halves that have not ended. */
  *live(): Generator<Facts> {
    for (const { first, second } of this.#table.entries()) {
      if (!first.isEnded) yield first;
      if (!second.isEnded) yield second;
    }
  }
}
