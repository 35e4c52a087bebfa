import type { Platform, Source } from "./platform.ts";

const rounded: Source = {
  citation: "rounded after van Leent et al., Nature 607, 69 (2022), and PRL 124, 010510 (2020)",
  isUnconfirmed: true,
};

const converter: Source = { citation: "van Leent et al., PRL 124, 010510 (2020): external device efficiency" };

/** Single atoms in optical tweezers or cavities. */
export const neutralAtomPlatform: Platform = {
  name: "neutral-atom",
  title: "neutral atom",
  communication: {
    count: [2, rounded],
    t1S: [1, rounded],
    t2S: [0.33e-3, rounded],
    initialDepolarising: [0.01, rounded],
    initialS: [5e-6, rounded],
    oneQubitDepolarising: [0.002, rounded],
    oneQubitS: [1e-6, rounded],
  },
  storage: {
    count: [2, rounded],
    t1S: [1, rounded],
    t2S: [7e-3, { citation: "clock states, same works", isUnconfirmed: true }],
    moveS: [10e-6, rounded],
  },
  twoQubitDepolarising: [0.02, rounded],
  twoQubitS: [1e-6, rounded],
  p01: [0.02, rounded],
  p10: [0.02, rounded],
  readoutS: [100e-6, rounded],
  emission: {
    scheme: "double-click",
    efficiency: [5e-3, rounded],
    visibility: [0.95, rounded],
    wavelengthNm: [780, { citation: "D2 line of rubidium" }],
    convertedNm: [1522, converter],
    conversionEfficiency: [0.57, converter],
    darkCountProbability: [1e-5, rounded],
    photonLifetimeS: [26e-9, { citation: "lifetime of the D2 line of rubidium" }],
    attemptS: [20e-6, rounded],
  },
};
