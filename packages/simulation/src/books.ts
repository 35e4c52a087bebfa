import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent, LedgerHeader } from "@bellmesh/wire/ledger";
import { CalibratedNodes } from "./calibrated-nodes.ts";
import { ClockCosts, type LinkClockCost } from "./clock-costs.ts";
import { Ledger } from "./ledger.ts";
import { allReferees, type Referee, type Verdict, verdicts } from "./referees/index.ts";
import { type SampledFidelity, TrueFidelity } from "./true-fidelity.ts";

export interface BooksOptions {
  readonly header: LedgerHeader;
  /** Of the network that the ledger is about. */
  readonly topology: Topology;
  /** Where to write the ledger. */
  readonly file?: string;
}

/** What the books come to in the end. */
export interface BooksReport {
  readonly ledger: { readonly events: number; readonly sha256: string };
  readonly verdicts: readonly Verdict[];
  /** The mean over delivered pairs; null where there was none. */
  readonly trueFidelity: number | null;
  readonly sampled: SampledFidelity | undefined;
  readonly clocks: readonly LinkClockCost[];
  readonly emulatorLimits: number;
}

/** The ledger, and everyone who reads it as it is written. */
export class Books {
  readonly ledger: Ledger;
  readonly trueFidelity = new TrueFidelity();
  readonly clockCosts: ClockCosts;
  readonly calibrated = new CalibratedNodes();
  emulatorLimits = 0;
  /** Something was written that is not here. */
  isTorn = false;
  readonly #referees: readonly Referee[];
  #inOrder = true;

  constructor({ header, topology, file }: BooksOptions) {
    this.#referees = allReferees(topology);
    this.clockCosts = new ClockCosts(topology);
    this.ledger = new Ledger({ header, ...(file !== undefined && { file }) });
  }

  /** Enters an event, behind everything that may have led to it; false when it was there already. */
  enter(event: LedgerEvent): boolean {
    if (!this.ledger.append(event)) return false;
    for (const referee of this.#referees) referee.observe(event);
    this.trueFidelity.observe(event);
    this.clockCosts.observe(event);
    this.calibrated.observe(event);
    if (event.event?.$case === "emulatorLimit") this.emulatorLimits += 1;
    return true;
  }

  /** Enters an event that came too late for its place. What the referees say from now on is said with that in mind. */
  enterLate(event: LedgerEvent): boolean {
    this.#inOrder = false;
    return this.enter(event);
  }

  /** Whether a referee would object if this were the end. */
  isOpen(): boolean {
    return this.#referees.some((referee) => referee.verdict(true).verdict === "false");
  }

  /** What the referees say. */
  verdicts(atQuiescence: boolean): readonly Verdict[] {
    const isWhole = this.#inOrder && !this.isTorn && this.ledger.gaps().length === 0;
    return verdicts(this.#referees, atQuiescence, isWhole);
  }

  close(): void {
    this.ledger.close();
  }

  /** Closes the books, and says what they come to. */
  conclude(atQuiescence: boolean): BooksReport {
    this.close();
    return {
      ledger: { events: this.ledger.events, sha256: this.ledger.sha256() },
      verdicts: this.verdicts(atQuiescence),
      trueFidelity: this.trueFidelity.mean(),
      sampled: this.trueFidelity.sampled(),
      clocks: this.clockCosts.report(),
      emulatorLimits: this.emulatorLimits,
    };
  }
}
