import { type BellMeasurementNoise, memoryDecay, type PauliEigenvalues } from "@bellmesh/bell";
import type { FaultChange } from "@bellmesh/mesh";
import type { Measurable, TopologyNode } from "@bellmesh/topology";
import type { AttemptRecord } from "./attempt-record.ts";
import { HardwareFaults } from "./hardware-faults.ts";

/** A node's hardware from an instant on. */
export interface Hardware extends Measurable {
  /** True mesh time. */
  readonly sinceNs: number;
  /** 0 for what the topology says, then as whoever changed it numbered it. */
  readonly version: number;
  /** Of a calibration: on which platform it was measured, and on which day. */
  readonly measured?: { readonly platform: string; readonly on: string };
  /** Of a Bell measurement, from gates and readout. */
  readonly bellNoise: BellMeasurementNoise;
}

/** Changes remembered; what was in force longer ago than that counts as the oldest that is. */
const CHANGES_MAX = 1024;

/** What a node's hardware was and is: a wait takes each stretch of it as it was then. */
export class HardwareTimeline {
  /** By growing instants. */
  #changes: Hardware[];
  #latest: Hardware;
  /** What was decided last, which may be in force from a later instant on; it would be this without faults. */
  #decided: Hardware;
  /** What was decided, by growing instants, without what faults make of it. */
  #decisions: readonly Hardware[] = [];
  readonly #faults = new HardwareFaults();

  constructor(node: TopologyNode) {
    const { memory, gates, readout } = node;
    this.#latest = hardwareOf({ sinceNs: 0, version: 0, memory, gates, readout });
    this.#decided = this.#latest;
    this.#changes = [this.#latest];
  }

  /** What was decided last, which may be in force from a later instant on. */
  get decided(): Hardware {
    return this.#decided;
  }

  /** What was decided by calibrations, and is in force now or will be. */
  announced(nowNs: number): readonly Hardware[] {
    return this.#decisions.slice(Math.max(0, inForceAt(this.#decisions, nowNs)));
  }

  /** A calibration, with a later version and no earlier instant than the latest. @returns what the hardware is then */
  calibrate(nowNs: number, hardware: Hardware): Hardware {
    this.#decisions = [...this.announced(nowNs), hardware];
    return this.change(hardware);
  }

  /** A fault has begun or ended. @returns what the hardware is from now on */
  befallen(nowNs: number, change: FaultChange): Hardware {
    this.#faults.change(change);
    return this.change({ ...this.#decided, sinceNs: Math.max(nowNs, this.#decided.sinceNs) });
  }

  /** What is in force at an instant. */
  at(instantNs: number): Hardware {
    return this.#changes[Math.max(0, inForceAt(this.#changes, instantNs))] as Hardware;
  }

  /**
   * From then on it is this, but for what faults make of it. The instant and the version are not before those of the
   * latest change. @returns what it is
   */
  change(hardware: Hardware): Hardware {
    this.#decided = hardware;
    this.#latest = hardwareOf(this.#faults.spoilt(hardware));
    this.#changes.push(this.#latest);
    if (this.#changes.length > CHANGES_MAX) this.#changes = this.#changes.slice(-CHANGES_MAX / 2);
    return this.#latest;
  }

  /** Whether attempts dephase what the node stores, now or in any stretch that is remembered. */
  get attemptsDephase(): boolean {
    return this.#changes.some(({ memory }) => memory.attemptDephasing > 0);
  }

  /**
   * What waiting between two instants does to a qubit: relaxation and dephasing by T1 and T2 of each stretch, and a
   * phase flip with the stretch's probability for every attempt in it, wherever it waits.
   * All of them are of one form and commute.
   */
  decay(fromNs: number, toNs: number, attempts: AttemptRecord, inStorage: boolean): PauliEigenvalues {
    const latest = this.#latest;
    if (latest.sinceNs <= fromNs) return stretch(latest, fromNs, toNs, attempts, inStorage);
    let x = 1;
    let z = 1;
    for (const [place, hardware] of this.#changes.entries()) {
      const start = place === 0 ? fromNs : Math.max(fromNs, hardware.sinceNs);
      const end = Math.min(toNs, this.#changes[place + 1]?.sinceNs ?? toNs);
      if (end <= start) continue;
      const part = stretch(hardware, start, end, attempts, inStorage);
      x *= part.x;
      z *= part.z;
    }
    return { x, y: x, z };
  }
}

/** The place of what is in force at an instant; -1 before the first. */
function inForceAt(changes: readonly Hardware[], instantNs: number): number {
  return changes.findLastIndex(({ sinceNs }) => sinceNs <= instantNs);
}

/** A set of parameters, with what follows from them. */
export function hardwareOf(parameters: Omit<Hardware, "bellNoise">): Hardware {
  const { gates, readout } = parameters;
  const { twoQubitDepolarising } = gates;
  return { ...parameters, bellNoise: { twoQubitDepolarising, p01: readout.p01, p10: readout.p10 } };
}

function stretch(
  { memory }: Hardware,
  fromNs: number,
  toNs: number,
  attempts: AttemptRecord,
  inStorage: boolean,
): PauliEigenvalues {
  const { attemptDephasing } = memory;
  const { t1S, t2S } = (inStorage && memory.storage) || memory;
  const waited = memoryDecay(t1S, t2S, Math.max(0, toNs - fromNs) * 1e-9);
  if (attemptDephasing === 0) return waited;
  const x = waited.x * wholePower(1 - 2 * attemptDephasing, attempts.between(fromNs, toNs));
  return { x, y: x, z: waited.z };
}

/** base^exponent for a whole exponent of 0 or more, by squaring. */
function wholePower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
