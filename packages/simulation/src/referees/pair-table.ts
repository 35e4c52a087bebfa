import type { Heralded, PairDirectory } from "./pair-directory.ts";

/** What one referee notes of pairs, and expects no end of: kept for as long as others expect something of the pair. */
export class PairTable<Note> {
  readonly #directory: PairDirectory;
  /** Of the first halves. */
  readonly #column: number;

  constructor(directory: PairDirectory) {
    this.#directory = directory;
    this.#column = directory.newColumn();
  }

  get(pair: string): Note | undefined {
    return this.#directory.row(pair)?.first.notes[this.#column] as Note | undefined;
  }

  jot(heralded: Heralded, note: Note): void {
    this.#directory.enter(heralded).first.notes[this.#column] = note;
  }
}
