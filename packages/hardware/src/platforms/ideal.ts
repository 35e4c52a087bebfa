import type { Platform, Source } from "./platform.ts";

const defined: Source = { citation: "by definition" };

/** Nothing errs and nothing decays; for protocols to be looked at alone. */
export const idealPlatform: Platform = {
  name: "ideal",
  title: "ideal hardware",
  communication: {
    count: [4, defined],
    t1S: [Number.POSITIVE_INFINITY, defined],
    t2S: [Number.POSITIVE_INFINITY, defined],
    initialDepolarising: [0, defined],
    initialS: [0, defined],
    oneQubitDepolarising: [0, defined],
    oneQubitS: [0, defined],
  },
  twoQubitDepolarising: [0, defined],
  twoQubitS: [0, defined],
  p01: [0, defined],
  p10: [0, defined],
  readoutS: [0, defined],
  emission: {
    scheme: "double-click",
    efficiency: [1, defined],
    fidelity: [1, defined],
    visibility: [1, defined],
    darkCountProbability: [0, defined],
  },
};
