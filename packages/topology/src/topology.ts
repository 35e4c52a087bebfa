import type { LinkSchedule } from "@bellmesh/hardware";
import type { Heralding } from "./heralding.ts";
import type { LinkChannel } from "./link-channel.ts";

/** A network as its topology file describes it, checked and with every default filled in; see README.md. */
export interface Topology {
  /** A token; it names the network on the bus. */
  readonly name: string;
  readonly fibreSpeedKmPerS: number;
  /** Emulated seconds per second of wall clock; the simulation ignores it. */
  readonly timeScale: number;
  readonly clock: ClockSpec;
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly Link[];
  /** The age at which a repeater gives a link pair up; undefined is never. */
  readonly cutoffS: number | undefined;
}

export type ClockPreset = "white-rabbit" | "ptp-hardware" | "ptp-software" | "perfect";

/** How the nodes' oscillators and time stamps err. Offsets and drifts are drawn per node with these sigmas. */
export interface ClockSpec {
  /** The node whose clock is the reference of all others. */
  readonly grandmaster: string;
  readonly preset: ClockPreset;
  /** Sigma of one hardware time stamp. */
  readonly stampJitterPs: number;
  readonly syncIntervalS: number;
  /** Sigma of what calibration leaves of the difference between the two directions of a node's path. */
  readonly asymmetryPs: number;
  /** Sigma of the offset a node starts with. */
  readonly initialOffsetNs: number;
  /** Sigma of an oscillator's frequency error. */
  readonly driftPpb: number;
  readonly agingPpbPerDay: number;
  /** Allan deviation of an oscillator's white frequency noise at 1 s. */
  readonly whiteAt1S: number;
  /** Allan deviation of its flicker frequency noise. */
  readonly flickerFloor: number;
}

export interface TopologyNode {
  readonly name: string;
  /** The name of its platform; absent where none was given. */
  readonly platform?: string;
  readonly memory: Memory;
  readonly gates: Gates;
  readonly readout: Readout;
}

export interface Memory {
  /** Relaxation time; Infinity is none. */
  readonly t1S: number;
  /** Total coherence time, at most 2·T1. */
  readonly t2S: number;
  /** Communication qubits for each link of the node. */
  readonly communicationSlots: number;
  /** Probability that one heralding attempt flips the phase of each qubit the node stores (Kalb et al. 2018). */
  readonly attemptDephasing: number;
  /** Where halves that wait are moved; absent where the node has no storage. */
  readonly storage?: Storage;
}

/** The storage qubits of a node, shared by its links. */
export interface Storage {
  readonly slots: number;
  readonly t1S: number;
  /** Total coherence time, at most 2·T1. */
  readonly t2S: number;
  /** Duration of a move from a communication slot. */
  readonly moveNs: number;
  /** Probability that a move leaves the qubit maximally mixed. */
  readonly moveDepolarising: number;
}

/** Depolarising parameters are the probability of replacement by the maximally mixed state. */
export interface Gates {
  readonly twoQubitDepolarising: number;
  readonly twoQubitNs: number;
  readonly oneQubitDepolarising: number;
  readonly oneQubitNs: number;
  /** Of a fresh qubit. */
  readonly initialDepolarising: number;
  readonly initialNs: number;
  /** Of each other qubit the node holds, by a two-qubit gate. */
  readonly crosstalkDepolarising: number;
}

/** p01 is the probability of reading 1 when the state was 0, p10 that of reading 0 when it was 1. */
export interface Readout {
  readonly p01: number;
  readonly p10: number;
  readonly durationNs: number;
}

/** In which order a link serves its requests; among those of one priority always first come, first served. */
export type Scheduler = "fcfs" | "strict-priority";

/** A way for photons between two nodes with a heralding station on it. */
export interface Link {
  readonly name: string;
  readonly ends: readonly [string, string];
  /** From each end to the station, in the order of `ends`. */
  readonly armsKm: readonly [number, number];
  /** Of the fibre; 0 where the channel is none. */
  readonly attenuationDbPerKm: number;
  readonly heralding: Heralding;
  /** A fibre of that attenuation when absent. */
  readonly channel?: LinkChannel;
  /** When the link is up, in true mesh time; always when absent. */
  readonly schedule?: LinkSchedule;
  /** First come, first served when absent. */
  readonly scheduler?: Scheduler;
}
