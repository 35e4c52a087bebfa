import { drawFault, type FaultKind, faultKinds } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { EntropyStream } from "@bellmesh/numerics";
import { scopeOf, type Topology } from "@bellmesh/topology";
import { happens, pick, scaleBetween, subset, wholeBetween } from "./draws.ts";
import { touches } from "./touched-nodes.ts";

/** One seed in so many has no faults, to catch a stack that has grown used to them. */
const FAULTLESS_EVERY = 10;
const FAULTS_MAX = 48;
const KINDS_SHARE = 0.4;
const LONG_SHARE = 0.4;
/**
 * Of the faults that touch neither the core nor the grandmaster, how many last until everything is healed. A clock that
 * was never synchronised offers its time to nobody, so that a core may not go on without the clock it began with.
 */
const LASTING = 0.8;

/** Where faults may strike, and until when. */
export interface FaultBounds {
  readonly topology: Topology;
  readonly core: readonly string[];
  readonly calmAtNs: number;
  readonly healedAtNs: number;
}

/** Whether a seed has no faults at all, whatever else it draws. */
export function isFaultless(chance: EntropyStream): boolean {
  return happens(chance, 1 / FAULTLESS_EVERY);
}

/** A fault schedule by swarm: some of the kinds, drawn first, and then entries of these alone. */
export function drawFaults(bounds: FaultBounds, chance: EntropyStream): readonly FaultEntry[] {
  const kinds = subset(chance, [...faultKinds.values()], KINDS_SHARE);
  if (kinds.length === 0) return [];
  const drawn = Array.from({ length: scaleBetween(chance, 1, FAULTS_MAX) }, () =>
    drawEntry(pick(chance, kinds), bounds, chance),
  );
  return drawn.map((entry) => lasting(entry, bounds, chance)).toSorted((a, b) => a.atNs - b.atNs);
}

/** Short ones are as likely as long ones; and a service that is there once is hit as often as one of every node. */
function drawEntry(kind: FaultKind, { topology, calmAtNs }: FaultBounds, chance: EntropyStream): FaultEntry {
  const scope = scopeOf(topology);
  const entry = drawFault(kind, scope, chance, { fromNs: 0, untilNs: calmAtNs });
  const isLong = !kind.isMomentary && happens(chance, LONG_SHARE);
  const forNs = isLong ? wholeBetween(chance, entry.forNs, calmAtNs - entry.atNs) : entry.forNs;
  if (!("process" in entry.target) || happens(chance, 0.5)) return { ...entry, forNs };
  const service = pick(chance, [...new Set(scope.processes.map((address) => address.split("/")[0]))]);
  const process = pick(
    chance,
    scope.processes.filter((address) => address.startsWith(`${service}/`)),
  );
  return { ...entry, forNs, target: { ...entry.target, process } } as FaultEntry;
}

function lasting(entry: FaultEntry, bounds: FaultBounds, chance: EntropyStream): FaultEntry {
  const { topology, core, healedAtNs } = bounds;
  const spared = [...core, topology.clock.grandmaster];
  if (touches(entry, spared, topology) || !happens(chance, LASTING)) return entry;
  return { ...entry, forNs: healedAtNs - entry.atNs };
}
