import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { CalibratedNodes } from "./calibrated-nodes.ts";
import { ClockCosts, type LinkClockCost } from "./clock-costs.ts";
import { type LedgerReader, LedgerReaders } from "./ledger-readers.ts";
import { allReferees, type Referee, type Verdict, verdicts } from "./referees/index.ts";
import { type SampledFidelity, TrueFidelity } from "./true-fidelity.ts";

/** What all who have read a ledger come to. */
export interface Findings {
  readonly verdicts: readonly Verdict[];
  /** The mean over delivered pairs; null where there was none. */
  readonly trueFidelity: number | null;
  readonly sampled: SampledFidelity | undefined;
  readonly clocks: readonly LinkClockCost[];
  readonly emulatorLimits: number;
}

/** Everyone who reads the ledger of a network: the referees, and those who count. */
export class Readership {
  readonly trueFidelity = new TrueFidelity();
  readonly clockCosts: ClockCosts;
  readonly calibrated = new CalibratedNodes();
  /** How often a register outgrew every engine. */
  emulatorLimits = 0;
  readonly #referees: readonly Referee[];
  readonly #readers: LedgerReaders;

  constructor(topology: Topology) {
    this.#referees = allReferees(topology);
    this.clockCosts = new ClockCosts(topology);
    const limits: LedgerReader = {
      reads: {
        emulatorLimit: () => {
          this.emulatorLimits += 1;
        },
      },
    };
    this.#readers = new LedgerReaders([...this.#referees, this.trueFidelity, this.clockCosts, this.calibrated, limits]);
  }

  read(event: LedgerEvent): void {
    this.#readers.read(event);
  }

  /** Whether a referee would object if this were the end. */
  isOpen(): boolean {
    return verdicts(this.#referees, true, true).some(({ verdict }) => verdict === "false");
  }

  /** What the referees say; `isWhole`: nothing is missing, and everything stood in its place. */
  verdicts(atQuiescence: boolean, isWhole: boolean): readonly Verdict[] {
    return verdicts(this.#referees, atQuiescence, isWhole);
  }

  findings(atQuiescence: boolean, isWhole: boolean): Findings {
    return {
      verdicts: this.verdicts(atQuiescence, isWhole),
      trueFidelity: this.trueFidelity.mean(),
      sampled: this.trueFidelity.sampled(),
      clocks: this.clockCosts.report(),
      emulatorLimits: this.emulatorLimits,
    };
  }
}
