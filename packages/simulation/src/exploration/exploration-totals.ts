import { missedRareStates, noneReached } from "./rare-states/rare-state-names.ts";
import { SeedSet } from "./seed-set.ts";
import type { Said, TrialReport, TrialViolation } from "./trial-report.ts";

/** A violation as it stands in a report. */
export interface FoundViolation extends TrialViolation {
  readonly seed: number;
  /** The command that shows it again. */
  readonly repro: string;
}

/** What came of many seeds. */
export interface ExplorationSummary {
  readonly seedsRun: number;
  readonly virtualHours: number;
  readonly events: number;
  /** How many runs ended how: `settled`, or at which bound of the budget. */
  readonly endedBy: Readonly<Record<string, number>>;
  readonly faultsByKind: Readonly<Record<string, number>>;
  /** In how many seeds each rare state was reached; every name is here. */
  readonly rareStates: Readonly<Record<string, number>>;
  /** Rare states that so many seeds had to reach and did not. */
  readonly missedRareStates: readonly string[];
  /** In how many seeds each referee said what. */
  readonly verdicts: Readonly<Record<string, VerdictCounts>>;
  readonly violations: readonly FoundViolation[];
}

/** How often a referee said what; what it never said is left out. */
export type VerdictCounts = Readonly<Partial<Record<Said, number>>>;

/** Totals as they stand in a file. */
export interface SavedTotals extends ExplorationSummary {
  readonly commit: string;
  readonly seeds: string;
  readonly virtualNs: number;
}

const NS_PER_HOUR = 3_600e9;

/** Adds up the reports of trials; a seed counts once. */
export class ExplorationTotals {
  readonly seeds: SeedSet;
  #virtualNs: number;
  #events: number;
  readonly #endedBy: Record<string, number>;
  readonly #faultsByKind: Record<string, number>;
  readonly #rareStates: Record<string, number>;
  readonly #verdicts: Record<string, Partial<Record<Said, number>>>;
  readonly #violations: FoundViolation[];

  /** @param saved what to begin with */
  constructor(saved?: SavedTotals) {
    this.seeds = SeedSet.parse(saved?.seeds ?? "") ?? new SeedSet();
    this.#virtualNs = saved?.virtualNs ?? 0;
    this.#events = saved?.events ?? 0;
    this.#endedBy = { ...saved?.endedBy };
    this.#faultsByKind = { ...saved?.faultsByKind };
    this.#rareStates = { ...noneReached(), ...saved?.rareStates };
    this.#verdicts = structuredClone(saved?.verdicts ?? {});
    this.#violations = [...(saved?.violations ?? [])];
  }

  add(report: TrialReport, repro: string): void {
    if (this.seeds.has(report.seed)) return;
    this.seeds.add(report.seed);
    this.#virtualNs += report.virtualNs;
    this.#events += report.events;
    this.#endedBy[report.endedBy] = (this.#endedBy[report.endedBy] ?? 0) + 1;
    for (const [kind, count] of Object.entries(report.faultsByKind)) {
      this.#faultsByKind[kind] = (this.#faultsByKind[kind] ?? 0) + count;
    }
    for (const [name, count] of Object.entries(report.rareStates)) {
      this.#rareStates[name] = (this.#rareStates[name] ?? 0) + Math.min(1, count);
    }
    for (const [referee, said] of Object.entries(report.verdicts)) {
      this.#verdicts[referee] ??= {};
      const counts = this.#verdicts[referee];
      counts[said] = (counts[said] ?? 0) + 1;
    }
    for (const violation of report.violations) this.#violations.push({ seed: report.seed, ...violation, repro });
  }

  summary(): ExplorationSummary {
    return {
      seedsRun: this.seeds.size,
      virtualHours: this.#virtualNs / NS_PER_HOUR,
      events: this.#events,
      endedBy: sorted(this.#endedBy),
      faultsByKind: sorted(this.#faultsByKind),
      rareStates: sorted(this.#rareStates),
      missedRareStates: missedRareStates(this.seeds.size, this.#rareStates),
      verdicts: Object.fromEntries(
        Object.entries(sorted(this.#verdicts)).map(([referee, counts]) => [referee, sorted(counts)]),
      ),
      violations: this.#violations.toSorted((a, b) => a.seed - b.seed),
    };
  }

  /** As a file keeps them. */
  saved(commit: string): SavedTotals {
    return { commit, seeds: String(this.seeds), virtualNs: this.#virtualNs, ...this.summary() };
  }
}

function sorted<T>(counts: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
