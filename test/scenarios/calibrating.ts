import type { Calibrating } from "@bellmesh/simulation";
import type { HardwareChanged } from "@bellmesh/wire/ledger";

/** Gates and memory of a repeater that have become much worse than its file says. */
export const worse: Omit<HardwareChanged, "node" | "version" | "at"> = {
  memory: { t1Ns: 1e10, t2Ns: 2e8, attemptDephasingPpt: 0 },
  gates: {
    twoQubitDepolarisingPpt: 12e10,
    twoQubitNs: 40_000,
    oneQubitDepolarisingPpt: 0,
    oneQubitNs: 100,
    initialDepolarisingPpt: 0,
    initialNs: 0,
    crosstalkDepolarisingPpt: 0,
  },
  readout: { p01Ppt: 2e10, p10Ppt: 2e10, durationNs: 60_000 },
  storage: undefined,
};

/** When a calibration is made, unless a test says otherwise. */
export const AT_NS = 3.5e9;

/** A calibration of n1; what is not among the changes stays as it is. */
export function calibrating(version: number, changes: Partial<HardwareChanged> = worse, atNs = AT_NS): Calibrating {
  const parts = { memory: undefined, gates: undefined, readout: undefined, storage: undefined };
  const hardware = { ...parts, node: "n1", version, at: 0, ...changes };
  return { atNs, request: { hardware, bounds: [] } };
}
