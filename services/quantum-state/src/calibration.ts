import { Code, failure, type Status } from "@bellmesh/mesh";
import { calibratedParts } from "@bellmesh/topology";
import type {
  GateParameters,
  HardwareChanged,
  MemoryParameters,
  ReadoutParameters,
  StorageParameters,
} from "@bellmesh/wire/ledger";
import { type Hardware, type HardwareTimeline, hardwareOf } from "./hardware-timeline.ts";

type Memory = Hardware["memory"];

const PARTS = 1e12;
const NS_PER_S = 1e9;

/**
 * The hardware a calibration asks for; parts it leaves out stay as they are.
 * @param at from when on, in true mesh time
 * @returns the hardware, or why there is none: UNPHYSICAL_HARDWARE or OLDER_HARDWARE, naming the field.
 */
export function calibrated(asked: HardwareChanged, at: number, latest: Hardware): Hardware | Status {
  if (asked.version <= latest.version) {
    return older(`version is ${asked.version}: ${asked.node} has version ${latest.version} already; give a later one`);
  }
  if (at < latest.sinceNs) {
    return older(`at is ${at}: the latest change of ${asked.node} is from ${latest.sinceNs} on; give a later instant`);
  }
  const wrong =
    (asked.memory && whyNoMemory(asked.memory)) ??
    (asked.gates && whyNoGates(asked.gates)) ??
    (asked.readout && whyNoReadout(asked.readout)) ??
    (asked.storage && whyNoStorage(asked.storage, asked.node, latest.memory));
  if (wrong !== undefined) return failure(Code.INVALID_ARGUMENT, wrong, "UNPHYSICAL_HARDWARE");
  return hardwareOf({
    sinceNs: at,
    version: asked.version,
    ...calibratedParts(asked, latest),
    ...(asked.platform !== undefined && { measured: { platform: asked.platform, on: asked.measuredOn ?? "" } }),
  });
}

/** A calibration of before a restart is in force again, from when on it was; the topology may have changed since. */
export function restore(timeline: HardwareTimeline, kept: HardwareChanged): void {
  const hardware = calibrated(kept, kept.at, timeline.decided);
  if (!("code" in hardware)) timeline.calibrate(kept.at, hardware);
}

/** Why a calibration is none for this node: it was measured on another platform, or the node is of none. */
export function whyOtherPlatform(asked: HardwareChanged, platform: string | undefined): Status | undefined {
  if (asked.platform === undefined || asked.platform === platform) return undefined;
  const is = platform === undefined ? "names no platform in the topology" : `is of ${platform}`;
  const message = `platform is ${JSON.stringify(asked.platform)}: ${asked.node} ${is}; give a calibration of its own`;
  return failure(Code.FAILED_PRECONDITION, message, "OTHER_PLATFORM");
}

/** The hardware as the ledger has it. */
export function recordedHardware(node: string, hardware: Hardware): HardwareChanged {
  const { measured } = hardware;
  const { version, sinceNs, memory, gates, readout } = hardware;
  const { storage } = memory;
  return {
    node,
    version,
    at: sinceNs,
    memory: {
      t1Ns: nanoseconds(memory.t1S),
      t2Ns: nanoseconds(memory.t2S),
      attemptDephasingPpt: parts(memory.attemptDephasing),
    },
    gates: {
      twoQubitDepolarisingPpt: parts(gates.twoQubitDepolarising),
      twoQubitNs: gates.twoQubitNs,
      oneQubitDepolarisingPpt: parts(gates.oneQubitDepolarising),
      oneQubitNs: gates.oneQubitNs,
      initialDepolarisingPpt: parts(gates.initialDepolarising),
      initialNs: gates.initialNs,
      crosstalkDepolarisingPpt: parts(gates.crosstalkDepolarising),
    },
    readout: { p01Ppt: parts(readout.p01), p10Ppt: parts(readout.p10), durationNs: readout.durationNs },
    storage: storage && {
      t1Ns: nanoseconds(storage.t1S),
      t2Ns: nanoseconds(storage.t2S),
      moveNs: storage.moveNs,
      moveDepolarisingPpt: parts(storage.moveDepolarising),
    },
    platform: measured?.platform,
    measuredOn: measured?.on,
  };
}

function whyNoMemory({ t1Ns, t2Ns, attemptDephasingPpt }: MemoryParameters): string | undefined {
  const incoherent = whyIncoherent("memory", t1Ns, t2Ns);
  if (incoherent !== undefined) return incoherent;
  return attemptDephasingPpt > PARTS / 2
    ? `memory.attempt_dephasing_ppt is ${attemptDephasingPpt}: a phase flips with probability 0.5 at most`
    : undefined;
}

function whyNoStorage(storage: StorageParameters, node: string, { storage: there }: Memory): string | undefined {
  if (!there) return `storage is given: ${node} has none`;
  const incoherent = whyIncoherent("storage", storage.t1Ns, storage.t2Ns);
  if (incoherent !== undefined) return incoherent;
  return storage.moveDepolarisingPpt > PARTS
    ? `storage.move_depolarising_ppt is ${storage.moveDepolarisingPpt}: a probability is at most ${PARTS} parts`
    : undefined;
}

function whyIncoherent(qubits: "memory" | "storage", t1Ns: number, t2Ns: number): string | undefined {
  if (t1Ns === 0 || (t2Ns > 0 && t2Ns <= 2 * t1Ns)) return undefined;
  const ends = t2Ns === 0 ? "never" : `${t2Ns / NS_PER_S} s`;
  const t1S = t1Ns / NS_PER_S;
  return `${qubits}.t2_ns is ${t2Ns} (${ends}): with T1 = ${t1S} s, T2 is at most ${2 * t1S} s`;
}

function whyNoGates(gates: GateParameters): string | undefined {
  for (const [field, ppt] of [
    ["two_qubit_depolarising_ppt", gates.twoQubitDepolarisingPpt],
    ["one_qubit_depolarising_ppt", gates.oneQubitDepolarisingPpt],
    ["initial_depolarising_ppt", gates.initialDepolarisingPpt],
    ["crosstalk_depolarising_ppt", gates.crosstalkDepolarisingPpt],
  ] as const) {
    if (ppt > PARTS) return `gates.${field} is ${ppt}: a probability is at most ${PARTS} parts`;
  }
  return undefined;
}

function whyNoReadout({ p01Ppt, p10Ppt }: ReadoutParameters): string | undefined {
  return p01Ppt + p10Ppt > PARTS
    ? `readout.p01_ppt + readout.p10_ppt is ${p01Ppt + p10Ppt}: above ${PARTS} the two answers change names`
    : undefined;
}

function nanoseconds(timeS: number): number {
  if (timeS === Number.POSITIVE_INFINITY) return 0;
  // Beyond what can be counted, a hundred days, it is as good as never; but a T2 that never ends needs no end of T1.
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(1, Math.round(timeS * NS_PER_S)));
}

function parts(probability: number): number {
  return Math.round(probability * PARTS);
}

function older(message: string): Status {
  return failure(Code.FAILED_PRECONDITION, message, "OLDER_HARDWARE");
}
