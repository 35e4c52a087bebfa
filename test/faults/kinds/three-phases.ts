import type { AnyService, FaultEntry } from "@bellmesh/mesh";
import { RequesterTable, service as requester } from "@bellmesh/requester";
import { allReferees, LedgerReaders, simulatedMesh } from "@bellmesh/simulation";
import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { MissPolicy } from "@bellmesh/wire/network-layer";

/** What happened in one phase. */
export interface Phase {
  /** Pairs delivered at the tail-end. */
  delivered: number;
  /** Of pairs whose second half was delivered in this phase; NaN when there were none. */
  meanFidelity: number;
  meanClaimed: number;
  readonly events: LedgerEvent[];
}

export interface Phases {
  readonly before: Phase;
  readonly during: Phase;
  readonly after: Phase;
  /** The names of referees that object, and of those that cannot say, at the end. */
  readonly objections: readonly string[];
  readonly unknown: readonly string[];
}

export interface PhasesOptions {
  readonly topology: Topology;
  /** Of a fault whose `atNs` and `forNs` are the middle phase's. */
  readonly fault: Omit<FaultEntry, "atNs" | "forNs">;
  readonly seed?: number;
  readonly phaseNs?: number;
  /** Others at the head-end's node. */
  readonly services?: readonly AnyService[];
}

/** Each phase lasts so long, unless told otherwise. */
export const PHASE_NS = 2_000_000_000;
const PPB = 1e9;
const PPT = 1e12;

/** Asks for pairs without end: a phase in peace, a phase in which one fault acts, and a phase in peace again. */
export function threePhases(options: PhasesOptions): Phases {
  const { topology, fault, seed = 1, phaseNs = PHASE_NS, services = [] } = options;
  const entry = { ...fault, atNs: phaseNs, forNs: phaseNs } as FaultEntry;
  const phases = [phase(), phase(), phase()] as const;
  const referees = allReferees(topology);
  const readers = new LedgerReaders(referees);
  const table = new RequesterTable();
  const [from, to] = [topology.nodes[0]?.name ?? "", topology.nodes.at(-1)?.name ?? ""];
  const onRecord = (event: LedgerEvent) => {
    readers.read(event);
    phases[Math.min(2, Math.floor(event.at / phaseNs))]?.events.push(event);
  };
  const world = simulatedMesh({ topology, seed, faults: [entry], onRecord });
  const limits = { maxTimeNs: 0, missPolicy: MissPolicy.DISCARD, graceNs: 0 };
  const ask = { from, to, pairs: 1e6, minFidelity: undefined, finalState: undefined, ...limits };
  world.add(requester, { place: from, config: { ask, table } });
  for (const service of services) world.add(service, { place: from, config: {} });
  world.start();
  world.run({ untilNs: 3 * phaseNs - 1 });
  for (const one of phases) summarise(one, to);
  const verdicts = referees.map((referee) => referee.verdict(false));
  const named = (wanted: string) => verdicts.filter(({ verdict }) => verdict === wanted).map(({ name }) => name);
  const [before, during, after] = phases;
  return { before, during, after, objections: named("false"), unknown: named("unknown") };
}

function phase(): Phase {
  return { delivered: 0, meanFidelity: Number.NaN, meanClaimed: Number.NaN, events: [] };
}

function summarise(phase: Phase, to: string): void {
  const deliveries = phase.events.flatMap(({ event }) =>
    event?.$case === "halfDelivered" ? [event.halfDelivered] : [],
  );
  const atTail = deliveries.filter(({ node }) => node === to);
  phase.delivered = atTail.length;
  phase.meanClaimed = mean(atTail.map(({ claimedFidelityPpb }) => claimedFidelityPpb / PPB));
  phase.meanFidelity = mean(
    phase.events.flatMap(({ event }) =>
      event?.$case === "pairFidelity" ? [event.pairFidelity.fidelityPpt / PPT] : [],
    ),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
