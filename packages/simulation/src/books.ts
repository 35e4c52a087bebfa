import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent, LedgerHeader } from "@bellmesh/wire/ledger";
import { CalibratedNodes } from "./calibrated-nodes.ts";
import { ClockCosts } from "./clock-costs.ts";
import { EVENTS_PER_BLOCK, Ledger } from "./ledger.ts";
import { type LedgerReader, LedgerReaders } from "./ledger-readers.ts";
import { allReferees, type Referee, type Verdict, verdicts } from "./referees/index.ts";
import { TrueFidelity } from "./true-fidelity.ts";

export interface BooksOptions {
  readonly header: LedgerHeader;
  /** Of the network that the ledger is about. */
  readonly topology: Topology;
  /** Where to write the ledger. */
  readonly file?: string;
}

/** The ledger, and everyone who reads it. Whoever is asked has read all of it. */
export class Books {
  readonly ledger: Ledger;
  /** Something was written that is not here. */
  isTorn = false;
  readonly #referees: readonly Referee[];
  readonly #trueFidelity = new TrueFidelity();
  readonly #clockCosts: ClockCosts;
  readonly #calibrated = new CalibratedNodes();
  readonly #readers: LedgerReaders;
  #emulatorLimits = 0;
  /**
   * Entered and not read yet. They are read a block at a time, when the ledger has just gone through them: code and
   * notes of the readers stay in the processor's cache from one event to the next, which halves what an event costs.
   */
  #unread: LedgerEvent[] = [];
  #inOrder = true;

  constructor({ header, topology, file }: BooksOptions) {
    this.#referees = allReferees(topology);
    this.#clockCosts = new ClockCosts(topology);
    const limits: LedgerReader = {
      reads: {
        emulatorLimit: () => {
          this.#emulatorLimits += 1;
        },
      },
    };
    const others = [this.#trueFidelity, this.#clockCosts, this.#calibrated, limits];
    this.#readers = new LedgerReaders([...this.#referees, ...others]);
    this.ledger = new Ledger({ header, ...(file !== undefined && { file }) });
  }

  get trueFidelity(): TrueFidelity {
    this.#read();
    return this.#trueFidelity;
  }

  get clockCosts(): ClockCosts {
    this.#read();
    return this.#clockCosts;
  }

  get calibrated(): CalibratedNodes {
    this.#read();
    return this.#calibrated;
  }

  /** How often a register outgrew every engine. */
  get emulatorLimits(): number {
    this.#read();
    return this.#emulatorLimits;
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
    this.#read();
    return this.#referees.some((referee) => referee.verdict(true).verdict === "false");
  }

  /** What the referees say. */
  verdicts(atQuiescence: boolean): readonly Verdict[] {
    this.#read();
    const isWhole = this.#inOrder && !this.isTorn && this.ledger.gaps().length === 0;
    return verdicts(this.#referees, atQuiescence, isWhole);
  }

  close(): void {
    this.ledger.close();
  }

  #read(): void {
    const events = this.#unread;
    if (events.length === 0) return;
    this.#unread = [];
    for (const event of events) this.#readers.read(event);
  }
}
