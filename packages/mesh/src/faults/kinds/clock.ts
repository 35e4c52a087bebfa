import type { FaultKind } from "../fault-kind.ts";
import { count, nanoseconds, node, number, signedNanoseconds } from "../field.ts";

const ofClock = { family: "clock", appliedBy: "services", services: ["clock-sync"] } as const;

/** Rates beyond this are no oscillator's. */
const DRIFT_MAX_PPB = 10_000;

export const clockStep = {
  ...ofClock,
  name: "clock-step",
  summary: "A node's disciplined clock jumps, and its servo has to find out.",
  target: { node: node("whose clock") },
  args: { stepNs: signedNanoseconds("by how much", [10, 1_000_000]) },
  isMomentary: true,
} as const satisfies FaultKind;

export const clockDrift = {
  ...ofClock,
  appliedBy: "host",
  services: ["physical-link", "quantum-state"],
  name: "clock-drift",
  summary: "A node's oscillator runs fast, or slow; what it has gained stays.",
  target: { node: node("whose oscillator") },
  args: { ppb: number("ppb", "how much fast", [-DRIFT_MAX_PPB, DRIFT_MAX_PPB], [-200, 200]) },
} as const satisfies FaultKind;

export const clockJitter = {
  ...ofClock,
  name: "clock-jitter",
  summary: "A node's time stamps err more, and its clock-sync does not know.",
  target: { node: node("whose stamps") },
  args: { sigmaNs: nanoseconds("standard deviation that comes to the usual one", [1, 10_000]) },
} as const satisfies FaultKind;

export const grandmasterLoss = {
  ...ofClock,
  name: "grandmaster-loss",
  summary: "A node's clock offers its time to nobody: it announces nothing and answers no exchange.",
  target: { node: node("whose clock; it matters where that is the grandmaster") },
  args: {},
} as const satisfies FaultKind;

export const falseAnnounce = {
  ...ofClock,
  name: "false-announce",
  summary: "A node's clock claims to be better than it is, and so becomes the grandmaster.",
  target: { node: node("whose clock lies") },
  args: { priority1: count("what it announces; the smallest wins, the reference says 1", [0, 1]) },
} as const satisfies FaultKind;
