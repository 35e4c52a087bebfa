import type { Readings } from "../ledger-readers.ts";
import { SequenceSet } from "../sequence-set.ts";
import { splitPairId } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** No two pairs of a run have the same id, over all restarts of all stations. */
export class IdsUnique implements Referee {
  readonly name = "ids-unique";
  readonly reads: Readings = { pairHeralded: ({ pair }, { at }) => this.#herald(pair, at) };
  /** By link and station incarnation. */
  readonly #series = new Map<string, SequenceSet>();
  readonly #violations: Violation[] = [];

  verdict(_atQuiescence: boolean): Verdict {
    return verdictOf(this.name, this.#violations, false);
  }

  #herald(pair: string, atNs: number): void {
    const id = splitPairId(pair);
    if (!id) {
      const message = "is no pair id: <link>/<incarnation>/<sequence>";
      this.#violations.push({ pair, atNs, message, stands: true });
      return;
    }
    let sequences = this.#series.get(id.series);
    if (!sequences) {
      sequences = new SequenceSet();
      this.#series.set(id.series, sequences);
    }
    if (!sequences.add(id.sequence)) {
      this.#violations.push({ pair, atNs, message: "was heralded twice", stands: true });
    }
  }
}
