/**
 * The hardware of the bench topologies and of the presets, written as the `defaults` of a topology file.
 * The efficiency is chosen so that a double-click attempt over 5 km arms succeeds with p = 0.01.
 */
export const benchHardware = {
  memory: { t1S: 10, t2S: 1, communicationSlots: 4 },
  gates: { twoQubitDepolarising: 0.01, twoQubitNs: 1000, oneQubitDepolarising: 0, oneQubitNs: 100 },
  readout: { p01: 0.01, p10: 0.01, durationNs: 1000 },
  heralding: {
    scheme: "double-click",
    emissionEfficiency: 0.178038507,
    emissionFidelity: 1,
    darkCountProbability: 1e-7,
    visibility: 0.99,
    detectionWindowNs: 5000,
    photonLifetimeNs: 1000,
    periodNs: 100_000,
  },
  attenuationDbPerKm: 0.2,
} as const;

/** The length of every link of a preset. */
export const BENCH_LENGTH_KM = 10;
