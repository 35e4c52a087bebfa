import type { Readings } from "../ledger-readers.ts";
import { SequenceSet } from "../sequence-set.ts";
import type { PairDirectory, PairRow } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** No two pairs of a run have the same id, over all restarts of all stations. */
export class IdsUnique implements Referee {
  readonly name = "ids-unique";
  readonly reads: Readings = { pairHeralded: (heralded, { at }) => this.#herald(this.#pairs.enter(heralded), at) };
  readonly #pairs: PairDirectory;
  /** By the number of the series. */
  readonly #sequences: SequenceSet[] = [];
  readonly #violations: Violation[] = [];

  constructor(pairs: PairDirectory) {
    this.#pairs = pairs;
  }

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, false);
  }

  #herald({ pair, series, sequence }: PairRow, atNs: number): void {
    if (!series) {
      const message = "is no pair id: <link>/<incarnation>/<sequence>";
      this.#violations.push({ pair, atNs, message, stands: true });
      return;
    }
    let sequences = this.#sequences[series.number];
    if (!sequences) {
      sequences = new SequenceSet();
      this.#sequences[series.number] = sequences;
    }
    if (!sequences.add(sequence)) {
      this.#violations.push({ pair, atNs, message: "was heralded twice", stands: true });
    }
  }
}
