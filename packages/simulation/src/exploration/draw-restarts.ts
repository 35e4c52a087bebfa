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
const LATE_HERALDS_SHARE = 0.05;
const [WAY_MIN_NS, WAY_MAX_NS] = [50_000_000, 500_000_000];

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
 * In few seeds a station's way to nature takes long, and the station goes down for short again and again: what it has
 * told nature of comes when both ends have given it up.
 */
export function drawLateHeralds({ topology, calmAtNs }: FaultBounds, chance: EntropyStream): readonly FaultEntry[] {
  if (!happens(chance, LATE_HERALDS_SHARE)) return [];
  const { name } = pick(chance, topology.links);
  const slow = { ns: scaleBetween(chance, WAY_MIN_NS, WAY_MAX_NS), jitterNs: 0 };
  const crashes = Array.from({ length: wholeBetween(chance, LATE_MIN, LATE_MAX) }, (): FaultEntry => {
    const atNs = wholeBetween(chance, 0, calmAtNs - DOWN_MAX_NS);
    const forNs = scaleBetween(chance, DOWN_MIN_NS, DOWN_MAX_NS);
    return { atNs, forNs, kind: "crash", target: { process: `physical-link/${name}` }, args: {} };
  });
  return [{ atNs: 0, forNs: calmAtNs, kind: "delay", target: { from: name, to: "nature" }, args: slow }, ...crashes];
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
