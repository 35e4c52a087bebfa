import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { SequenceSet } from "./sequence-set.ts";

/** Events of one writer that never came: sequences `first` to `last`. */
export interface LedgerGap {
  readonly writer: string;
  readonly incarnation: number;
  readonly first: number;
  readonly last: number;
}

/** A writer's first event of each incarnation has this sequence. */
const FIRST_SEQUENCE = 1;

interface Numbering {
  readonly incarnation: number;
  readonly sequences: SequenceSet;
}

/** Checks that every writer's events are numbered without gaps, in whichever order they come. */
export class WriterNumbering {
  /** By writer: its incarnations, the latest first. */
  readonly #writers = new Map<string, Numbering[]>();

  /** Notes an event; false when it was there already. */
  note(event: LedgerEvent): boolean {
    let incarnations = this.#writers.get(event.writer);
    if (!incarnations) {
      incarnations = [];
      this.#writers.set(event.writer, incarnations);
    }
    let numbering = incarnations[0];
    if (numbering?.incarnation !== event.incarnation) {
      numbering = incarnations.find((other) => other.incarnation === event.incarnation);
      if (!numbering) {
        numbering = { incarnation: event.incarnation, sequences: new SequenceSet() };
        incarnations.push(numbering);
        incarnations.sort((a, b) => b.incarnation - a.incarnation);
      }
    }
    return numbering.sequences.add(event.sequence);
  }

  /** What is missing. What a writer wrote last and nobody got cannot be seen. */
  gaps(): readonly LedgerGap[] {
    const gaps: LedgerGap[] = [];
    for (const [writer, incarnations] of this.#writers) {
      for (const { incarnation, sequences } of incarnations) {
        for (const range of sequences.missing(FIRST_SEQUENCE)) gaps.push({ writer, incarnation, ...range });
      }
    }
    return gaps;
  }
}
