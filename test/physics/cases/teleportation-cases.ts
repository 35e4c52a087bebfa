import { bell, figure, pair, type Section, type Step } from "./physics-case.ts";

const sent = (more: Step) => () =>
  figure(
    [pair("a", "b", bell(0.85, 0.06, 0.05, 0.04)), { op: "teleport", pair: "a-b", input: "average", ...more }],
    "averageFidelity",
  );

const telegate =
  (weights: readonly number[], name: string, more: Step = {}) =>
  () =>
    figure([pair("a", "b", bell(...weights)), { op: "telegate", pair: "a-b", gate: "cnot", ...more }], name);

const pairs = [0.9, 0.04, 0.035, 0.025] as const;

export const teleportationCases: Section = {
  title: "Teleportation and telegates",
  about:
    "Teleportation through p = [.85 .06 .05 .04], six-state average: " +
    "½ + (G/6)[λx·l·e^(−t/T2) + λy·l²·e^(−t/T2) + λz·l·e^(−t/T1)], l = 1 − p01 − p10. Telegate CNOT through " +
    "[.9 .04 .035 .025]: the process fidelity is that of the pair, and a misread bit is a Pauli on the other side; " +
    "F_avg = (4F_e + 1)/5.",
  cases: [
    { what: "teleportation, no noise: (2F + 1)/3", expected: "0.9", ours: sent({}) },
    {
      what: "the receiver waits 0.1 s with T1 = 2 s, T2 = 0.3 s",
      expected: "0.8179056",
      ours: sent({ delayS: 0.1, t1S: 2, t2S: 0.3 }),
    },
    {
      what: "G = 0.97, p01 = 0.05, p10 = 0.01",
      expected: "0.8576080",
      ours: sent({ twoQubitDepolarising: 0.03, p01: 0.05, p10: 0.01 }),
    },
    { what: "telegate, no noise: F_e", expected: "0.9", ours: telegate(pairs, "processFidelity") },
    { what: "telegate, no noise: F_avg", expected: "0.92", ours: telegate(pairs, "averageGateFidelity") },
    {
      what: "each bit misread with 0.03: F_e",
      expected: "0.849015",
      ours: telegate(pairs, "processFidelity", { p01: 0.03, p10: 0.03 }),
    },
    {
      what: "both local CNOTs depolarise with 0.02: F_e",
      expected: "0.869285",
      ours: telegate(pairs, "processFidelity", { twoQubitDepolarising: 0.02 }),
    },
    {
      what: "the same: F_avg",
      expected: "0.895428",
      ours: telegate(pairs, "averageGateFidelity", { twoQubitDepolarising: 0.02 }),
    },
    {
      what: "a perfect pair, the control dephases over a round trip of 0.1 s, T2 = 1 s: ½(1 + e^(−0.1))",
      expected: "0.9524187090",
      ours: telegate([1, 0, 0, 0], "processFidelity", { delayS: 0.05, t2S: 1, idle: ["control"] }),
    },
  ],
};
