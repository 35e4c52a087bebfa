import {
  doubleClick,
  estimateLink,
  fibreTransmission,
  heraldedPair,
  type LinkEstimate,
  type LinkScheme,
  largestAlpha,
  type Platform,
  platformLink,
  platforms,
  singleClick,
} from "@bellmesh/hardware";
import { chshMaximum } from "@bellmesh/physics";
import { fidelity, pair, run, type Step, werner } from "../cases/physics-case.ts";
import type { RowFigure, TableRow } from "./table-row.ts";

const netSquidLight = 214_000;

/** A link between two nodes of a platform, the station halfway, of so many km at 0.25 dB/km, as SquidASM has it. */
function linkOf(platform: string, lengthKm: number, alpha?: number): LinkEstimate {
  const end = platforms.get(platform) as Platform;
  const arm = {
    transmission: fibreTransmission(lengthKm / 2, 0.25, 0),
    delayS: lengthKm / 2 / netSquidLight,
    classicalDelayS: lengthKm / 2 / netSquidLight,
    noiseRateHz: 0,
  };
  return estimateLink(platformLink({ ends: [end, end], channels: [arm, arm], ...(alpha && { alpha: { alpha } }) }));
}

function byLength(platform: string, figures: readonly (readonly [number, string, string])[]): RowFigure[] {
  return figures.flatMap(([km, probability, fidelityExpected]) => [
    { what: `p at ${km} km`, expected: probability, isRate: true, ours: () => linkOf(platform, km).successProbability },
    { what: `F at ${km} km`, expected: fidelityExpected, ours: () => linkOf(platform, km).fidelity },
  ]);
}

/** BBPSSW of two Werner pairs. */
function bbpssw(f: number): readonly Step[] {
  return [
    pair("a1", "b1", werner(f)),
    pair("a2", "b2", werner(f)),
    { op: "distil", protocol: "bbpssw", keep: "a1-b1", measure: "a2-b2" },
  ];
}

function distilled(f: number, success: string, improved: string): RowFigure[] {
  return [
    { what: "probability of success", expected: success, ours: () => run(bbpssw(f)).successProbability },
    { what: "F", expected: improved, ours: () => fidelity(bbpssw(f)) },
  ];
}

const nv2019 = (alpha: number) => linkOf("nv-2019", 0, alpha);

const [byAlpha, rates] = [
  [
    [0.05, "3.59996e-5", "0.8532904"],
    [0.1, "7.09986e-5", "0.8197735"],
    [0.2, "1.409946e-4", "0.7338691"],
    [0.3, "2.109881e-4", "0.6436689"],
    [0.5, "3.509673e-4", "0.4606537"],
  ],
  [
    [0.05, "6.545"],
    [0.1, "12.91"],
    [0.2, "25.64"],
    [0.3, "38.36"],
    [0.5, "63.81"],
  ],
] as const;

const first = { alphaA: 0.1, alphaB: 0.1, etaA: 0.5, etaB: 0.5, darkCountProbability: 1e-3, visibility: 0.9 };
const second = { alphaA: 0.3, alphaB: 0.3, etaA: 0.01, etaB: 0.01, darkCountProbability: 1e-5, visibility: 0.85 };
const lopsided = { alphaA: 0.1, alphaB: 0.05, etaA: 0.02, etaB: 0.04, darkCountProbability: 1e-5, visibility: 0.8 };
const clean = { emissionFidelityA: 1, emissionFidelityB: 1, darkCountProbability: 1e-3 };
const even = { etaA: 0.5, etaB: 0.5, visibility: 0.9, ...clean };
const uneven = { etaA: 0.1, etaB: 0.3, visibility: 0.8, ...clean };

/** Success probability and fidelity of an attempt. */
function heralded(name: string, attempt: ReturnType<typeof singleClick>, p: string, f: string): RowFigure[] {
  return [
    { what: `p, ${name}`, expected: p, ours: () => attempt.successProbability },
    { what: `F, ${name}`, expected: f, ours: () => attempt.weights[0] },
  ];
}

/** The fidelity estimation of Dahlberg et al. 2019, on its own grid of α. */
const dahlbergGrid = Array.from({ length: 100 }, (_, place) => (0.5 * place) / 99);
const dahlberg: LinkScheme = {
  scheme: "dahlberg-single-click",
  ...{ etaA: 4e-4, etaB: 4e-4, darkCountProbability: 5e-7, visibility: 0.9 },
};

function chosen(minimum: number, alpha: string, f: string, p: string): RowFigure[] {
  const ours = () => largestAlpha(dahlberg, minimum, dahlbergGrid) ?? Number.NaN;
  return [
    { what: `α for F ≥ ${minimum}`, expected: alpha, ours },
    { what: `F for F ≥ ${minimum}`, expected: f, ours: () => heraldedPair(dahlberg, ours()).weights[0] },
    { what: `p for F ≥ ${minimum}`, expected: p, ours: () => heraldedPair(dahlberg, ours()).successProbability },
  ];
}

/** The best that the sixteen pairs of answers decided beforehand win of the CHSH game. */
function classicalChsh(): number {
  let best = 0;
  for (let strategy = 0; strategy < 16; strategy += 1) {
    const [a, b] = [(x: number) => (strategy >> x) & 1, (y: number) => (strategy >> (2 + y)) & 1];
    const won = [0, 1, 2, 3].filter((asked) => (a(asked & 1) ^ b(asked >> 1)) === (asked & 1 & (asked >> 1))).length;
    best = Math.max(best, won / 4);
  }
  return best;
}

/** Exact figures: of other tools' models, and of exact calculations. */
export const tableA: readonly TableRow[] = [
  {
    id: "A1",
    what: "BBPSSW of Werner 0.9",
    source: "Bennett et al. 1996; tutorial of SeQUeNCe",
    tolerance: { kind: "printed" },
    figures: distilled(0.9, "0.8755556", "0.9263959391"),
  },
  {
    id: "A2",
    what: "BBPSSW of Werner 0.7",
    source: "Bennett et al. 1996; tests of SeQUeNCe",
    tolerance: { kind: "printed" },
    figures: distilled(0.7, "0.68", "0.7352941"),
  },
  {
    id: "A3",
    what: "double click between trapped ions",
    source: "Avis et al. 2023 as configured in SquidASM",
    tolerance: { kind: "printed" },
    figures: byLength("trapped-ion", [
      [1, "5.821267e-3", "0.9443317"],
      [10, "3.468572e-3", "0.9441187"],
      [25, "1.463747e-3", "0.9436152"],
      [50, "3.478657e-4", "0.9421062"],
    ]),
  },
  {
    id: "A4",
    what: "double click between colour centres",
    source: "Avis et al. 2023 as configured in SquidASM",
    tolerance: { kind: "printed" },
    figures: byLength("colour-centre", [
      [1, "1.230724e-7", "0.9483090"],
      [10, "7.336196e-8", "0.9478102"],
      [25, "3.098878e-8", "0.9466325"],
      [50, "7.385894e-9", "0.9431148"],
    ]),
  },
  {
    id: "A5",
    what: "an attempt of A3: photon out and herald back, in µs",
    source: "L / 214,000 km/s",
    tolerance: { kind: "printed" },
    figures: (
      [
        [1, "4.6729"],
        [10, "46.729"],
        [25, "116.82"],
        [50, "233.64"],
      ] as const
    ).map(([km, expected]) => ({
      what: `${km} km`,
      expected,
      ours: () => 1e6 * linkOf("trapped-ion", km).attemptPeriodS,
    })),
  },
  {
    id: "A6",
    what: "single click between NV centres of 2019, all its noise",
    source: "Humphreys et al. 2018 as in netsquid-nv; exact photon numbers",
    tolerance: { kind: "printed" },
    figures: byAlpha.flatMap(([alpha, p, f]) => [
      { what: `p at α = ${alpha}`, expected: p, isRate: true, ours: () => nv2019(alpha).successProbability },
      { what: `F at α = ${alpha}`, expected: f, ours: () => nv2019(alpha).fidelity },
    ]),
  },
  {
    id: "A7",
    what: "rate of A6 at 5.5 µs an attempt, in Hz",
    source: "p / period",
    tolerance: { kind: "printed" },
    figures: rates.map(([alpha, expected]) => ({
      what: `α = ${alpha}`,
      expected,
      ours: () => nv2019(alpha).rateHz,
    })),
  },
  {
    id: "A8",
    what: "single click without dephasing",
    source: "exact photon numbers",
    tolerance: { kind: "printed" },
    figures: [
      ...heralded("α = 0.1, η = 0.5, d = 1e-3, V = 0.9", singleClick(first), "0.0990808", "0.8850650"),
      ...heralded("α = 0.3, η = 0.01, d = 1e-5, V = 0.85", singleClick(second), "0.006010145", "0.6722337"),
    ],
  },
  {
    id: "A9",
    what: "single click of unequal ends",
    source: "exact photon numbers",
    tolerance: { kind: "printed" },
    figures: heralded("α = 0.1, 0.05, η = 0.02, 0.04", singleClick(lopsided), "0.0040154799", "0.8729750519"),
  },
  {
    id: "A10",
    what: "double click",
    source: "Barrett & Kok 2005; exact photon numbers",
    tolerance: { kind: "printed" },
    figures: [
      ...heralded("η = 0.5, 0.5, V = 0.9", doubleClick(even), "0.1259861", "0.9426621"),
      ...heralded("η = 0.1, 0.3, V = 0.8", doubleClick(uneven), "0.01567812", "0.8702131"),
    ],
  },
  {
    id: "A11",
    what: "choice of α for a minimum fidelity, η = 4e-4, d = 5e-7, V = 0.9, among 100 values up to 0.5",
    source: "fidelity estimation of Dahlberg et al. 2019",
    tolerance: { kind: "printed" },
    figures: [
      ...chosen(0.6, "0.37879", "0.604836", "3.0401e-4"),
      ...chosen(0.65, "0.32828", "0.653672", "2.6361e-4"),
      ...chosen(0.7, "0.27778", "0.702329", "2.2321e-4"),
      ...chosen(0.75, "0.22727", "0.750688", "1.8281e-4"),
      ...chosen(0.8, "0.17172", "0.803229", "1.3837e-4"),
      ...chosen(0.85, "0.11616", "0.854142", "9.3927e-5"),
    ],
  },
  {
    id: "A12",
    what: "chains, teleportation, telegates, rates, key fractions",
    source: "see there",
    tolerance: { kind: "printed" },
    figures: [],
    remark: "All of [physics-cases.md](physics-cases.md), held by `test/physics/cases/physics-cases.test.ts`.",
  },
  {
    id: "A13",
    what: "transmission of fibre",
    source: "10^(−αL/10); QuNetSim",
    tolerance: { kind: "absolute", most: 0 },
    figures: [
      { what: "0 km", expected: "1", ours: () => fibreTransmission(0, 0.2, 0) },
      { what: "10,000 km at 1 dB/m", expected: "0", ours: () => fibreTransmission(1e4, 1000, 0) },
    ],
  },
  {
    id: "A14",
    what: "the CHSH game: ½ + S/8",
    source: "Clauser et al. 1969; an example of QuNetSim",
    tolerance: { kind: "printed" },
    figures: [
      { what: "with Φ+", expected: "0.8535534", ours: () => 0.5 + chshMaximum([1, 0, 0, 0]) / 8 },
      { what: "with answers decided beforehand", expected: "0.75", ours: classicalChsh },
    ],
  },
];
