import type { Platform, Source } from "./platform.ts";

const avis: Source = { citation: "Avis et al., npj Quantum Inf. 9, 100 (2023), appendix A, as configured in SquidASM" };

/** The efficiency counts what conversion costs. */
const converted: Source = {
  citation: "637 nm of the zero-phonon line, converted in the node: Tchebotareva et al., PRL 123, 063601 (2019)",
  isUnconfirmed: true,
};

/** Colour centres in diamond, as in the requirements study of Avis et al. */
export const colourCentrePlatform: Platform = {
  name: "colour-centre",
  title: "colour centre in diamond",
  communication: {
    count: [1, avis],
    t1S: [3600, avis],
    t2S: [0.5, avis],
    initialDepolarising: [0.01, avis],
    initialS: [2e-6, avis],
    oneQubitDepolarising: [0.01, avis],
    oneQubitS: [5e-9, avis],
  },
  storage: {
    count: [1, avis],
    t1S: [36_000, avis],
    t2S: [1, avis],
    initialDepolarising: [0.02, avis],
    initialS: [300e-6, avis],
    oneQubitDepolarising: [0.002, avis],
    oneQubitS: [20e-6, avis],
  },
  twoQubitDepolarising: [0.06, avis],
  twoQubitS: [500e-6, avis],
  p01: [0.07, avis],
  p10: [0.005, avis],
  readoutS: [3.7e-6, avis],
  emission: {
    scheme: "double-click",
    efficiency: [5.1e-4, avis],
    visibility: [0.9, avis],
    wavelengthNm: [1588, converted],
    darkCountProbability: [1.5e-7, avis],
  },
};
