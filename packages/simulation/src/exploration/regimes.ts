import type { RegimeName } from "./trial.ts";

interface Regime {
  readonly clock: object;
  /** What its cutoff may be: none, some, and one that falls on an instant at which heralds come. */
  readonly cutoffsMs: readonly (number | null)[];
  readonly lengthKm: number;
  readonly defaults: object;
}

/**
 * Hardware as a topology file gives it. Emission is far more efficient than that of any experiment, so that a run of
 * some seconds sees hundreds of pairs; coherence, gates and readout are in the proportions of their platforms.
 */
export const regimes: Readonly<Record<RegimeName, Regime>> = {
  ideal: {
    clock: { preset: "perfect" },
    cutoffsMs: [null, 3.01, 8.01],
    lengthKm: 2,
    defaults: {
      memory: { t1S: 1e9, t2S: 1e9, communicationSlots: 4 },
      gates: { twoQubitDepolarising: 0, twoQubitNs: 0, oneQubitNs: 0 },
      readout: { p01: 0, p10: 0, durationNs: 0 },
      heralding: heralding(0.8, 0, 1, 1_000_000),
    },
  },
  nv: {
    clock: { preset: "white-rabbit" },
    cutoffsMs: [null, null, 100],
    lengthKm: 10,
    defaults: {
      memory: { t1S: 3600, t2S: 0.5, communicationSlots: 1, attemptDephasing: 1e-4 },
      gates: { twoQubitDepolarising: 0.02, twoQubitNs: 500_000, oneQubitDepolarising: 0.001, oneQubitNs: 20_000 },
      readout: { p01: 0.05, p10: 0.005, durationNs: 3_700 },
      heralding: heralding(0.4, 1e-6, 0.9, 1_000_000),
    },
  },
  atom: {
    clock: { preset: "white-rabbit" },
    cutoffsMs: [null, null, 20],
    lengthKm: 20,
    defaults: {
      memory: { t1S: 100, t2S: 4, communicationSlots: 4 },
      gates: { twoQubitDepolarising: 0.01, twoQubitNs: 100_000, oneQubitDepolarising: 0.001, oneQubitNs: 5_000 },
      readout: { p01: 0.005, p10: 0.01, durationNs: 100_000 },
      heralding: heralding(0.6, 1e-6, 0.95, 2_000_000),
    },
  },
  hostile: {
    clock: { preset: "ptp-hardware" },
    cutoffsMs: [10, 3],
    lengthKm: 5,
    defaults: {
      memory: { t1S: 0.1, t2S: 0.02, communicationSlots: 1, attemptDephasing: 1e-3 },
      gates: { twoQubitDepolarising: 0.05, twoQubitNs: 200_000, oneQubitDepolarising: 0.01, oneQubitNs: 1_000 },
      readout: { p01: 0.05, p10: 0.05, durationNs: 50_000 },
      heralding: heralding(0.7, 1e-3, 0.8, 200_000),
    },
  },
};

function heralding(emissionEfficiency: number, darkCountProbability: number, visibility: number, periodNs: number) {
  return { scheme: "double-click", emissionEfficiency, darkCountProbability, visibility, periodNs };
}
