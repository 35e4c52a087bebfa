import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent, LedgerHeader } from "@bellmesh/wire/ledger";
import { EVENTS_PER_BLOCK, Ledger } from "./ledger.ts";
import { type Findings, Readership } from "./readership.ts";
import type { Verdict } from "./referees/index.ts";

export interface BooksOptions {
  readonly header: LedgerHeader;
  /** Of the network that the ledger is about. */
  readonly topology: Topology;
  /** Where to write the ledger. */
  readonly file?: string;
}

/** What the books come to in the end. */
export interface Conclusion extends Findings {
  readonly ledger: { readonly events: number; readonly sha256: string };
}

/** The ledger, and everyone who reads it. */
export class Books {
  readonly ledger: Ledger;
  /** Something was written that is not here. */
  isTorn = false;
  readonly #readership: Readership;
  /**
   * Entered and not read yet. They are read a block at a time, when the ledger has just gone through them: code and
   * notes of the readers stay in the processor's cache from one event to the next, which halves what an event costs.
   */
  #unread: LedgerEvent[] = [];
  #inOrder = true;

  constructor({ header, topology, file }: BooksOptions) {
    this.#readership = new Readership(topology);
    this.ledger = new Ledger({ header, ...(file !== undefined && { file }) });
  }

  /** Everyone who reads the ledger, as soon as they have read all of it. */
  get readership(): Readership {
    this.#read();
    return this.#readership;
  }

  /** Enters an event, behind everything that may have led to it; false when it was there already. */
  enter(event: LedgerEvent): boolean {
    if (!this.ledger.append(event)) return false;
    this.#unread.push(event);
    if (this.#unread.length === EVENTS_PER_BLOCK) this.#read();
    return true;
  }

  /** Enters an event that came too late for its place. What the referees say from now on is said with that in mind. */
  enterLate(event: LedgerEvent): boolean {
    this.#inOrder = false;
    return this.enter(event);
  }

  /** Whether a referee would object if this were the end. */
  isOpen(): boolean {
    return this.readership.isOpen();
  }

  /** What the referees say. */
  verdicts(atQuiescence: boolean): readonly Verdict[] {
    return this.readership.verdicts(atQuiescence, this.#isWhole());
  }

  close(): void {
    this.ledger.close();
  }

  /** Closes the books, and says what they come to. */
  conclude(atQuiescence: boolean): Conclusion {
    this.close();
    const ledger = { events: this.ledger.events, sha256: this.ledger.sha256() };
    return { ledger, ...this.readership.findings(atQuiescence, this.#isWhole()) };
  }

  #isWhole(): boolean {
    return this.#inOrder && !this.isTorn && this.ledger.gaps().length === 0;
  }

  #read(): void {
    const events = this.#unread;
    if (events.length === 0) return;
    this.#unread = [];
    for (const event of events) this.#readership.read(event);
  }
}
