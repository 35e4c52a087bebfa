/**
 * Finished pairs remembered, so that what comes after their end is recognised. What comes later still is seen to be
 * about a pair that was, but not what became of it.
 */
export const FINISHED_PAIRS_KEPT = 16_384;

/** Where an id of a link pair ends and its sequence begins. */
export function splitPairId(pair: string): { series: string; sequence: number } | undefined {
  const slash = pair.lastIndexOf("/");
  if (slash <= 0 || pair.indexOf("/") === slash) return undefined;
  const sequence = Number(pair.slice(slash + 1));
  return Number.isSafeInteger(sequence) && sequence >= 0 ? { series: pair.slice(0, slash), sequence } : undefined;
}

/** A pair: what each of those who read the ledger has noted of it, and how many of them expect more. */
export interface PairRow {
  readonly pair: string;
  /** By column; each is the affair of the one table that has this column. */
  readonly notes: unknown[];
  unfinished: number;
}

/**
 * The pairs of one ledger by their ids, for all who read it: each has a column for its own notes, and none sees those
 * of another. So a pair is looked up once for an event, not once for each of them. Memory is bounded: of the pairs that
 * are finished for everybody only the last are kept.
 */
export class PairDirectory {
  readonly #rows = new Map<string, PairRow>();
  #columns = 0;
  /** Those asked for last: an event is about one pair or two. */
  #latest: PairRow | undefined;
  #previous: PairRow | undefined;
  /** The last so many, the oldest at `#next` once there are so many. */
  readonly #finished: PairRow[] = [];
  #next = 0;
  /** By link and station incarnation: the highest sequence that was forgotten. */
  readonly #forgotten = new Map<string, number>();

  /** A column that nobody has yet. */
  newColumn(): number {
    this.#columns += 1;
    return this.#columns - 1;
  }

  row(pair: string): PairRow | undefined {
    if (this.#latest?.pair === pair) return this.#latest;
    if (this.#previous?.pair === pair) return this.#previous;
    const row = this.#rows.get(pair);
    if (row) this.#ask(row);
    return row;
  }

  /** The row of a pair, a new one where there was none. */
  enter(pair: string): PairRow {
    const known = this.row(pair);
    if (known) return known;
    const row = { pair, notes: new Array(this.#columns).fill(undefined), unfinished: 0 };
    this.#rows.set(pair, row);
    this.#ask(row);
    return row;
  }

  rows(): Iterable<PairRow> {
    return this.#rows.values();
  }

  /** One of those who noted something of this pair expects nothing more. */
  finish(row: PairRow): void {
    row.unfinished -= 1;
    if (row.unfinished > 0) return;
    const oldest = this.#finished[this.#next];
    if (oldest) this.#forget(oldest);
    this.#finished[this.#next] = row;
    this.#next = (this.#next + 1) % FINISHED_PAIRS_KEPT;
  }

  /** Whether a pair that is not here may have been. */
  wasForgotten(pair: string): boolean {
    const id = splitPairId(pair);
    return id !== undefined && id.sequence <= (this.#forgotten.get(id.series) ?? -1);
  }

  #ask(row: PairRow): void {
    this.#previous = this.#latest;
    this.#latest = row;
  }

  #forget({ pair }: PairRow): void {
    this.#rows.delete(pair);
    this.#latest = undefined;
    this.#previous = undefined;
    const id = splitPairId(pair);
    if (id) this.#forgotten.set(id.series, Math.max(id.sequence, this.#forgotten.get(id.series) ?? -1));
  }
}
