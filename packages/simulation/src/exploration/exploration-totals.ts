import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SeedSet } from "./seed-set.ts";
import type { TrialReport, TrialViolation } from "./trial-report.ts";

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
  readonly violations: readonly FoundViolation[];
}

interface Saved extends ExplorationSummary {
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
  readonly #violations: FoundViolation[];

  constructor(saved?: Saved) {
    this.seeds = SeedSet.parse(saved?.seeds ?? "") ?? new SeedSet();
    this.#virtualNs = saved?.virtualNs ?? 0;
    this.#events = saved?.events ?? 0;
    this.#endedBy = { ...saved?.endedBy };
    this.#faultsByKind = { ...saved?.faultsByKind };
    this.#rareStates = { ...saved?.rareStates };
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
      violations: this.#violations.toSorted((a, b) => a.seed - b.seed),
    };
  }

  /** Writes the file in one move, so that whoever reads it sees all of it or what was there before. */
  save(file: string, commit: string): void {
    mkdirSync(dirname(file), { recursive: true });
    const saved: Saved = { commit, seeds: String(this.seeds), virtualNs: this.#virtualNs, ...this.summary() };
    writeFileSync(`${file}.part`, `${JSON.stringify(saved, null, 1)}\n`);
    renameSync(`${file}.part`, file);
  }

  /** What a file holds; nothing where there is none, or where it is of another commit or unreadable. */
  static load(file: string, commit: string): ExplorationTotals {
    try {
      const saved = JSON.parse(readFileSync(file, "utf8")) as Saved;
      return new ExplorationTotals(saved.commit === commit ? saved : undefined);
    } catch {
      return new ExplorationTotals();
    }
  }
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
