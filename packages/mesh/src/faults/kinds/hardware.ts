import type { FaultKind } from "../fault-kind.ts";
import { count, endOfLink, link, nanoseconds, node, number, probability } from "../field.ts";

const ofLink = { family: "hardware", appliedBy: "services", services: ["physical-link"] } as const;
const ofMemory = { family: "hardware", appliedBy: "services", services: ["quantum-state"] } as const;

export const fibreCut = {
  ...ofLink,
  name: "fibre-cut",
  summary: "No photon of a link arrives, while its control plane is up; dark counts still herald.",
  target: { link: link("whose fibre is cut") },
  args: {},
  deceives: true,
} as const satisfies FaultKind;

export const cableCut = {
  ...ofLink,
  appliedBy: "host",
  name: "cable-cut",
  summary: "Neither photons nor messages cross a link: a fibre cut and a control cut in one.",
  target: { link: link("whose cable is cut") },
  args: {},
  deceives: true,
} as const satisfies FaultKind;

export const lossDrift = {
  ...ofLink,
  name: "loss-drift",
  summary: "Each arm of a link loses more photons.",
  target: { link: link("whose arms") },
  args: { db: number("dB", "how much more loss of each arm", [0, 200], [0.5, 10]) },
  deceives: true,
} as const satisfies FaultKind;

export const darkCountBurst = {
  ...ofLink,
  name: "dark-count-burst",
  summary: "The detectors of a station click without photons, more often.",
  target: { link: link("whose station") },
  args: { probability: probability("of a dark count per detector and window", [1e-4, 0.05]) },
  deceives: true,
} as const satisfies FaultKind;

export const detectorBlindness = {
  ...ofLink,
  name: "detector-blindness",
  summary: "The detectors of a station click no more, not even in the dark.",
  target: { link: link("whose station") },
  args: {},
} as const satisfies FaultKind;

export const falseHerald = {
  ...ofLink,
  name: "false-herald",
  summary: "A station announces pairs where there is nothing but noise.",
  target: { link: link("whose station") },
  args: { probability: probability("share of heralds that are false", [0.05, 1]) },
  deceives: true,
} as const satisfies FaultKind;

export const wrongBellIndex = {
  ...ofLink,
  name: "wrong-bell-index",
  summary: "A station announces another Bell state than the one it has heralded: its Z bit is flipped.",
  target: { link: link("whose station") },
  args: { probability: probability("share of heralds with a wrong index", [0.05, 1]) },
  deceives: true,
} as const satisfies FaultKind;

export const fidelityLie = {
  ...ofLink,
  services: ["link-layer"],
  name: "fidelity-lie",
  summary: "A node's link layer claims another fidelity of its pairs than they have.",
  target: { link: link("whose pairs"), node: endOfLink("the end that lies") },
  args: { fidelity: number("fidelity", "what it claims", [0.25, 1], [0.5, 1]) },
  deceives: true,
} as const satisfies FaultKind;

export const t2Collapse = {
  ...ofMemory,
  name: "t2-collapse",
  summary: "The memory of a node forgets phases sooner.",
  target: { node: node("whose memory") },
  args: { t2Ns: nanoseconds("its coherence time now, where it was longer", [100_000, 100_000_000]) },
  deceives: true,
} as const satisfies FaultKind;

export const readoutBias = {
  ...ofMemory,
  name: "readout-bias",
  summary: "The readout of a node errs more, and not as often both ways.",
  target: { node: node("whose readout") },
  args: {
    p01: number("probability", "of reading 1 where it was 0", [0, 0.5], [0, 0.2]),
    p10: number("probability", "of reading 0 where it was 1", [0, 0.5], [0, 0.2]),
  },
  deceives: true,
} as const satisfies FaultKind;

export const stuckSlot = {
  ...ofLink,
  services: ["node-controller"],
  name: "stuck-slot",
  summary: "A communication slot takes no half once it is empty.",
  target: { link: link("whose slot"), node: endOfLink("at which end") },
  args: { slot: count("which, from 0", [0, 0]) },
} as const satisfies FaultKind;
