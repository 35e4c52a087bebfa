import { nestedRawPairs, pumpedRawPairs } from "@bellmesh/bell";
import {
  bell,
  fidelity,
  type PhysicsCase,
  pair,
  run,
  type Section,
  type Step,
  weight,
  werner,
} from "./physics-case.ts";

const distil = (protocol: string): Step => ({ op: "distil", protocol, keep: "a-b", measure: "c-d" });
const round = (keep: string, measure: string) => ({ op: "distil", protocol: "dejmps", keep, measure });

function bbpssw(f: number, success: string, improved: string): PhysicsCase[] {
  const steps = [pair("a", "b", werner(f)), pair("c", "d", werner(f)), distil("bbpssw")];
  return [
    {
      what: `BBPSSW of Werner ${f}: probability of success`,
      expected: success,
      ours: () => run(steps).successProbability,
    },
    { what: `BBPSSW of Werner ${f}: fidelity`, expected: improved, ours: () => fidelity(steps) },
  ];
}

function nested(f: number, improved: string, success: string): PhysicsCase[] {
  const steps = [
    ...["1", "2", "3", "4"].map((n) => pair(`a${n}`, `b${n}`, werner(f))),
    ...[round("a1-b1", "a2-b2"), round("a3-b3", "a4-b4"), round("a1-b1", "a3-b3")],
  ];
  const lastRound = () => run(steps).steps.at(-1)?.successProbability as number;
  return [
    { what: `DEJMPS, two nested rounds of Werner ${f}: fidelity`, expected: improved, ours: () => fidelity(steps) },
    { what: "the same: success of the second round", expected: success, ours: lastRound },
  ];
}

const [p, q] = [
  [0.75, 0.08, 0.12, 0.05],
  [0.7, 0.1, 0.05, 0.15],
] as const;
const dejmps = [pair("a", "b", bell(...p)), pair("c", "d", bell(...q)), distil("dejmps")];

const singleClick = (psi: number | readonly number[]) => {
  const state = { xState: { populations: [0, 0.4, 0.4, 0.2], psi }, announced: "psi+" };
  return [pair("a", "b", state), pair("c", "d", state), distil("epl")];
};

export const distillationCases: Section = {
  title: "Distillation",
  about:
    "BBPSSW: N = F² + 2Fe + 5e², F' = (F² + e²)/N, e = (1 − F)/3. DEJMPS with A = Φ+, B = Ψ−, C = Ψ+, D = Φ−: " +
    "N = (A+B)(a+b) + (C+D)(c+d), A' = (Aa+Bb)/N, B' = (Cd+Dc)/N, C' = (Cc+Dd)/N, D' = (Ab+Ba)/N. EPL of two " +
    "(1−α)Ψ+ + α|11⟩: ½(1−α)², and Ψ+ is left.",
  cases: [
    ...bbpssw(0.7, "0.68", "0.7352941"),
    ...bbpssw(0.8, "0.7688889", "0.8381503"),
    ...bbpssw(0.9, "0.8755556", "0.9263959390862945"),
    {
      what: "DEJMPS of [.75 .08 .12 .05] and [.7 .1 .05 .15]: probability of success",
      expected: "0.71",
      ours: () => run(dejmps).successProbability,
    },
    { what: "the same: Φ+", expected: "0.75", ours: () => weight(dejmps, "phi+") },
    { what: "the same: Ψ+", expected: "0.019718309859", ours: () => weight(dejmps, "psi+") },
    { what: "the same: Φ−", expected: "0.207746478873", ours: () => weight(dejmps, "phi-") },
    { what: "the same: Ψ−", expected: "0.022535211268", ours: () => weight(dejmps, "psi-") },
    ...nested(0.7, "0.8459459", "0.6401384"),
    ...nested(0.8, "0.9436392", "0.7445955"),
    ...nested(0.9, "0.9887635", "0.8679688"),
    {
      what: "EPL at α = 0.2: probability of success",
      expected: "0.32",
      ours: () => run(singleClick(0.4)).successProbability,
    },
    { what: "EPL at α = 0.2: fidelity", expected: "1", ours: () => fidelity(singleClick(0.4)) },
    {
      what: "the same where both pairs have an unknown phase of 1.1 rad",
      expected: "1",
      ours: () => fidelity(singleClick([0.4 * Math.cos(1.1), 0.4 * Math.sin(1.1)])),
    },
    {
      what: "raw pairs of two nested levels at 0.68 and 0.8: 2²/Πp",
      expected: "7.352941",
      ours: () => nestedRawPairs([0.68, 0.8]),
    },
    {
      what: "raw pairs of two rounds of pumping at 0.68 and 0.8: (2/p₁ + 1)/p₂",
      expected: "4.926471",
      ours: () => pumpedRawPairs([0.68, 0.8]),
    },
  ],
};
