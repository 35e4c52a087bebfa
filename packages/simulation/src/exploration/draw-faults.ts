import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { EntropyStream } from "@bellmesh/numerics";
import { deployment, type Topology } from "@bellmesh/topology";
import { happens, pick, scaleBetween, subset, wholeBetween } from "./draws.ts";
import { type FaultDraw, faultDraws } from "./fault-draws.ts";
import { touches } from "./touched-nodes.ts";

/** One seed in so many has no faults, to catch a stack that has grown used to them. */
const FAULTLESS_EVERY = 10;
const FAULTS_MAX = 24;
const LASTS_MIN_NS = 1e5;
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

/** A fault schedule by swarm: some of the kinds, drawn first, and then entries of these alone. */
export function drawFaults(bounds: FaultBounds, chance: EntropyStream): readonly FaultEntry[] {
  if (happens(chance, 1 / FAULTLESS_EVERY)) return [];
  const kinds = subset(chance, faultDraws, 0.5);
  if (kinds.length === 0) return [];
  const drawn = Array.from({ length: scaleBetween(chance, 1, FAULTS_MAX) }, () => drawFault(kinds, bounds, chance));
  return drawn.map((entry) => lasting(entry, bounds, chance)).toSorted((a, b) => a.atNs - b.atNs);
}

function drawFault(kinds: readonly FaultDraw[], bounds: FaultBounds, chance: EntropyStream): FaultEntry {
  const { topology, calmAtNs } = bounds;
  const places = { topology, processes: deployment(topology).map(({ address }) => address) };
  const atNs = wholeBetween(chance, 0, Math.round(calmAtNs * 0.9));
  const forNs = Math.min(scaleBetween(chance, LASTS_MIN_NS, calmAtNs), calmAtNs - atNs);
  return pick(chance, kinds)({ atNs, forNs }, places, chance);
}

function lasting(entry: FaultEntry, bounds: FaultBounds, chance: EntropyStream): FaultEntry {
  const { topology, core, healedAtNs } = bounds;
  const spared = [...core, topology.clock.grandmaster];
  if (touches(entry, spared, topology) || !happens(chance, LASTING)) return entry;
  return { ...entry, forNs: healedAtNs - entry.atNs };
}
