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

/** What a referee knows of pairs, by id, in bounded memory: of the finished ones only the last are kept. */
export class PairTable<Entry extends { readonly pair: string }> {
  readonly #entries = new Map<string, Entry>();
  /** The last so many, the oldest at `#next` once there are so many. */
  readonly #finished: Entry[] = [];
  #next = 0;
  /** By link and station incarnation: the highest sequence that was forgotten. */
  readonly #forgotten = new Map<string, number>();

  get(pair: string): Entry | undefined {
    return this.#entries.get(pair);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  add(entry: Entry): void {
    this.#entries.set(entry.pair, entry);
  }

  /** Nothing more is expected of this pair. */
  finish(entry: Entry): void {
    const oldest = this.#finished[this.#next];
    if (oldest) this.#forget(oldest);
    this.#finished[this.#next] = entry;
    this.#next = (this.#next + 1) % FINISHED_PAIRS_KEPT;
  }

  /** Whether a pair that is not in the table may have been in it. */
  wasForgotten(pair: string): boolean {
    const id = splitPairId(pair);
    return id !== undefined && id.sequence <= (this.#forgotten.get(id.series) ?? -1);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.pair);
    const id = splitPairId(entry.pair);
    if (id) this.#forgotten.set(id.series, Math.max(id.sequence, this.#forgotten.get(id.series) ?? -1));
  }
}
