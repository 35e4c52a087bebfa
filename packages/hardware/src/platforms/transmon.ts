import type { Platform, Source } from "./platform.ts";

const rounded: Source = { citation: "rounded, usual for transmons", isUnconfirmed: true };
const cryolink: Source = {
  citation: "after Magnard et al., PRL 125, 260502 (2020): a cryogenic line",
  isUnconfirmed: true,
};

/** Of use beyond a cryogenic line only; its efficiency is to be given. */
const transduced: Source = {
  citation: "a transducer's light, where a fibre takes the line's place: Mirhosseini et al., Nature 588, 599 (2020)",
  isUnconfirmed: true,
};

/** Superconducting transmons over a cryogenic microwave line, or with a transducer as its efficiency. */
export const transmonPlatform: Platform = {
  name: "transmon",
  title: "superconducting transmon, microwave line or transducer",
  communication: {
    count: [1, rounded],
    t1S: [50e-6, rounded],
    t2S: [50e-6, rounded],
    initialDepolarising: [0.01, rounded],
    initialS: [1e-6, rounded],
    oneQubitDepolarising: [0.001, rounded],
    oneQubitS: [30e-9, rounded],
  },
  twoQubitDepolarising: [0.01, rounded],
  twoQubitS: [100e-9, rounded],
  p01: [0.01, rounded],
  p10: [0.02, rounded],
  readoutS: [0.5e-6, rounded],
  emission: {
    scheme: "deterministic",
    efficiency: [0.794328, { citation: "1 dB of loss on the line", isUnconfirmed: true }],
    visibility: [1, cryolink],
    wavelengthNm: [1550, transduced],
    darkCountProbability: [0, cryolink],
    attemptS: [1e-6, cryolink],
  },
};
