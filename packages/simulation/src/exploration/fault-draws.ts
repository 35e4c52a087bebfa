import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { EntropyStream } from "@bellmesh/numerics";
import type { Topology } from "@bellmesh/topology";
import { happens, pick, scaleBetween } from "./draws.ts";

/** Where there is something to go wrong. */
interface Places {
  readonly topology: Topology;
  readonly processes: readonly string[];
}

interface Span {
  readonly atNs: number;
  readonly forNs: number;
}

export type FaultDraw = (span: Span, places: Places, chance: EntropyStream) => FaultEntry;

const PROBABILITIES = [0.02, 0.1, 0.3, 1];
const DELAY_MIN_NS = 1e4;
const DELAY_MAX_NS = 1e8;

const delay = (chance: EntropyStream) => scaleBetween(chance, DELAY_MIN_NS, DELAY_MAX_NS);

function target({ topology }: Places, chance: EntropyStream) {
  if (happens(chance, 0.5)) return { subject: ">" };
  const node = pick(chance, topology.nodes).name;
  return happens(chance, 0.5) ? { subject: ">", from: node } : { subject: ">", to: node };
}

/** For each kind of fault, one entry of it that acts within a span. */
export const faultDraws: readonly FaultDraw[] = [
  (span, places, chance) => {
    const args = { probability: pick(chance, PROBABILITIES) };
    return { ...span, kind: "loss", target: target(places, chance), args };
  },
  (span, places, chance) => {
    const args = { probability: pick(chance, PROBABILITIES), delayNs: delay(chance) };
    return { ...span, kind: "duplication", target: target(places, chance), args };
  },
  (span, places, chance) => {
    const args = { ns: delay(chance), jitterNs: delay(chance) };
    const { subject, ...anywhere } = target(places, chance);
    return { ...span, kind: "delay", target: happens(chance, 0.5) ? anywhere : { ...anywhere, subject }, args };
  },
  (span, places, chance) => {
    const args = { probability: pick(chance, PROBABILITIES), maxDelayNs: delay(chance) };
    return { ...span, kind: "reorder", target: target(places, chance), args };
  },
  (span, { topology }, chance) => {
    const a = [pick(chance, topology.nodes).name];
    const args = { oneWay: happens(chance, 0.5) };
    return { ...span, kind: "partition", target: { a, b: "*" }, args };
  },
  (span, { topology }, chance) => {
    const place = happens(chance, 0.2) ? "*" : pick(chance, topology.nodes).name;
    return { ...span, kind: "bus-outage", target: { place }, args: {} };
  },
  (span, { processes }, chance) => ({ ...span, kind: "crash", target: { process: pick(chance, processes) }, args: {} }),
];
