import type { PairHeralded } from "@bellmesh/wire/ledger";

/**
 * Finished pairs remembered, so that what comes after their end is recognised. What comes later still is seen to be
 * about a pair that was, but not what became of it.
 */
export const FINISHED_PAIRS_KEPT = 16_384;
/** So many of them are looked up as fast as those that are not finished; of the others hardly anything is told. */
const NEAR = 128;

/** A row has a bit for each column in one 32-bit number, whose sign is left alone. */
const COLUMNS_MAX = 31;

/** The pairs of a link that one start of its station has heralded. */
export interface PairSeries {
  readonly link: string;
  /** Series are numbered from 0 on, so that notes of them can stand in an array. */
  readonly number: number;
  highest: number;
  /** The highest sequence that was forgotten. */
  forgotten: number;
}

/** One half of a pair: where it is, and what each of those who read the ledger has noted of it. */
export class HalfRow {
  readonly of: PairRow;
  readonly node: string;
  /** By column; each is the affair of the one table that has this column. */
  readonly notes: unknown[];
  /** A bit for each column: nothing more is expected of this half there. */
  ended = 0;

  constructor(of: PairRow, node: string, columns: number) {
    this.of = of;
    this.node = node;
    this.notes = new Array(columns);
  }

  get pair(): string {
    return this.of.pair;
  }
}

/** A pair that was heralded, and how many of those who read the ledger expect more of it. */
export class PairRow {
  readonly pair: string;
  /** Undefined where the pair's id is none. */
  readonly series: PairSeries | undefined;
  /** In its series. */
  readonly sequence: number;
  readonly first: HalfRow;
  readonly second: HalfRow;
  unfinished = 0;

  constructor(heralded: Heralded, series: PairSeries | undefined, sequence: number, columns: number) {
    this.pair = heralded.pair;
    this.series = series;
    this.sequence = sequence;
    this.first = new HalfRow(this, heralded.firstNode, columns);
    this.second = new HalfRow(this, heralded.secondNode, columns);
  }
}

/** What a herald says of who holds which half. */
export type Heralded = Pick<PairHeralded, "pair" | "firstNode" | "secondNode">;

/**
 * The pairs of one ledger by their ids, for all who read it: each has a column for its own notes, and none sees those
 * of another. So a pair is looked up once for an event, not once for each of them. Memory is bounded: of the pairs that
 * are finished for everybody only the last are kept.
 */
export class PairDirectory {
  /** Those that are not finished, and the last that were. */
  readonly #near = new Map<string, PairRow>();
  /** All other finished ones that are kept, from when somebody asks for one on. */
  #far: Map<string, PairRow> | undefined;
  #columns = 0;
  /** Those asked for last: an event is about one pair or two. */
  #latest: PairRow | undefined;
  #previous: PairRow | undefined;
  /** The last so many, each at the place of its number modulo that. */
  readonly #finished: PairRow[] = [];
  #finishedEver = 0;
  /** By link and station incarnation. */
  readonly #series = new Map<string, PairSeries>();

  /**
   * A column that nobody has yet.
   * @throws RangeError when there are no more
   */
  newColumn(): number {
    if (this.#columns === COLUMNS_MAX) throw new RangeError(`a directory of pairs has ${COLUMNS_MAX} columns`);
    this.#columns += 1;
    return this.#columns - 1;
  }

  row(pair: string): PairRow | undefined {
    if (this.#latest?.pair === pair) return this.#latest;
    if (this.#previous?.pair === pair) return this.#previous;
    const row = this.#near.get(pair) ?? this.#farRows().get(pair);
    if (row) this.#ask(row);
    return row;
  }

  /** The half, unless its pair was never heralded, has no half there, or ended long ago. */
  half(pair: string, node: string): HalfRow | undefined {
    const row = this.row(pair);
    if (row?.first.node === node) return row.first;
    return row?.second.node === node ? row.second : undefined;
  }

  /** The row of a pair that is heralded, a new one where there was none. */
  enter(heralded: Heralded): PairRow {
    const { pair } = heralded;
    if (this.#latest?.pair === pair) return this.#latest;
    const id = splitPairId(pair);
    const series = id && this.#seriesNamed(id.series);
    const sequence = id?.sequence ?? 0;
    const known = series && sequence > series.highest ? undefined : this.row(pair);
    if (known) return known;
    const row = new PairRow(heralded, series, sequence, this.#columns);
    if (series) series.highest = Math.max(series.highest, sequence);
    this.#near.set(pair, row);
    this.#ask(row);
    return row;
  }

  /** Pairs that are not finished, in the order of their heralds, and some that are. */
  unfinished(): Iterable<PairRow> {
    return this.#near.values();
  }

  *rows(): Generator<PairRow> {
    yield* this.#farRows().values();
    yield* this.#near.values();
  }

  /** One of those who noted something of this pair expects nothing more. */
  finish(row: PairRow): void {
    row.unfinished -= 1;
    if (row.unfinished > 0) return;
    const place = this.#finishedEver % FINISHED_PAIRS_KEPT;
    const oldest = this.#finished[place];
    if (oldest) this.#forget(oldest);
    this.#finished[place] = row;
    if (this.#finishedEver >= NEAR) this.#leave((this.#finishedEver - NEAR) % FINISHED_PAIRS_KEPT);
    this.#finishedEver += 1;
  }

  /** Whether a pair that is not here may have been. */
  wasForgotten(pair: string): boolean {
    const id = splitPairId(pair);
    return id !== undefined && id.sequence <= (this.#series.get(id.series)?.forgotten ?? -1);
  }

  #ask(row: PairRow): void {
    this.#previous = this.#latest;
    this.#latest = row;
  }

  /** The finished pair at this place is near no more. */
  #leave(place: number): void {
    const row = this.#finished[place] as PairRow;
    this.#near.delete(row.pair);
    this.#far?.set(row.pair, row);
  }

  #farRows(): Map<string, PairRow> {
    if (!this.#far) {
      const far = this.#finished.filter(({ pair }) => !this.#near.has(pair));
      this.#far = new Map(far.map((row) => [row.pair, row]));
    }
    return this.#far;
  }

  #forget({ pair, series, sequence }: PairRow): void {
    this.#far?.delete(pair);
    this.#latest = undefined;
    this.#previous = undefined;
    if (series) series.forgotten = Math.max(sequence, series.forgotten);
  }

  #seriesNamed(name: string): PairSeries {
    let series = this.#series.get(name);
    if (!series) {
      series = { link: name.slice(0, name.indexOf("/")), number: this.#series.size, highest: -1, forgotten: -1 };
      this.#series.set(name, series);
    }
    return series;
  }
}

/** Where an id of a link pair ends and its sequence begins. */
function splitPairId(pair: string): { series: string; sequence: number } | undefined {
  const slash = pair.lastIndexOf("/");
  if (slash <= 0 || pair.indexOf("/") === slash) return undefined;
  const sequence = Number(pair.slice(slash + 1));
  return Number.isSafeInteger(sequence) && sequence >= 0 ? { series: pair.slice(0, slash), sequence } : undefined;
}
