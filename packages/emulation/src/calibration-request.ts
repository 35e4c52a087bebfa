import type { Calibration } from "@bellmesh/topology";
import { contractName } from "@bellmesh/wire";
import type { HardwareChanged } from "@bellmesh/wire/ledger";
import type { CalibrateRequest } from "@bellmesh/wire/quantum-state";

const NS_PER_S = 1e9;
const PARTS = 1e12;

type Part = "memory" | "storage" | "gates" | "readout";

/** Where a measured value stands on the wire: in which field of which part, and in which unit. */
interface Place {
  readonly part: Part;
  readonly field: string;
  readonly onWire: (value: number) => number;
}

/** As the sections of a calibration. */
const places: { readonly [Name in keyof Calibration["values"]]: Readonly<Record<string, Place>> } = {
  communication: {
    t1S: lifetime("memory", "t1"),
    t2S: lifetime("memory", "t2"),
    initialDepolarising: probability("gates", "initialDepolarising"),
    initialS: duration("gates", "initial"),
    oneQubitDepolarising: probability("gates", "oneQubitDepolarising"),
    oneQubitS: duration("gates", "oneQubit"),
  },
  storage: {
    t1S: lifetime("storage", "t1"),
    t2S: lifetime("storage", "t2"),
    moveS: duration("storage", "move"),
    moveDepolarising: probability("storage", "moveDepolarising"),
    attemptDephasing: probability("memory", "attemptDephasing"),
  },
  gates: {
    twoQubitDepolarising: probability("gates", "twoQubitDepolarising"),
    twoQubitS: duration("gates", "twoQubit"),
    p01: probability("readout", "p01"),
    p10: probability("readout", "p10"),
    readoutS: duration("readout", "duration"),
  },
};

/**
 * What a calibration asks nature for: the hardware in force with the values it has measured in their places, and the
 * bounds that the measurement states. Times that never happen are 0 on the wire. Storage is left out where there is
 * none.
 */
export function calibrationRequest(calibration: Calibration, current: HardwareChanged): CalibrateRequest {
  const measured: Record<Part, Record<string, number>> = { memory: {}, storage: {}, gates: {}, readout: {} };
  const bounds: CalibrateRequest["bounds"] = [];
  for (const [section, ofSection] of Object.entries(places)) {
    const name = section as keyof typeof places;
    const stated: Readonly<Record<string, readonly [number, number]>> = calibration.bounds[name];
    for (const [figure, value] of Object.entries(calibration.values[name])) {
      const { part, field, onWire } = ofSection[figure] as Place;
      if (!current[part]) continue;
      measured[part][field] = onWire(value);
      const range = stated[figure];
      if (range)
        bounds.push({ field: `${part}.${contractName(field)}`, least: onWire(range[0]), most: onWire(range[1]) });
    }
  }
  const { node, memory, gates, readout, storage } = current;
  const hardware: HardwareChanged = {
    node,
    version: calibration.version,
    at: 0,
    memory: memory && { ...memory, ...measured.memory },
    gates: gates && { ...gates, ...measured.gates },
    readout: readout && { ...readout, ...measured.readout },
    storage: storage && { ...storage, ...measured.storage },
    platform: calibration.platform,
    measuredOn: calibration.date,
  };
  return { hardware, bounds };
}

function lifetime(part: Part, name: string): Place {
  const onWire = (timeS: number) => (Number.isFinite(timeS) ? Math.max(1, Math.round(timeS * NS_PER_S)) : 0);
  return { part, field: `${name}Ns`, onWire };
}

function duration(part: Part, name: string): Place {
  return { part, field: `${name}Ns`, onWire: (timeS) => Math.round(timeS * NS_PER_S) };
}

function probability(part: Part, name: string): Place {
  return { part, field: `${name}Ppt`, onWire: (value) => Math.round(value * PARTS) };
}
