import type { Platform, Source } from "./platform.ts";

const pr: Source = { citation: "Lago-Rivera et al., Nature 594, 37 (2021)" };
const rounded: Source = { citation: "rounded after absorptive memories in Pr:YSO", isUnconfirmed: true };

/** Nothing is converted: a source makes both at once. */
const idler: Source = {
  citation: "idler photons, which meet; crystals store the signal's 606 nm: Lago-Rivera et al., Nature 594, 37 (2021)",
};

/** Rare-earth ions in a crystal, as absorptive memories beside pair sources: many modes, short storage, no gates. */
export const rareEarthPlatform: Platform = {
  name: "rare-earth",
  title: "rare-earth doped crystal, absorptive memory",
  communication: { count: [62, pr], t1S: [25e-6, rounded], t2S: [25e-6, pr] },
  twoQubitDepolarising: [0.05, { citation: "linear optics in place of a gate", isUnconfirmed: true }],
  twoQubitS: [0, rounded],
  p01: [0.01, rounded],
  p10: [0.01, rounded],
  readoutS: [1e-6, rounded],
  emission: {
    scheme: "midpoint-source",
    efficiency: [0.3, { citation: "efficiency of the memory", isUnconfirmed: true }],
    visibility: [0.9, rounded],
    wavelengthNm: [1436, idler],
    darkCountProbability: [1e-6, rounded],
    modes: [62, pr],
  },
};
