import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { EntropyStream } from "@bellmesh/numerics";
import { scopeOf } from "@bellmesh/topology";
import type { FaultBounds } from "./draw-faults.ts";
import { happens, pick, scaleBetween, subset, wholeBetween } from "./draws.ts";

/** Much of one kind that goes wrong, for as long as faults act. */
type Storm = (bounds: FaultBounds, chance: EntropyStream) => readonly FaultEntry[];

const EVERYWHERE = {};
const STORMS_SHARE = 0.35;
const [SHORT_NS, LONG_NS] = [200_000, 500_000_000];
const CRASHES_MAX = 40;
const LATE_MAX_NS = 20_000_000;
/** Of crashes, how many come between what a process writes down and what it says of it. */
const IN_STEP_SHARE = 0.4;
/** Of a place without power, how many of its processes go down. */
const POWERLESS_SHARE = 0.7;

const storms: readonly Storm[] = [lossy, crashing, stalling, powerless, late, cutOff];

/** Some of the storms, one at least, in the order in which their faults begin. */
export function drawStorms(bounds: FaultBounds, chance: EntropyStream): readonly FaultEntry[] {
  const drawn = subset(chance, storms, STORMS_SHARE);
  const chosen = drawn.length > 0 ? drawn : [pick(chance, storms)];
  return chosen.flatMap((storm) => storm(bounds, chance)).toSorted((a, b) => a.atNs - b.atNs);
}

/** A bus that loses, doubles and delays messages of everybody: acknowledgements are lost several times in a row. */
function lossy({ calmAtNs }: FaultBounds, chance: EntropyStream): FaultEntry[] {
  return Array.from({ length: wholeBetween(chance, 1, 4) }, () => {
    const when = lasting(calmAtNs, chance);
    const probability = 0.1 + 0.5 * chance.uniform();
    const backNs = scaleBetween(chance, 10_000, 20_000_000);
    return pick<FaultEntry>(chance, [
      { ...when, kind: "loss", target: EVERYWHERE, args: { probability } },
      { ...when, kind: "loss", target: EVERYWHERE, args: { probability } },
      { ...when, kind: "duplication", target: EVERYWHERE, args: { probability, delayNs: backNs } },
      { ...when, kind: "reorder", target: EVERYWHERE, args: { probability, maxDelayNs: backNs } },
    ]);
  });
}

/** The same few processes go down again and again, for short. */
function crashing(bounds: FaultBounds, chance: EntropyStream): FaultEntry[] {
  const processes = fewProcesses(bounds, chance);
  return Array.from({ length: scaleBetween(chance, 4, CRASHES_MAX) }, () =>
    down(bounds, chance, wholeBetween(chance, 0, bounds.calmAtNs - SHORT_NS), pick(chance, processes)),
  );
}

/** Processes stand still, and go down before they have gone on: what came meanwhile was never heard. */
function stalling(bounds: FaultBounds, chance: EntropyStream): FaultEntry[] {
  const processes = fewProcesses(bounds, chance);
  return Array.from({ length: scaleBetween(chance, 2, CRASHES_MAX / 2) }, (): FaultEntry[] => {
    const process = pick(chance, processes);
    const atNs = wholeBetween(chance, 0, bounds.calmAtNs - 2 * SHORT_NS);
    const crash = down(bounds, chance, atNs + scaleBetween(chance, 1_000, SHORT_NS), process);
    return [{ atNs, forNs: crash.atNs - atNs + 1_000, kind: "pause", target: { process }, args: {} }, crash];
  }).flat();
}

/** Most processes of a place go down at one instant, and come back one by one. */
function powerless(bounds: FaultBounds, chance: EntropyStream): FaultEntry[] {
  const { processes, nodes } = scopeOf(bounds.topology);
  return Array.from({ length: scaleBetween(chance, 2, 10) }, () => {
    const node = pick(chance, nodes);
    const atNs = wholeBetween(chance, 0, bounds.calmAtNs - SHORT_NS);
    const there = processes.filter((address) => address.endsWith(`/${node}`));
    return subset(chance, there, POWERLESS_SHARE).map((process) => down(bounds, chance, atNs, process));
  }).flat();
}

/** Every message is late, within a node too, while nature and others go down: what was asked is not answered. */
function late(bounds: FaultBounds, chance: EntropyStream): FaultEntry[] {
  const args = { ns: scaleBetween(chance, 50_000, LATE_MAX_NS), jitterNs: scaleBetween(chance, 10_000, LATE_MAX_NS) };
  const delay = { ...lasting(bounds.calmAtNs, chance), kind: "delay", target: EVERYWHERE, args } as const;
  const process = happens(chance, 0.7) ? "quantum-state/nature" : pick(chance, scopeOf(bounds.topology).processes);
  const crashes = Array.from({ length: wholeBetween(chance, 0, 16) }, () =>
    down(bounds, chance, delay.atNs + wholeBetween(chance, 0, delay.forNs - SHORT_NS), process),
  );
  return [delay, ...crashes];
}

/** A node, or a link's control plane, is cut off again and again, for short. */
function cutOff(bounds: FaultBounds, chance: EntropyStream): FaultEntry[] {
  const { nodes, links } = scopeOf(bounds.topology);
  const [node, { name: link }] = [pick(chance, nodes), pick(chance, links)];
  return Array.from({ length: scaleBetween(chance, 4, CRASHES_MAX) }, (): FaultEntry => {
    const atNs = wholeBetween(chance, 0, bounds.calmAtNs - SHORT_NS);
    const when = { atNs, forNs: shortly(bounds, chance, atNs) };
    return pick<FaultEntry>(chance, [
      { ...when, kind: "partition", target: { a: [node], b: "*" }, args: { oneWay: happens(chance, 0.5) } },
      { ...when, kind: "control-cut", target: { link }, args: {} },
      { ...when, kind: "bus-outage", target: { place: node }, args: {} },
    ]);
  });
}

function fewProcesses({ topology }: FaultBounds, chance: EntropyStream): readonly string[] {
  const { processes } = scopeOf(topology);
  const services = [...new Set(processes.map((address) => address.split("/")[0]))];
  return Array.from({ length: wholeBetween(chance, 1, 3) }, () => {
    const service = pick(chance, services);
    return pick(
      chance,
      processes.filter((address) => address.startsWith(`${service}/`)),
    );
  });
}

function down(bounds: FaultBounds, chance: EntropyStream, atNs: number, process: string): FaultEntry {
  const entry = { atNs, forNs: shortly(bounds, chance, atNs), target: { process } };
  if (happens(chance, 0.1)) return { ...entry, kind: "store-loss", args: {} };
  return { ...entry, kind: "crash", args: happens(chance, IN_STEP_SHARE) ? { inStep: true } : {} };
}

function shortly({ calmAtNs }: FaultBounds, chance: EntropyStream, atNs: number): number {
  const leftNs = calmAtNs - atNs;
  return scaleBetween(chance, Math.min(SHORT_NS, leftNs), Math.min(LONG_NS, leftNs));
}

/** A tenth of the time that is left at least. */
function lasting(calmAtNs: number, chance: EntropyStream): { readonly atNs: number; readonly forNs: number } {
  const atNs = wholeBetween(chance, 0, Math.floor(calmAtNs / 2));
  const leftNs = calmAtNs - atNs;
  return { atNs, forNs: wholeBetween(chance, Math.ceil(leftNs / 10), leftNs) };
}
