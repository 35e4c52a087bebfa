import type { Calibration } from "@bellmesh/topology";
import type { HardwareChanged } from "@bellmesh/wire/ledger";

const NS_PER_S = 1e9;
const PARTS = 1e12;

/**
 * What a calibration asks nature for: the hardware in force with the values it has measured in their places. Times that
 * never happen are 0 on the wire.
 */
export function calibrationRequest(calibration: Calibration, current: HardwareChanged): HardwareChanged {
  const { communication, storage, gates } = calibration.values;
  const memory = {
    t1Ns: lifetime(communication.t1S),
    t2Ns: lifetime(communication.t2S),
    attemptDephasingPpt: parts(storage.attemptDephasing),
  };
  const gate = {
    twoQubitDepolarisingPpt: parts(gates.twoQubitDepolarising),
    twoQubitNs: duration(gates.twoQubitS),
    oneQubitDepolarisingPpt: parts(communication.oneQubitDepolarising),
    oneQubitNs: duration(communication.oneQubitS),
    initialDepolarisingPpt: parts(communication.initialDepolarising),
    initialNs: duration(communication.initialS),
  };
  const readout = { p01Ppt: parts(gates.p01), p10Ppt: parts(gates.p10), durationNs: duration(gates.readoutS) };
  const stored = {
    t1Ns: lifetime(storage.t1S),
    t2Ns: lifetime(storage.t2S),
    moveNs: duration(storage.moveS),
    moveDepolarisingPpt: parts(storage.moveDepolarising),
  };
  return {
    node: current.node,
    version: calibration.version,
    at: 0,
    memory: over(current.memory, memory),
    gates: over(current.gates, gate),
    readout: over(current.readout, readout),
    storage: current.storage && over(current.storage, stored),
    platform: calibration.platform,
    measuredOn: calibration.date,
  };
}

type Measured<Parameters> = { readonly [Name in keyof Parameters]?: number | undefined };

/** What was measured in the place of what is in force. */
function over<Parameters extends object>(current: Parameters | undefined, measured: Measured<Parameters>) {
  const given = Object.entries(measured).filter(([, value]) => value !== undefined);
  return { ...current, ...Object.fromEntries(given) } as Parameters;
}

function lifetime(timeS: number | undefined): number | undefined {
  if (timeS === undefined) return undefined;
  return timeS === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.round(timeS * NS_PER_S));
}

function duration(timeS: number | undefined): number | undefined {
  return timeS === undefined ? undefined : Math.round(timeS * NS_PER_S);
}

function parts(probability: number | undefined): number | undefined {
  return probability === undefined ? undefined : Math.round(probability * PARTS);
}
