import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
  drawTrial,
  ExplorationTotals,
  explore as exploreSeeds,
  type FoundViolation,
  minimised,
  runTrial,
  SeedSet,
  TotalsFile,
  type TrialReport,
  writeBundle,
} from "@bellmesh/simulation/exploration";
import type { Arguments } from "./arguments.ts";
import type { Command, Output } from "./command.ts";
import { commit } from "./commit.ts";
import { explorationText, type RunBefore } from "./exploration-text.ts";
import { ProgressLine } from "./progress-line.ts";
import { StopSignals } from "./stop-signals.ts";
import { UsageError } from "./usage-error.ts";

const FOLDER = join(".bellmesh", "exploration");
const JOBS_MAX = 256;
const SAVE_EVERY_MS = 2_000;
/** Failing seeds that are made small; of more there is nothing new to learn. */
const BUNDLES_MAX = 4;
const NOT_MADE_SMALL_SHOWN = 20;

/** `bellmesh explore`: many seeds, each a mesh of its own with faults of its own, judged. */
export const explore: Command = {
  name: "explore",
  summary: "run many seeds of random meshes, requests and faults, and judge each",
  description:
    "Each seed draws a topology, hardware, requests and a fault schedule, and runs them in virtual time. Referees\n" +
    "read the ledger of every run. When the faults are over in a connected part of the network, what was asked\n" +
    "there must end, and what is asked anew be served. A run ends after 200,000 events or 60 virtual seconds.\n" +
    `Of the first ${BUNDLES_MAX} failing seeds the first rule that each breaks is made small and written as a\n` +
    "bundle for bellmesh replay; what was not made small is named, and --seeds runs it alone. Totals of a commit\n" +
    `add up in ${FOLDER}/<commit>.json; changes that are not committed count as a commit of\n` +
    "their own. Ctrl-C ends it, prints and keeps what there is, and --resume goes on.\n" +
    "Exit code 1 when a rule was broken, with --resume also by seeds that were run before, or when it was stopped.",
  positionals: [],
  options: {
    seeds: { value: "SEEDS", summary: "which seeds, as in 1..200 or 7,9,100..120 (default: 1..200)" },
    jobs: { value: "N", summary: "how many run at a time (default: one for each core)" },
    resume: { summary: "leave out what was run before at this commit" },
    folder: { value: "FOLDER", summary: `where totals and bundles go (default: ${FOLDER})` },
    canary: { summary: "break a rule on purpose in seeds divisible by 100", hidden: true },
  },
  examples: ["bellmesh explore --seeds 1..200", "bellmesh explore --seeds 1..10000 --resume --json"],
  async run(given, output) {
    const seeds = seedsOption(given);
    const jobs = given.wholeNumber("jobs", 1, JOBS_MAX);
    const signals = new StopSignals();
    try {
      const exploration = new Exploration(given, output, seeds, signals);
      noteJobs(output, exploration, jobs);
      await exploration.run(jobs ?? availableParallelism());
      const bundles = await exploration.writeBundles();
      return report(given, output, exploration, bundles);
    } finally {
      signals.release();
    }
  },
};

function report(given: Arguments, output: Output, exploration: Exploration, bundles: readonly string[]): number {
  const summary = exploration.here.summary();
  const { stopped, kept, commit, before } = exploration;
  if (stopped) output.note(`bellmesh: stopped after ${summary.seedsRun} of ${exploration.asked} seeds`);
  const more = { before, commit, stopped, bundles, totals: kept.file };
  if (given.has("json")) output.result(JSON.stringify({ ...summary, ...more }));
  else output.result(explorationText(summary, kept.totals.summary(), kept.file, before));
  return summary.violations.length > 0 || before.violations.length > 0 || stopped ? 1 : 0;
}

function noteJobs(output: Output, { asked }: Exploration, jobs: number | undefined): void {
  if (jobs === undefined || jobs <= asked || asked === 0) return;
  output.note(`bellmesh: --jobs ${jobs} is more than there are seeds to run: ${asked} at a time`);
}

function seedsOption(given: Arguments): SeedSet {
  const text = given.text("seeds") ?? "1..200";
  const seeds = SeedSet.parse(text);
  if (seeds && seeds.size > 0) return seeds;
  const turned = text.replace(/(\d+)\.\.(\d+)/g, (range, a, b) => (Number(a) > Number(b) ? `${b}..${a}` : range));
  const expected = SeedSet.parse(turned)?.size ? `write ${turned}` : "give them as in --seeds 1..200 or 7,9";
  throw new UsageError(`--seeds ${JSON.stringify(text)} are no seeds`, expected);
}

/** One call of the command, under way. */
class Exploration {
  readonly #output: Output;
  readonly #folder: string;
  readonly #canary: boolean;
  readonly #signals: StopSignals;
  readonly #left: SeedSet;
  readonly commit = commit();
  /** Of this call alone. */
  readonly here = new ExplorationTotals();
  /** Of everything at this commit. */
  readonly kept: TotalsFile;
  /** Of the seeds that were asked for, those that are left out, as they were run before. */
  readonly before: RunBefore;

  constructor(given: Arguments, output: Output, seeds: SeedSet, signals: StopSignals) {
    this.#output = output;
    this.#signals = signals;
    this.#folder = given.text("folder") ?? FOLDER;
    this.#canary = given.has("canary");
    const file = join(this.#folder, `${this.commit}${this.#canary ? "-canary" : ""}.json`);
    this.kept = new TotalsFile(file, this.commit);
    const done = given.has("resume") ? seeds.within(this.kept.totals.seeds) : new SeedSet();
    this.#left = seeds.without(done);
    const violations = this.kept.totals.summary().violations.filter(({ seed }) => done.has(seed));
    this.before = { asked: seeds.size, seeds: done.size, violations };
  }

  /** How many seeds this call was to run. */
  get asked(): number {
    return this.#left.size;
  }

  get stopped(): boolean {
    return this.#signals.isStopped;
  }

  async run(jobs: number): Promise<void> {
    const progress = new ProgressLine(process.stderr, this.#output, "seeds");
    const started = performance.now();
    let saved = started;
    // Whether the file can be written is better known before than after.
    this.#saveFirst();
    const onReport = (report: TrialReport) => {
      const repro = this.#repro(report.seed);
      this.here.add(report, repro);
      this.kept.add(report, repro);
      const now = performance.now();
      if (now - saved > SAVE_EVERY_MS) {
        saved = now;
        this.kept.save();
      }
      const { seedsRun, virtualHours, violations } = this.here.summary();
      const detail = `${virtualHours.toFixed(2)} virtual hours, ${violations.length} violations`;
      progress.show({ requested: this.asked, delivered: seedsRun, wallMs: now - started, detail });
    };
    const canary = this.#canary;
    try {
      await exploreSeeds({ seeds: this.#left, jobs, canary, onReport, signal: this.#signals.signal });
    } finally {
      progress.clear();
      this.kept.save();
    }
  }

  /** @throws UsageError for a folder that cannot be written; what fails later is the system's doing */
  #saveFirst(): void {
    try {
      this.kept.save();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      const why = code === "EEXIST" || code === "ENOTDIR" ? "it is no folder, or stands in none" : message;
      throw new UsageError(`--folder ${this.#folder} cannot be written: ${why}`, "give another --folder");
    }
  }

  /**
   * Makes failing seeds small, one property each, and writes what is left as bundles. Says of which it did not.
   * @returns the bundles' files
   */
  async writeBundles(): Promise<readonly string[]> {
    const { violations } = this.here.summary();
    const files: string[] = [];
    const tried = new Set<number>();
    const left: FoundViolation[] = [];
    for (const violation of violations) {
      const isNext = !this.stopped && !tried.has(violation.seed) && tried.size < BUNDLES_MAX;
      if (isNext) tried.add(violation.seed);
      const file = isNext ? await this.#writeBundle(violation) : undefined;
      if (file === undefined) left.push(violation);
      else files.push(file);
    }
    if (left.length > 0) this.#output.note(this.#notMadeSmall(left));
    return files;
  }

  /** @returns the file, or undefined when it was stopped or could not be done */
  async #writeBundle(violation: FoundViolation): Promise<string | undefined> {
    const { seed, property } = violation;
    this.#output.note(`making seed ${seed} small, which breaks ${property}`);
    try {
      return await this.#madeSmall(violation);
    } catch (error) {
      this.#output.note(`seed ${seed} cannot be made small: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  async #madeSmall({ seed, property, atNs, message }: FoundViolation): Promise<string | undefined> {
    const options = { canary: this.#canary };
    const trial = await minimised({ seed, property, ...options }, this.#signals.signal);
    if (!trial) return undefined;
    const now = runTrial(trial, options).violations.find((violation) => violation.property === property);
    const file = join(this.#folder, `seed-${seed}-${property}.json`);
    writeBundle(file, {
      format: "bellmesh-bundle",
      version: 1,
      seed,
      commit: this.commit,
      nodeVersion: process.version,
      options,
      property,
      firstBadEvent: { atNs: now?.atNs ?? atNs, message: now?.message ?? message },
      faults: drawTrial(seed).faults,
      trial,
    });
    const { faults, requests, network } = trial;
    const size = `${faults.length} faults, ${requests.length} requests, ${network.nodes.length} nodes`;
    this.#output.note(`bellmesh replay ${file}   (${size})`);
    return file;
  }

  #notMadeSmall(left: readonly FoundViolation[]): string {
    const shown = left.slice(0, NOT_MADE_SMALL_SHOWN).map(({ seed, property }) => `seed ${seed} ${property}`);
    const more = left.length > shown.length ? `, and ${left.length - shown.length} more` : "";
    return `not made small: ${shown.join(", ")}${more}`;
  }

  #repro(seed: number): string {
    return `bellmesh explore --seeds ${seed}${this.#canary ? " --canary" : ""}`;
  }
}
