import type {
  GateParameters,
  HardwareChanged,
  MemoryParameters,
  ReadoutParameters,
  StorageParameters,
} from "@bellmesh/wire/ledger";
import type { Gates, Memory, Readout, Storage, TopologyNode } from "../topology.ts";

const PARTS = 1e12;
const NS_PER_S = 1e9;

/** What a node has that can be measured anew: everything but how many slots there are. */
export interface Measurable {
  readonly memory: Omit<Memory, "communicationSlots">;
  readonly gates: Gates;
  readonly readout: Readout;
}

/**
 * The hardware with the parts of a calibration in their places; parts it leaves out, and storage where there is none,
 * stay as they are.
 * @param changed as on the wire: whole ns, a lifetime of 0 for never, probabilities in parts per 10^12
 */
export function calibratedParts(changed: HardwareChanged, { memory, gates, readout }: Measurable): Measurable {
  const { storage: there, ...rest } = memory;
  const storage = there && changed.storage ? { ...there, ...storageOf(changed.storage) } : there;
  return {
    memory: { ...rest, ...(changed.memory && memoryOf(changed.memory)), ...(storage && { storage }) },
    gates: changed.gates ? gatesOf(changed.gates) : gates,
    readout: changed.readout ? readoutOf(changed.readout) : readout,
  };
}

/** A node with the parts of a calibration in their places; see `calibratedParts`. */
export function calibratedNode(node: TopologyNode, changed: HardwareChanged): TopologyNode {
  const { memory, ...others } = calibratedParts(changed, node);
  return { ...node, ...others, memory: { ...node.memory, ...memory } };
}

function memoryOf({ t1Ns, t2Ns, attemptDephasingPpt }: MemoryParameters) {
  return { t1S: seconds(t1Ns), t2S: seconds(t2Ns), attemptDephasing: attemptDephasingPpt / PARTS };
}

function storageOf({ t1Ns, t2Ns, moveNs, moveDepolarisingPpt }: StorageParameters): Omit<Storage, "slots"> {
  return { t1S: seconds(t1Ns), t2S: seconds(t2Ns), moveNs, moveDepolarising: moveDepolarisingPpt / PARTS };
}

function gatesOf(gates: GateParameters): Gates {
  return {
    twoQubitDepolarising: gates.twoQubitDepolarisingPpt / PARTS,
    twoQubitNs: gates.twoQubitNs,
    oneQubitDepolarising: gates.oneQubitDepolarisingPpt / PARTS,
    oneQubitNs: gates.oneQubitNs,
    initialDepolarising: gates.initialDepolarisingPpt / PARTS,
    initialNs: gates.initialNs,
    crosstalkDepolarising: gates.crosstalkDepolarisingPpt / PARTS,
  };
}

function readoutOf({ p01Ppt, p10Ppt, durationNs }: ReadoutParameters): Readout {
  return { p01: p01Ppt / PARTS, p10: p10Ppt / PARTS, durationNs };
}

function seconds(ns: number): number {
  return ns === 0 ? Number.POSITIVE_INFINITY : ns / NS_PER_S;
}
