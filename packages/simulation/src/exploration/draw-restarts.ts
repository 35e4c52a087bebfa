import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { EntropyStream } from "@bellmesh/numerics";
import { scopeOf } from "@bellmesh/topology";
import type { FaultBounds } from "./draw-faults.ts";
import { happens, pick, scaleBetween, wholeBetween } from "./draws.ts";

/** So few seeds that all the others stay what they were. */
const RESTARTS_SHARE = 0.05;
const [DOWN_MIN_NS, DOWN_MAX_NS] = [200_000, 100_000_000];
const [HALT_MIN_NS, HALT_MAX_NS] = [10_000_000, 200_000_000];
const [RESTARTS_MIN, RESTARTS_MAX] = [4, 16];
const LATE_SHARE = 0.04;
const [LATE_MIN, LATE_MAX] = [8, 24];
const [DELAY_MIN_NS, DELAY_MAX_NS] = [2_000_000, 50_000_000];
const UNHEARD_SHARE = 0.05;
const UNHEARD_MAX = 4;
const [STILL_MIN_NS, STILL_MAX_NS] = [300_000_000, 900_000_000];

/**
 * Restarts that lose what nobody else remembers, again and again, in few seeds: nature stands still for some pairs and
 * swaps and goes down before it goes on, so that it has answered none of them; or the network layer and the link layer
 * of a node go down at one instant, and its memory does not.
 */
export function drawRestarts(bounds: FaultBounds, chance: EntropyStream): readonly FaultEntry[] {
  if (!happens(chance, RESTARTS_SHARE)) return [];
  const restart = happens(chance, 0.5) ? unanswered : ownerless(pick(chance, scopeOf(bounds.topology).nodes));
  const restarts = Array.from({ length: wholeBetween(chance, RESTARTS_MIN, RESTARTS_MAX) }, () => {
    const atNs = wholeBetween(chance, 0, bounds.calmAtNs - HALT_MAX_NS - DOWN_MAX_NS);
    return restart(atNs, scaleBetween(chance, DOWN_MIN_NS, DOWN_MAX_NS), chance);
  });
  return restarts.flat();
}

/**
 * In few seeds nature stands still and goes down while messages are late, within a node too: what is ordered of halves
 * that were stored before comes when nature answers no more.
 */
export function drawLateOrders({ calmAtNs }: FaultBounds, chance: EntropyStream): readonly FaultEntry[] {
  if (!happens(chance, LATE_SHARE)) return [];
  const restarts = Array.from({ length: wholeBetween(chance, LATE_MIN, LATE_MAX) }, () => {
    const ns = scaleBetween(chance, DELAY_MIN_NS, DELAY_MAX_NS);
    const atNs = wholeBetween(chance, 2 * ns, calmAtNs - HALT_MAX_NS - DOWN_MAX_NS);
    const delay: FaultEntry = {
      atNs: atNs - 2 * ns,
      forNs: 2 * ns,
      kind: "delay",
      target: {},
      args: { ns, jitterNs: 0 },
    };
    return [delay, ...unanswered(atNs, scaleBetween(chance, DOWN_MIN_NS, DOWN_MAX_NS), chance)];
  });
  return restarts.flat();
}

/**
 * In few seeds nature stands still for long, and both link layers of a link start over meanwhile, and then its station:
 * nature makes pairs of which nobody has been told who is there still.
 */
export function drawUnheardPairs({ topology, calmAtNs }: FaultBounds, chance: EntropyStream): readonly FaultEntry[] {
  if (!happens(chance, UNHEARD_SHARE)) return [];
  const { name, ends } = pick(chance, topology.links);
  const down = (process: string, atNs: number, forNs: number): FaultEntry => {
    return { atNs, forNs, kind: "crash", target: { process }, args: {} };
  };
  const standstills = Array.from({ length: wholeBetween(chance, 1, UNHEARD_MAX) }, () => {
    const forNs = wholeBetween(chance, STILL_MIN_NS, STILL_MAX_NS);
    const atNs = wholeBetween(chance, 0, calmAtNs - STILL_MAX_NS);
    const target = { process: "quantum-state/nature" };
    const endsAtNs = atNs + wholeBetween(chance, 0, Math.floor(forNs / 4));
    const stationAtNs = atNs + wholeBetween(chance, Math.ceil(forNs / 2), forNs);
    return [
      { atNs, forNs, kind: "pause", target, args: {} } as const,
      ...ends.map((end) => down(`link-layer/${end}`, endsAtNs, DOWN_MIN_NS)),
      down(`physical-link/${name}`, stationAtNs, scaleBetween(chance, DOWN_MIN_NS, DOWN_MAX_NS)),
    ];
  });
  return standstills.flat();
}

function unanswered(atNs: number, downNs: number, chance: EntropyStream): readonly FaultEntry[] {
  const target = { process: "quantum-state/nature" };
  const haltNs = scaleBetween(chance, HALT_MIN_NS, HALT_MAX_NS);
  return [
    { atNs, forNs: haltNs + 1_000, kind: "pause", target, args: {} },
    { atNs: atNs + haltNs, forNs: downNs, kind: "crash", target, args: {} },
  ];
}

function ownerless(node: string) {
  return (atNs: number, forNs: number): readonly FaultEntry[] =>
    [`network-layer/${node}`, `link-layer/${node}`].map((process) => {
      return { atNs, forNs, kind: "crash", target: { process }, args: {} };
    });
}
