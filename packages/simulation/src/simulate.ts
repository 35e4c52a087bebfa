import { availableParallelism } from "node:os";
import type { FaultEntry, VirtualWorld } from "@bellmesh/mesh/virtual";
import { quantile } from "@bellmesh/numerics";
import { type Ask, RequesterTable, service as requester, type Tomography, tomographer } from "@bellmesh/requester";
import { linkModel, type Topology } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { Books } from "./books.ts";
import { type Calibrating, calibrator } from "./calibrator.ts";
import type { LinkClockCost } from "./clock-costs.ts";
import { DistantBooks } from "./distant-books.ts";
import { Experiment } from "./experiment.ts";
import { LEDGER_SCHEMA_VERSION } from "./ledger.ts";
import type { Verdict } from "./referees/index.ts";
import { simulatedMesh } from "./simulated-mesh.ts";
import type { SampledFidelity } from "./true-fidelity.ts";

/** What to simulate: one request on a fresh mesh. */
export interface SimulationOptions {
  readonly topology: Topology;
  readonly from: string;
  readonly to: string;
  readonly pairs: number;
  readonly seed: number;
  readonly minFidelity?: number;
  /** 0, the default: no limit. */
  readonly maxTimeNs?: number;
  readonly missPolicy?: MissPolicy;
  readonly graceNs?: number;
  readonly finalState?: BellIndex;
  /** 0 to 7, higher is sooner, on links that serve by strict priority. */
  readonly priority?: number;
  /** Applications at both ends measure every pair in nine settings by turns, and the state is estimated from that. */
  readonly tomography?: boolean;
  readonly faults?: readonly FaultEntry[];
  /** Nodes that are measured anew while it goes on. */
  readonly calibrations?: readonly Calibrating[];
  /** Gives up at this virtual time; by default after a day, or after `maxTimeNs` where that is longer. */
  readonly untilNs?: number;
  /** Where to write the ledger. */
  readonly ledgerFile?: string;
  /** What streams and the bus carry crosses as bytes, as between processes, and is not handed over: the same report. */
  readonly encodes?: boolean;
  /** Whether a second thread reads the ledger: the same report. By default where that is likely to be sooner. */
  readonly threads?: 1 | 2;
  readonly onEvent?: (event: LedgerEvent) => void;
  /** Told some times a second of wall time. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly requested: number;
  readonly delivered: number;
  readonly virtualNs: number;
  readonly wallMs: number;
}

/** What came of it, in the fields of the command's JSON, and for tests what the referees said. */
export interface SimulationReport {
  readonly topology: string;
  readonly from: string;
  readonly to: string;
  /** The nodes of the circuit; empty when refused. */
  readonly path: readonly string[];
  readonly world: "simulation";
  readonly seed: number;
  readonly requested: number;
  readonly delivered: number;
  /** Pairs asked and not delivered, by reason. */
  readonly failed: Readonly<Record<string, number>>;
  /** Set when the request was refused at once: why, as an identifier and for people. */
  readonly refusal: { readonly reason: string; readonly message: string } | undefined;
  /** What the ending of the request meant, for people. */
  readonly message: string;
  /** Means over delivered pairs; null where nothing was delivered, or for `predicted` where the request was refused. */
  readonly fidelity: {
    readonly true: number | null;
    readonly claimed: number | null;
    readonly predicted: number | null;
  };
  /** Where pairs were samples of mixtures, which have no fidelity of their own: how sure the true mean is. */
  readonly sampled?: SampledFidelity | undefined;
  readonly feedforward: { readonly p50Us: number | null; readonly p99Us: number | null; readonly missed: number };
  /** What imperfect clocks cost the links of the circuit. */
  readonly clocks: readonly LinkClockCost[];
  /** From asking to the last delivery and everything ended, in virtual time. */
  readonly virtualNs: number;
  readonly wallMs: number;
  readonly events: number;
  /** Inputs of services among the events. */
  readonly inputs: number;
  readonly ledger: { readonly events: number; readonly sha256: string; readonly violations: number };
  readonly verdicts: readonly Verdict[];
  /** How often a register outgrew every engine: the emulator's fault, not the network's. */
  readonly emulatorLimits: number;
  /** Virtual time from the request to the last delivery at its ends. */
  readonly deliveryNs: number;
  /** Where it was asked; null when there were too few shots. */
  readonly tomography?: Tomography | null;
}

const DAY_NS = 86_400e9;
/** Virtual time given to what is still under way after the request has ended, at least: leases may be longer. */
const DRAIN_MIN_NS = 20e9;
/** Twice the orphan lease, which is ten times the mean generation times of a path's links. */
const DRAIN_GENERATION_TIMES = 20;
const DRAIN_STEP_NS = 1e9;
/** From so many pairs on a second thread saves more time than it takes to start. */
const PAIRS_FOR_TWO_THREADS = 10_000;
const EVENTS_PER_SLICE = 20_000;
const PROGRESS_EVERY_MS = 250;

/**
 * Runs one request on a simulated mesh until it has ended and nothing of it is under way any more.
 * Same options, same report, but for `wallMs`.
 */
export function simulate(options: SimulationOptions): SimulationReport {
  const started = performance.now();
  const books = booksOf(options);
  try {
    return simulated(options, books, started);
  } finally {
    books.close();
  }
}

function simulated(options: SimulationOptions, books: Books | DistantBooks, started: number): SimulationReport {
  const { topology, seed, from, faults } = options;
  const onRecord = (event: LedgerEvent) => {
    books.enter(event);
    options.onEvent?.(event);
  };
  const world = simulatedMesh({ topology, seed, ...(faults && { faults }), onRecord, handsOver: !options.encodes });
  const table = new RequesterTable();
  world.add(requester, { place: from, config: { ask: askOf(options), table } });
  const experiment = options.tomography ? new Experiment(topology, from, options.to, table) : undefined;
  for (const { end, place } of experiment?.ends ?? []) world.add(tomographer, { place, config: end });
  for (const [node, config] of calibrationsByNode(options)) world.add(calibrator, { place: node, config });
  world.start();
  const run = new Run(world, table, started, options.onProgress);
  run.until(options.untilNs ?? Math.max(DAY_NS, 2 * (options.maxTimeNs ?? 0)), () => table.done);
  if (!table.done) {
    table.ended = "unfinished";
    table.message = "the virtual time limit came first";
  }
  // What was under way when the request ended comes to its end now: one second, and more while something is open.
  const drainNs = drainOf(topology);
  for (let drainedNs = 0; drainedNs === 0 || (drainedNs < drainNs && table.done && books.isOpen()); ) {
    drainedNs += DRAIN_STEP_NS;
    run.until(world.now + DRAIN_STEP_NS, () => false);
    world.takeCensus();
  }
  const { ledger, verdicts, trueFidelity, sampled, clocks, emulatorLimits } = books.conclude(table.done);
  return {
    topology: topology.name,
    from,
    to: options.to,
    path: table.path,
    world: "simulation",
    seed,
    requested: table.requested,
    delivered: table.delivered,
    failed: table.failed(),
    refusal: table.refused ? { reason: table.ended ?? "refused", message: table.message } : undefined,
    message: table.message,
    fidelity: {
      true: trueFidelity,
      claimed: table.claims === 0 ? null : table.claimedSum / table.claims,
      predicted: table.predictedFidelity ?? null,
    },
    sampled,
    feedforward: feedforwardOf(table),
    clocks,
    virtualNs: world.now,
    wallMs: performance.now() - started,
    events: run.events,
    inputs: run.inputs,
    ledger: {
      ...ledger,
      violations: verdicts.reduce((sum, { violations }) => sum + violations.length, 0),
    },
    verdicts,
    emulatorLimits,
    deliveryNs: Math.max(0, table.lastDeliveredAt - table.askedAt),
    ...(experiment && { tomography: experiment.result() ?? null }),
  };
}

function booksOf(options: SimulationOptions): Books | DistantBooks {
  const { topology, seed, pairs, ledgerFile } = options;
  const { threads = pairs >= PAIRS_FOR_TWO_THREADS && availableParallelism() > 1 ? 2 : 1 } = options;
  const header = { schemaVersion: LEDGER_SCHEMA_VERSION, network: topology.name, seed, world: "simulation" };
  const booksOptions = { header, topology, ...(ledgerFile !== undefined && { file: ledgerFile }) };
  return threads === 2 ? new DistantBooks(booksOptions) : new Books(booksOptions);
}

function calibrationsByNode({ calibrations = [] }: SimulationOptions): Map<string, { due: Calibrating[] }> {
  const byNode = new Map<string, { due: Calibrating[] }>();
  for (const one of calibrations) {
    const node = one.request.hardware?.node ?? "";
    const { due } = byNode.get(node) ?? { due: [] };
    byNode.set(node, { due: [...due, one] });
  }
  return byNode;
}

/** How long something may still be under way on this network when a request has ended. */
function drainOf(topology: Topology): number {
  const meanTimes = topology.links.map((link) => linkModel(topology, link));
  const sumNs = meanTimes.reduce((sum, { periodNs, successProbability }) => sum + periodNs / successProbability, 0);
  return Math.max(DRAIN_MIN_NS, DRAIN_GENERATION_TIMES * sumNs);
}

/** Lets a world run in slices, counts what happens, and tells how far it has got. */
class Run {
  events = 0;
  inputs = 0;
  readonly #world: VirtualWorld;
  readonly #table: RequesterTable;
  readonly #started: number;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  #lastProgress: number;

  constructor(
    world: VirtualWorld,
    table: RequesterTable,
    started: number,
    onProgress: ((progress: Progress) => void) | undefined,
  ) {
    this.#world = world;
    this.#table = table;
    this.#started = started;
    this.#onProgress = onProgress;
    this.#lastProgress = started;
  }

  until(untilNs: number, until: () => boolean): void {
    for (;;) {
      const { events, inputs, reason } = this.#world.run({ untilNs, until, maxEvents: EVENTS_PER_SLICE });
      this.events += events;
      this.inputs += inputs;
      this.#report();
      if (reason !== "events") return;
    }
  }

  #report(): void {
    const wall = performance.now();
    if (!this.#onProgress || wall - this.#lastProgress < PROGRESS_EVERY_MS) return;
    this.#lastProgress = wall;
    const { requested, delivered } = this.#table;
    this.#onProgress({ requested, delivered, virtualNs: this.#world.now, wallMs: wall - this.#started });
  }
}

/** The request that a simulation's options describe. */
export function askOf({ from, to, pairs, ...options }: SimulationOptions): Ask {
  return {
    from,
    to,
    pairs,
    minFidelity: options.minFidelity,
    maxTimeNs: options.maxTimeNs ?? 0,
    missPolicy: options.missPolicy ?? MissPolicy.UNSPECIFIED,
    graceNs: options.graceNs ?? 0,
    finalState: options.finalState,
    priority: options.priority,
    ...(options.tomography && { hold: true }),
  };
}

function feedforwardOf({ feedforwardNs, feedforwardMissed }: RequesterTable): SimulationReport["feedforward"] {
  const sorted = feedforwardNs.toSorted((a, b) => a - b);
  const microseconds = (q: number) => (sorted.length === 0 ? null : Math.round(quantile(sorted, q)) / 1000);
  return { p50Us: microseconds(0.5), p99Us: microseconds(0.99), missed: feedforwardMissed };
}
