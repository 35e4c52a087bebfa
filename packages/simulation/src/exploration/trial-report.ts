/** A rule that was broken in a run. */
export interface TrialViolation {
  /** The name of a referee, or what a run as a whole must do; see `runTrial`. */
  readonly property: string;
  readonly atNs: number;
  readonly message: string;
}

/** What a referee says of a run; `idle` is unknown because nothing happened that its rule is about. */
export type Said = "true" | "false" | "unknown" | "idle";

/** What came of a trial. The same trial gives the same report, wherever it is run. */
export interface TrialReport {
  readonly seed: number;
  /** `settled`: all was judged. Otherwise the budget's bound that came first; what comes later was not judged. */
  readonly endedBy: "settled" | "events" | "virtual-time" | "violation";
  readonly virtualNs: number;
  readonly events: number;
  /** Of the ledger. */
  readonly sha256: string;
  readonly ledgerEvents: number;
  /** Pairs delivered over all requests. */
  readonly delivered: number;
  /** How the requests ended, by reason. */
  readonly ended: Readonly<Record<string, number>>;
  /** Entries of the schedule that began, by kind. */
  readonly faultsByKind: Readonly<Record<string, number>>;
  /** How often a rare state was reached, by name. */
  readonly rareStates: Readonly<Record<string, number>>;
  /** What each referee said in the end, by its name. */
  readonly verdicts: Readonly<Record<string, Said>>;
  readonly violations: readonly TrialViolation[];
}
