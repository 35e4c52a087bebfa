import type { PairDirectory } from "./pair-directory.ts";

/** What one referee knows of pairs, by id: its column of a directory, which others share. */
export class PairTable<Entry extends { readonly pair: string }> {
  readonly #directory: PairDirectory;
  readonly #column: number;

  constructor(directory: PairDirectory) {
    this.#directory = directory;
    this.#column = directory.newColumn();
  }

  get(pair: string): Entry | undefined {
    return this.#directory.row(pair)?.notes[this.#column] as Entry | undefined;
  }

  /** In the order of their heralds. */
  *entries(): Generator<Entry> {
    for (const { notes } of this.#directory.rows()) {
      const entry = notes[this.#column] as Entry | undefined;
      if (entry) yield entry;
    }
  }

  /** Adds what is known of a new pair; of one that is in the table nothing changes. */
  add(entry: Entry): void {
    const row = this.#directory.enter(entry.pair);
    if (row.notes[this.#column]) return;
    row.notes[this.#column] = entry;
    row.unfinished += 1;
  }

  /** Notes something of a pair without expecting more of it: it is kept for as long as others expect something. */
  jot(entry: Entry): void {
    this.#directory.enter(entry.pair).notes[this.#column] = entry;
  }

  /** Nothing more is expected of this pair, to be said once. */
  finish({ pair }: Entry): void {
    const row = this.#directory.row(pair);
    if (row) this.#directory.finish(row);
  }

  /** Whether a pair that is not in the table may have been in it. */
  wasForgotten(pair: string): boolean {
    return this.#directory.wasForgotten(pair);
  }
}
