import type { BellWeights } from "@bellmesh/bell";
import {
  bb84Fraction,
  chshMaximum,
  deviceIndependentFraction,
  errorRates,
  nestedAttempts,
  parallelAttempts,
  repeaterlessBound,
  sixStateFraction,
} from "@bellmesh/physics";
import type { PhysicsCase, Section } from "./physics-case.ts";

const werner = (f: number): BellWeights => [f, (1 - f) / 3, (1 - f) / 3, (1 - f) / 3];

function parallel(links: number, expected: string): PhysicsCase {
  const probabilities = Array.from({ length: links }, () => 0.01);
  return {
    what: `attempts until ${links} parallel links of p = 0.01 are all made`,
    expected,
    ours: () => parallelAttempts(probabilities).mean,
  };
}

function nested(q: number, levels: number, expected: string): PhysicsCase {
  const what = `attempts over ${levels} level${levels > 1 ? "s" : ""} of swaps of probability ${q}, p = 0.02`;
  return { what, expected, ours: () => nestedAttempts(0.02, q, levels) };
}

function worth(f: number, bb84: string, six: string, independent: string | undefined): PhysicsCase[] {
  const weights = werner(f);
  const trusting = [
    { what: `secret fraction of Werner ${f}, BB84`, expected: bb84, ours: () => bb84Fraction(weights) },
    { what: `secret fraction of Werner ${f}, six states`, expected: six, ours: () => sixStateFraction(weights) },
  ];
  if (independent === undefined) return trusting;
  const ours = () => deviceIndependentFraction(errorRates(weights).z, chshMaximum(weights));
  return [...trusting, { what: `secret fraction of Werner ${f}, no device trusted`, expected: independent, ours }];
}

export const rateCases: Section = {
  title: "Rates",
  about:
    "Waiting times by inclusion and exclusion and by distribution functions; secret fractions 1 − h(e_x) − h(e_z), " +
    "1 − H(p) and 1 − h(Q) − h((1 + √((S/2)² − 1))/2); the repeaterless bound −log₂(1 − η).",
  cases: [
    parallel(2, "149.7487"),
    parallel(3, "182.9151"),
    parallel(4, "207.7899"),
    parallel(8, "270.9245"),
    nested(1, 1, "74.747"),
    nested(1, 2, "103.621"),
    nested(1, 3, "135.029"),
    nested(0.5, 1, "149.495"),
    nested(0.5, 2, "431.542"),
    nested(0.5, 3, "1233.78"),
    ...worth(0.85, "0.0620088", "0.1524153", undefined),
    ...worth(0.9, "0.2932813", "0.3725082", "0.0477640"),
    ...worth(0.95, "0.5783154", "0.6343549", "0.4260826"),
    ...worth(0.99, "0.8844441", "0.9033572", "0.8394973"),
    { what: "repeaterless bound at η = 0.1", expected: "0.152003", ours: () => repeaterlessBound(0.1) },
    { what: "repeaterless bound at η = 0.01", expected: "0.0144996", ours: () => repeaterlessBound(0.01) },
  ],
};
