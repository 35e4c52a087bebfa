import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { quantile } from "@bellmesh/numerics";
import { RequesterTable, service as requester } from "@bellmesh/requester";
import { predict, type Topology } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { Ledger } from "./ledger.ts";
import { allReferees, type Verdict, verdicts } from "./referees/index.ts";
import { simulatedMesh } from "./simulated-mesh.ts";
import { TrueFidelity } from "./true-fidelity.ts";

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
  readonly faults?: readonly FaultEntry[];
  /** Gives up at this virtual time; default one day. */
  readonly untilNs?: number;
  /** Where to write the ledger. */
  readonly ledgerFile?: string;
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
  readonly feedforward: { readonly p50Us: number | null; readonly p99Us: number | null; readonly missed: number };
  /** From asking to the last delivery and everything ended, in virtual time. */
  readonly virtualNs: number;
  readonly wallMs: number;
  readonly events: number;
  /** Inputs of services among the events. */
  readonly inputs: number;
  readonly ledger: { readonly events: number; readonly sha256: string; readonly violations: number };
  readonly verdicts: readonly Verdict[];
  /** Virtual time from the request to the last delivery at its ends. */
  readonly deliveryNs: number;
}

const DAY_NS = 86_400e9;
/** Virtual time given to what is still under way after the request has ended. */
const DRAIN_NS = 20e9;
const EVENTS_PER_SLICE = 20_000;
const PROGRESS_EVERY_MS = 250;

/**
 * Runs one request on a simulated mesh until it has ended and nothing of it is under way any more.
 * Same options, same report, but for `wallMs`.
 */
export function simulate(options: SimulationOptions): SimulationReport {
  const { topology, seed, from, to, pairs } = options;
  const started = performance.now();
  const ledger = new Ledger({
    header: { schemaVersion: 1, network: topology.name, seed, world: "simulation" },
    ...(options.ledgerFile === undefined ? {} : { file: options.ledgerFile }),
  });
  const referees = allReferees();
  const trueFidelity = new TrueFidelity();
  const world = simulatedMesh({
    topology,
    seed,
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    onRecord: (event) => {
      ledger.append(event);
      for (const referee of referees) referee.observe(event);
      trueFidelity.observe(event);
      options.onEvent?.(event);
    },
  });
  const table = new RequesterTable();
  const ask = {
    from,
    to,
    pairs,
    minFidelity: options.minFidelity,
    maxTimeNs: options.maxTimeNs ?? 0,
    missPolicy: options.missPolicy ?? MissPolicy.UNSPECIFIED,
    graceNs: options.graceNs ?? 0,
    finalState: options.finalState,
  };
  world.add(requester, { place: from, config: { ask, table } });
  world.start();

  let [events, inputs, lastProgress] = [0, 0, started];
  const run = (untilNs: number, until: () => boolean): string => {
    for (;;) {
      const result = world.run({ untilNs, until, maxEvents: EVENTS_PER_SLICE });
      events += result.events;
      inputs += result.inputs;
      const wall = performance.now();
      if (options.onProgress && wall - lastProgress > PROGRESS_EVERY_MS) {
        lastProgress = wall;
        const { requested, delivered } = table;
        options.onProgress({ requested, delivered, virtualNs: world.now, wallMs: wall - started });
      }
      if (result.reason !== "events") return result.reason;
    }
  };
  run(options.untilNs ?? DAY_NS, () => table.done);
  if (!table.done) {
    table.ended = "unfinished";
    table.message = "the virtual time limit came first";
  }
  const quiet = () => referees.every((referee) => referee.verdict(true).verdict !== "false");
  run(world.now + 1e9, () => false);
  for (let drained = 1e9; drained < DRAIN_NS && table.done && !quiet(); drained += 1e9) {
    run(world.now + 1e9, () => false);
  }
  const judged = verdicts(referees, table.done, ledger.gaps());
  ledger.close();
  table.feedforwardNs.sort((a, b) => a - b);
  const microseconds = (q: number) =>
    table.feedforwardNs.length === 0 ? null : quantile(table.feedforwardNs, q) / 1000;
  return {
    topology: topology.name,
    from,
    to,
    path: table.path,
    world: "simulation",
    seed,
    requested: table.requested,
    delivered: table.delivered,
    failed: table.failed(),
    refusal: table.refused ? { reason: table.ended ?? "refused", message: table.message } : undefined,
    message: table.message,
    fidelity: {
      true: trueFidelity.tally.count === 0 ? null : trueFidelity.tally.mean,
      claimed: table.claims === 0 ? null : table.claimedSum / table.claims,
      predicted: table.path.length === 0 ? null : predict(topology, table.path).fidelity,
    },
    feedforward: { p50Us: microseconds(0.5), p99Us: microseconds(0.99), missed: table.feedforwardMissed },
    virtualNs: world.now,
    wallMs: performance.now() - started,
    events,
    inputs,
    ledger: {
      events: ledger.events,
      sha256: ledger.sha256(),
      violations: judged.reduce((sum, { violations }) => sum + violations.length, 0),
    },
    verdicts: judged,
    deliveryNs: Math.max(0, table.lastDeliveredAt - table.askedAt),
  };
}
