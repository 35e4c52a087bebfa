import type { Platform, Source } from "./platform.ts";

const avis: Source = { citation: "Avis et al., npj Quantum Inf. 9, 100 (2023), appendix A, as configured in SquidASM" };
const usual: Source = { citation: "a usual number of ions in a trap of such a node", isUnconfirmed: true };

/** Whose ions these figures are of; the efficiency counts what conversion costs. */
const converted: Source = {
  citation: "854 nm of 40Ca+, converted in the node: Krutyanskiy et al., npj Quantum Inf. 5, 72 (2019)",
};

/** Trapped ions, as in the requirements study of Avis et al. */
export const trappedIonPlatform: Platform = {
  name: "trapped-ion",
  title: "trapped ion in a cavity",
  communication: {
    count: [2, usual],
    t1S: [Number.POSITIVE_INFINITY, avis],
    t2S: [85e-3, avis],
    initialDepolarising: [0, avis],
    initialS: [36e-6, avis],
    oneQubitDepolarising: [0.02, avis],
    oneQubitS: [26.6e-6, avis],
  },
  twoQubitDepolarising: [0.1, avis],
  twoQubitS: [107e-6, avis],
  p01: [1e-3, { citation: "fluorescence readout of 1.5 ms", isUnconfirmed: true }],
  p10: [1e-3, { citation: "fluorescence readout of 1.5 ms", isUnconfirmed: true }],
  readoutS: [1.5e-3, avis],
  emission: {
    scheme: "double-click",
    efficiency: [0.111, avis],
    visibility: [0.89, avis],
    wavelengthNm: [1550, converted],
    darkCountProbability: [1.4e-5, avis],
  },
};
