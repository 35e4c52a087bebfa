import type { NatsKind } from "@bellmesh/broker";
import { quantile } from "@bellmesh/numerics";
import type { Tomography } from "@bellmesh/requester";
import type { LinkClockCost, Verdict } from "@bellmesh/simulation";
import { type EmulatorBudget, emulatorBudget } from "./emulator-budget.ts";
import { type FidelityLosses, meanLosses } from "./lost-fidelity.ts";
import { type MeshAccount, messagesBetween } from "./mesh-account.ts";
import type { MeshConnection } from "./mesh-connection.ts";
import type { Ask, RequestOutcome } from "./mesh-request.ts";

/** What came of a request on a mesh: what a simulation reports of one, and what only a mesh has. */
export interface MeshReport {
  readonly topology: string;
  readonly from: string;
  readonly to: string;
  /** The nodes of the circuit; empty when refused. */
  readonly path: readonly string[];
  readonly world: "mesh";
  readonly seed: number;
  readonly requested: number;
  readonly delivered: number;
  /** Pairs asked and not delivered, by reason. */
  readonly failed: Readonly<Record<string, number>>;
  readonly refusal: { readonly reason: string; readonly message: string } | undefined;
  /** What the ending of the request meant, for people. */
  readonly message: string;
  readonly fidelity: {
    readonly true: number | null;
    readonly claimed: number | null;
    readonly predicted: number | null;
  };
  readonly feedforward: { readonly p50Us: number | null; readonly p99Us: number | null; readonly missed: number };
  /** What imperfect clocks cost the links of all requests of the mesh. */
  readonly clocks: readonly LinkClockCost[];
  /** Mesh time from asking until the request had ended. */
  readonly virtualNs: number;
  readonly wallMs: number;
  /** Inputs given to services meanwhile. */
  readonly events: number;
  /** Of the whole run of the mesh. */
  readonly ledger: { readonly events: number; readonly sha256: string; readonly violations: number };
  readonly verdicts: readonly Verdict[];
  readonly emulatorLimits: number;
  /** Mesh time from asking to the last delivery. */
  readonly deliveryNs: number;
  /** Of services. */
  readonly processes: number;
  readonly nats: NatsKind;
  /** Of all processes of services and of the bus; null where nothing was delivered. */
  readonly cpuMsPerPair: number | null;
  /** Where the delivered pairs lost their fidelity, on average; null where nothing was delivered. */
  readonly losses: FidelityLosses | null;
  /** What physics takes of a pair, and what the emulator takes on top; absent when the request was refused. */
  readonly budget: EmulatorBudget | undefined;
  /** Where it was asked; null when there were too few shots. */
  readonly tomography?: Tomography | null;
}

/** What a report is made of. */
export interface MeshReportParts {
  readonly connection: MeshConnection;
  readonly ask: Ask;
  readonly outcome: RequestOutcome;
  /** How the mesh stood when the request was made, and when all had come to its end. */
  readonly before: MeshAccount;
  readonly after: MeshAccount;
}

/** What came of a request. */
export function meshReport(parts: MeshReportParts): MeshReport {
  const { connection, ask, outcome, before, after } = parts;
  const { table } = outcome;
  const { topology, seed, processes, nats } = connection;
  const pairs = after.fidelity.pairs - before.fidelity.pairs;
  return {
    topology: topology.name,
    from: ask.from,
    to: ask.to,
    path: table.path,
    world: "mesh",
    seed,
    requested: table.requested,
    delivered: table.delivered,
    failed: table.failed(),
    refusal: table.refused ? { reason: table.ended ?? "refused", message: table.message } : undefined,
    message: table.message,
    fidelity: {
      true: pairs === 0 ? null : (after.fidelity.sum - before.fidelity.sum) / pairs,
      claimed: table.claims === 0 ? null : table.claimedSum / table.claims,
      predicted: table.predictedFidelity ?? null,
    },
    feedforward: feedforwardOf(outcome),
    clocks: after.clocks,
    virtualNs: Math.round(outcome.meshNs),
    wallMs: outcome.wallMs,
    events: after.inputs - before.inputs,
    ledger: {
      ...after.ledger,
      violations: after.verdicts.reduce((sum, { violations }) => sum + violations.length, 0),
    },
    verdicts: after.verdicts,
    emulatorLimits: after.emulatorLimits - before.emulatorLimits,
    deliveryNs: Math.max(0, table.lastDeliveredAt - table.askedAt),
    processes,
    nats: nats.kind,
    cpuMsPerPair:
      table.delivered === 0 ? null : Math.round((100 * (after.cpuMs - before.cpuMs)) / table.delivered) / 100,
    losses: meanLosses(before.fidelity.losses, after.fidelity.losses, pairs),
    budget: table.refused ? undefined : budgetOf(parts),
    ...(outcome.tomography !== undefined && { tomography: outcome.tomography }),
  };
}

/** Of the messages that came while the request ran. */
function budgetOf({ connection: { topology }, outcome: { table }, before, after }: MeshReportParts) {
  const { path, delivered } = table;
  if (path.length < 2) return undefined;
  return emulatorBudget({ topology, path, delivered, reports: [messagesBetween(before.messages, after.messages)] });
}

function feedforwardOf({ table }: RequestOutcome): MeshReport["feedforward"] {
  const sorted = table.feedforwardNs.toSorted((a, b) => a - b);
  const microseconds = (q: number) => (sorted.length === 0 ? null : Math.round(quantile(sorted, q)) / 1000);
  return { p50Us: microseconds(0.5), p99Us: microseconds(0.99), missed: table.feedforwardMissed };
}
