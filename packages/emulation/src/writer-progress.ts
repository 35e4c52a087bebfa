import { SequenceSet } from "@bellmesh/simulation";

/** A writer's first event of each incarnation has this number. */
const FIRST_SEQUENCE = 1;
/** A writer that begins anew with the same event so often has none before it. */
const BEGINNINGS_MAX = 3;

/** How far the events of one incarnation of a writer have come. */
export class WriterProgress {
  readonly #sequences = new SequenceSet();
  /** Before this, what is missing will not come any more. */
  #from = FIRST_SEQUENCE;
  #beginning = 0;
  #beginnings = 0;

  /** The event up to which all have come that ever will; 0 when the first is missing. */
  get complete(): number {
    return this.#sequences.prefixFrom(this.#from);
  }

  /** Notes an event; false when it was there already. */
  note(sequence: number): boolean {
    return this.#sequences.add(sequence);
  }

  /**
   * Notes with which event a message began. Writers send again from the oldest event they still have, so one that
   * begins three times behind a gap has lost what was there. @returns the events given up, if any.
   */
  began(sequence: number): { readonly first: number; readonly last: number } | undefined {
    const complete = this.complete;
    if (sequence <= complete + 1) return undefined;
    this.#beginnings = sequence === this.#beginning ? this.#beginnings + 1 : 1;
    this.#beginning = sequence;
    if (this.#beginnings < BEGINNINGS_MAX) return undefined;
    this.#from = sequence;
    return { first: complete + 1, last: sequence - 1 };
  }
}
