import type { Figure, Platform, Source } from "./platform.ts";

const nv2017: Source = { citation: "Kalb et al., Science 356, 928 (2017), as in the parameter sets of netsquid-nv" };
const nv2019: Source = {
  citation: "Humphreys et al., Nature 558, 268 (2018) era, as in the parameter sets of netsquid-nv",
};
const nearTerm: Source = { citation: "near-term projection of 2020 in the parameter sets of netsquid-nv" };
const durations: Source = { citation: "gate durations of netsquid-nv" };
const memory2019: Source = {
  citation: "Abobeih et al., Nat. Commun. 9, 2552 (2018), as in netsquid-nv",
  isUnconfirmed: true,
};
const model: Source = { citation: "model of Kalb et al., PRA 97, 062330 (2018), at 2π·77 kHz, 163 ns" };
const computed: Source = { citation: "1 − exp(−rate × window)" };

const electron = {
  count: [1, { citation: "one electron spin a centre" }],
  t1S: [3600, memory2019],
  t2S: [1.46, memory2019],
  initialDepolarising: [0.02, nv2019],
  initialS: [2e-6, durations],
  oneQubitDepolarising: [0, nv2019],
  oneQubitS: [5e-9, durations],
} as const satisfies Platform["communication"];

const carbon = {
  count: [1, nv2019],
  t1S: [36_000, memory2019],
  t2S: [1, memory2019],
  initialDepolarising: [0.006, nv2019],
  initialS: [310e-6, durations],
  oneQubitDepolarising: [4 / 3000, nv2019],
  oneQubitS: [20e-6, durations],
  moveS: [1e-3, durations],
} as const;

const gates = {
  twoQubitDepolarising: [0.02, nv2019],
  twoQubitS: [500e-6, durations],
  readoutS: [3.7e-6, durations],
} as const;
const degrees = (value: number): number => (value * Math.PI) / 180;
/** The zero-phonon line, and its conversion to telecom wavelengths. */
const light = {
  wavelengthNm: [637, { citation: "zero-phonon line of the negative NV centre" }],
  convertedNm: [1588, { citation: "conversion as in netsquid-nv" }],
  conversionEfficiency: [0.3, { citation: "conversion as in netsquid-nv" }],
} as const satisfies Partial<Platform["emission"]>;
const window: Figure = [25e-9, nv2019];
const lifetime: Figure = [12e-9, { citation: "zero-phonon line without a cavity, as in netsquid-nv" }];

/** Nitrogen-vacancy centres as of the distillation experiment of 2017; what it does not state is as of 2019. */
export const nv2017Platform: Platform = {
  name: "nv-2017",
  title: "nitrogen-vacancy centre, 2017",
  communication: electron,
  storage: { ...carbon, attemptDephasing: [1.3971e-3, model] },
  ...gates,
  p01: [0.05, nv2019],
  p10: [0.005, nv2019],
  emission: {
    scheme: "single-click",
    efficiency: [6e-4, nv2017],
    visibility: [0.72, nv2017],
    ...light,
    darkCountProbability: [8e-7, { citation: "20 Hz over 40 ns; 1 − exp(−rate × window)", isUnconfirmed: true }],
    detectionWindowS: [40e-9, nv2017],
    photonLifetimeS: lifetime,
    attemptS: [7e-6, nv2017],
    doubleExcitation: [0.04, nv2017],
  },
};

/** Nitrogen-vacancy centres as of the deterministic delivery of 2018. */
export const nv2019Platform: Platform = {
  name: "nv-2019",
  title: "nitrogen-vacancy centre, 2019",
  communication: electron,
  storage: { ...carbon, attemptDephasing: [1.3971e-3, model] },
  ...gates,
  p01: [0.05, nv2019],
  p10: [0.005, nv2019],
  emission: {
    scheme: "single-click",
    efficiency: [3.5e-4, nv2019],
    visibility: [0.9, nv2019],
    ...light,
    darkCountProbability: [5e-7, computed],
    detectionWindowS: window,
    photonLifetimeS: lifetime,
    attemptS: [5.5e-6, nv2019],
    phaseStdRad: [degrees(15), nv2019],
    doubleExcitation: [0.04, nv2019],
  },
};

/** Nitrogen-vacancy centres as they were expected to become in 2020. */
export const nv2020Platform: Platform = {
  name: "nv-2020",
  title: "nitrogen-vacancy centre, near-term projection of 2020",
  communication: electron,
  storage: {
    ...carbon,
    attemptDephasing: [3.57e-4, { citation: "1,400 attempts to 1/e at α = 0.5, as in netsquid-nv" }],
  },
  ...gates,
  p01: [0.01, nearTerm],
  p10: [0.005, nearTerm],
  emission: {
    scheme: "single-click",
    efficiency: [1e-3, nearTerm],
    visibility: [0.9, nearTerm],
    ...light,
    darkCountProbability: [2.5e-8, computed],
    detectionWindowS: window,
    photonLifetimeS: lifetime,
    attemptS: [3.8e-6, nearTerm],
    phaseStdRad: [degrees(20), nearTerm],
    doubleExcitation: [0.06, nearTerm],
  },
};
