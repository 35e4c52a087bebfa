import type { HalfRow, Heralded, PairDirectory, PairRow } from "./pair-directory.ts";

/** What one referee notes of each half of every heralded pair: its column of a directory, which others share. */
export class HalfTable<Note> {
  readonly #directory: PairDirectory;
  readonly #column: number;
  /** Its bit of `ended` in each row. */
  readonly #bit: number;

  constructor(directory: PairDirectory) {
    this.#directory = directory;
    this.#column = directory.newColumn();
    this.#bit = 1 << this.#column;
  }

  /** The row of a pair that is heralded, for notes of its halves; undefined for one of which there are some. */
  enter(heralded: Heralded): PairRow | undefined {
    const row = this.#directory.enter(heralded);
    return row.first.notes[this.#column] === undefined ? row : undefined;
  }

  /** The first notes of both halves, of which an end is expected each. */
  add({ first, second }: PairRow, ofFirst: Note, ofSecond: Note): void {
    first.notes[this.#column] = ofFirst;
    second.notes[this.#column] = ofSecond;
    first.of.unfinished += 1;
  }

  /** What is noted of a half, unless its pair was never heralded, has no half there, or ended long ago. */
  half(pair: string, node: string): Note | undefined {
    return this.#directory.half(pair, node)?.notes[this.#column] as Note | undefined;
  }

  /** The row of a pair of which something is noted. */
  row(pair: string): PairRow | undefined {
    const row = this.#directory.row(pair);
    return row?.first.notes[this.#column] === undefined ? undefined : row;
  }

  /** Whether a pair of this name is known, with halves elsewhere. */
  has(pair: string): boolean {
    return this.row(pair) !== undefined;
  }

  /** Whether a half that is not here may have been. */
  wasForgotten(pair: string): boolean {
    return this.#directory.wasForgotten(pair);
  }

  /** It was swapped, delivered, or ended otherwise. */
  isEnded(row: HalfRow): boolean {
    return (row.ended & this.#bit) !== 0;
  }

  /** This half is held no more. */
  end(row: HalfRow): void {
    if (this.isEnded(row)) return;
    row.ended |= this.#bit;
    const { first, second } = row.of;
    if (this.isEnded(first) && this.isEnded(second)) this.#directory.finish(row.of);
  }

  /** The pairs of which a half has not ended, in the order of their heralds. */
  *unfinished(): Generator<PairRow> {
    for (const row of this.#directory.unfinished()) {
      const isNoted = row.first.notes[this.#column] !== undefined;
      if (isNoted && !(this.isEnded(row.first) && this.isEnded(row.second))) yield row;
    }
  }

  /** What is noted of a half of such a pair. */
  of(row: HalfRow): Note {
    return row.notes[this.#column] as Note;
  }

  /** What is noted of each half. */
  *all(): Generator<Note> {
    for (const { first, second } of this.#directory.rows()) {
      if (first.notes[this.#column] === undefined) continue;
      yield this.of(first);
      yield this.of(second);
    }
  }
}
