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
  writeBundle,
} from "@bellmesh/simulation/exploration";
import type { Arguments } from "./arguments.ts";
import type { Command, Output } from "./command.ts";
import { commit } from "./commit.ts";
import { explorationText } from "./exploration-text.ts";
import { ProgressLine } from "./progress-line.ts";
import { StopSignals } from "./stop-signals.ts";
import { UsageError } from "./usage-error.ts";

const FOLDER = join(".bellmesh", "exploration");
const JOBS_MAX = 256;
const SAVE_EVERY_MS = 2_000;
/** Failing seeds that are made small; of more there is nothing new to learn. */
const BUNDLES_MAX = 4;

/** `bellmesh explore`: many seeds, each a mesh of its own with faults of its own, judged. */
export const explore: Command = {
  name: "explore",
  summary: "run many seeds of random meshes, requests and faults, and judge each",
  description:
    "Each seed draws a topology, hardware, requests and a fault schedule, and runs them in virtual time. Referees\n" +
    "read the ledger of every run. When the faults are over in a connected part of the network, what was asked\n" +
    "there must end, and what is asked anew be served. A run ends after 200,000 events or 60 virtual seconds.\n" +
    "A failing seed is made small and written as a bundle for bellmesh replay. Totals of a commit add up in\n" +
    `${FOLDER}/<commit>.json. Ctrl-C ends it, prints and keeps what there is, and --resume goes on.\n` +
    "Exit code 1 when a rule was broken, or when it was stopped.",
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
    const jobs = given.wholeNumber("jobs", 1, JOBS_MAX) ?? availableParallelism();
    const exploration = new Exploration(given, output, seeds);
    await exploration.run(jobs);
    await exploration.writeBundles();
    const summary = exploration.here.summary();
    const { stopped, totalsFile } = exploration;
    if (stopped) output.note(`bellmesh: stopped after ${summary.seedsRun} of ${exploration.asked} seeds`);
    if (given.has("json")) output.result(JSON.stringify({ ...summary, totals: totalsFile }));
    else output.result(explorationText(summary, exploration.totals.summary(), totalsFile));
    return summary.violations.length > 0 || stopped ? 1 : 0;
  },
};

function seedsOption(given: Arguments): SeedSet {
  const text = given.text("seeds") ?? "1..200";
  const seeds = SeedSet.parse(text);
  if (seeds && seeds.size > 0) return seeds;
  throw new UsageError(`--seeds ${JSON.stringify(text)} are no seeds`, "give them as in --seeds 1..200 or 7,9");
}

/** One call of the command, under way. */
class Exploration {
  readonly #output: Output;
  readonly #commit = commit();
  readonly #folder: string;
  readonly #canary: boolean;
  readonly #signals = new StopSignals();
  readonly #left: SeedSet;
  /** Of this call alone. */
  readonly here = new ExplorationTotals();
  /** Of everything at this commit. */
  readonly totals: ExplorationTotals;
  readonly totalsFile: string;

  constructor(given: Arguments, output: Output, seeds: SeedSet) {
    this.#output = output;
    this.#folder = given.text("folder") ?? FOLDER;
    this.#canary = given.has("canary");
    this.totalsFile = join(this.#folder, `${this.#commit}${this.#canary ? "-canary" : ""}.json`);
    this.totals = ExplorationTotals.load(this.totalsFile, this.#commit);
    this.#left = given.has("resume") ? seeds.without(this.totals.seeds) : seeds;
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
    this.totals.save(this.totalsFile, this.#commit);
    const onReport: Parameters<typeof exploreSeeds>[0]["onReport"] = (report) => {
      const repro = `bellmesh explore --seeds ${report.seed}${this.#canary ? " --canary" : ""}`;
      this.here.add(report, repro);
      this.totals.add(report, repro);
      const now = performance.now();
      if (now - saved > SAVE_EVERY_MS) {
        saved = now;
        this.totals.save(this.totalsFile, this.#commit);
      }
      const { seedsRun, virtualHours, violations } = this.here.summary();
      const detail = `${virtualHours.toFixed(2)} virtual hours, ${violations.length} violations`;
      progress.show({ requested: this.asked, delivered: seedsRun, wallMs: now - started, detail });
    };
    const canary = this.#canary;
    await exploreSeeds({ seeds: this.#left, jobs, canary, onReport, signal: this.#signals.signal });
    progress.clear();
    this.totals.save(this.totalsFile, this.#commit);
  }

  /** Makes failing seeds small, one property each, and writes what is left as bundles. */
  async writeBundles(): Promise<void> {
    const { violations } = this.here.summary();
    const first = violations.filter(
      ({ seed }, index) => violations.findIndex((other) => other.seed === seed) === index,
    );
    for (const violation of first.slice(0, BUNDLES_MAX)) {
      if (this.stopped) return;
      await this.#writeBundle(violation);
    }
  }

  async #writeBundle({ seed, property, atNs, message }: FoundViolation): Promise<void> {
    this.#output.note(`making seed ${seed} small, which breaks ${property}`);
    const options = { canary: this.#canary };
    const trial = await minimised({ seed, property, ...options }, this.#signals.signal);
    if (!trial) return;
    const now = runTrial(trial, options).violations.find((violation) => violation.property === property);
    const file = join(this.#folder, `seed-${seed}-${property}.json`);
    writeBundle(file, {
      format: "bellmesh-bundle",
      version: 1,
      seed,
      commit: this.#commit,
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
  }
}
