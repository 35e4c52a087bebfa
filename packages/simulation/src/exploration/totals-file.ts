import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { whyUnreadable } from "@bellmesh/topology";
import { ExplorationTotals, type SavedTotals } from "./exploration-totals.ts";
import { SeedSet } from "./seed-set.ts";
import { TotalsError } from "./totals-error.ts";
import type { TrialReport } from "./trial-report.ts";

/**
 * Totals of a commit, kept in a file. Several explorations may add to one file: each saving reads what is there and
 * adds what is new. Nothing locks the file between the two, so that of two savings within the same milliseconds one
 * may be lost; its seeds count as not run then, and resuming runs them.
 */
export class TotalsFile {
  readonly file: string;
  readonly #commit: string;
  #totals: ExplorationTotals;
  /** Not in the file yet. */
  #unsaved: (readonly [TrialReport, string])[] = [];

  /**
   * Opens the file, which need not be there.
   * @throws TotalsError when something else is there
   */
  constructor(file: string, commit: string) {
    this.file = file;
    this.#commit = commit;
    this.#totals = new ExplorationTotals(readTotals(file, commit));
  }

  /** What is in the file, as it was last read, and what was added since. */
  get totals(): ExplorationTotals {
    return this.#totals;
  }

  add(report: TrialReport, repro: string): void {
    this.#totals.add(report, repro);
    this.#unsaved.push([report, repro]);
  }

  /** Writes the file in one move, so that whoever reads it sees all of it or what was there before. */
  save(): void {
    const others = this.#others();
    if (others) {
      this.#totals = new ExplorationTotals(others);
      for (const added of this.#unsaved) this.#totals.add(...added);
    }
    makeFolder(dirname(this.file));
    const part = `${this.file}.${process.pid}.part`;
    writeFileSync(part, `${JSON.stringify(this.#totals.saved(this.#commit), null, 1)}\n`);
    renameSync(part, this.file);
    this.#unsaved = [];
  }

  /** What has become unreadable since it was opened is written anew: what it held then is here. */
  #others(): SavedTotals | undefined {
    try {
      return readTotals(this.file, this.#commit);
    } catch (error) {
      if (error instanceof TotalsError) return undefined;
      throw error;
    }
  }
}

/** Folder by folder: told to make them all at once, Node 24 never comes back from places such as /proc/nowhere. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another exploration may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

/** @returns undefined where there is no file. @throws TotalsError */
function readTotals(file: string, commit: string): SavedTotals | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    // Below what is no folder there is no file either; that nothing can be written there is for `save` to find out.
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      return undefined;
    throw new TotalsError(file, whyUnreadable(error));
  }
  const saved = dataOf(text);
  if (!isSaved(saved)) throw new TotalsError(file, "these are no totals of an exploration");
  if (saved.commit !== commit) throw new TotalsError(file, `these are totals of ${saved.commit}, not of ${commit}`);
  return saved;
}

function dataOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSaved(data: unknown): data is SavedTotals {
  if (!isRecord(data)) return false;
  const { commit, seeds, virtualNs, events, endedBy, faultsByKind, rareStates, verdicts = {}, violations } = data;
  const isKnown = typeof commit === "string" && typeof seeds === "string" && SeedSet.parse(seeds) !== undefined;
  const areCounted = isCount(virtualNs) && isCount(events) && [endedBy, faultsByKind, rareStates].every(areCounts);
  // Totals of sources that counted no verdicts have none.
  const areJudged = isRecord(verdicts) && Object.values(verdicts).every(areCounts) && Array.isArray(violations);
  return isKnown && areCounted && areJudged && violations.every(isViolation);
}

function isViolation(data: unknown): boolean {
  return isRecord(data) && isCount(data.seed) && isCount(data.atNs) && typeof data.property === "string";
}

function areCounts(data: unknown): boolean {
  return isRecord(data) && Object.values(data).every(isCount);
}

function isCount(data: unknown): boolean {
  return typeof data === "number" && data >= 0;
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
