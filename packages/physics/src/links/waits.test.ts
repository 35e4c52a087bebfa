import { ParameterError } from "@bellmesh/hardware";
import { SeededEntropy, Tally } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import {
  allLinksTail,
  attemptsLaw,
  eitherWaitsTail,
  firstWaitsTail,
  lineKept,
  parallelAttempts,
  parallelCoherence,
  type WaitingLaw,
  waitingLaw,
} from "../index.ts";
import { KOLMOGOROV_1_PERCENT, lawFit } from "./law-fit.ts";

const DRAWS = 100_000;
const probabilities = [0.02, 0.05, 0.03];

/** Steps until each link has succeeded; seed 11. */
const drawn = (() => {
  const chance = new SeededEntropy(11).stream("attempts");
  return Array.from({ length: DRAWS }, () => probabilities.map((p) => chance.geometric(p)));
})();

describe("Laws of waiting", () => {
  const cases: readonly (readonly [string, WaitingLaw, (steps: readonly number[]) => number])[] = [
    ["of one link", attemptsLaw(0.02, 1), (steps) => steps[0] as number],
    ["for all links", waitingLaw(allLinksTail(probabilities), 1), (steps) => Math.max(...steps)],
    [
      "of the first link for the others",
      waitingLaw(firstWaitsTail(0.02, [0.05, 0.03]), 1),
      (steps) => Math.max(...steps) - (steps[0] as number),
    ],
    [
      "of the earlier of two links for the later",
      waitingLaw(eitherWaitsTail(0.02, 0.05), 1),
      (steps) => Math.abs((steps[0] as number) - (steps[1] as number)),
    ],
  ];
  test.each(cases)(
    "%s: 100,000 draws fit by Kolmogorov and Smirnov at 1 %% and by moments within 4 sigma (seed 11)",
    (...[, law, of]) => {
      const fit = lawFit(drawn.map(of), law);
      expect(fit.distance).toBeLessThan(KOLMOGOROV_1_PERCENT);
      expect(Math.max(fit.meanSigmas, fit.varianceSigmas)).toBeLessThan(4);
    },
  );

  test("quantiles are the least whole steps by which enough has come", () => {
    const law = attemptsLaw(0.01, 2e-3);
    expect(law.quantileS(0.5)).toBeCloseTo(2e-3 * 69, 12);
    expect(law.quantileS(0)).toBe(0);
    for (const probability of [0.05, 0.5, 0.999]) {
      const timeS = law.quantileS(probability);
      expect(law.probabilityBy(timeS)).toBeGreaterThanOrEqual(probability - 1e-12);
      expect(law.probabilityBy(timeS - 2e-3)).toBeLessThan(probability);
    }
  });

  test("an attempt that always succeeds takes one period and no more", () => {
    const law = attemptsLaw(1, 3);
    expect([law.meanS, law.standardDeviationS, law.quantileS(0.99)]).toEqual([3, 0, 3]);
    expect([law.probabilityBy(2.9), law.probabilityBy(3)]).toEqual([0, 1]);
  });

  test("small probabilities keep their digits", () => {
    expect(attemptsLaw(1e-12, 1).meanS).toBeCloseTo(1e12, 0);
    expect(attemptsLaw(1e-12, 1).quantileS(0.5) / (1e12 * Math.LN2)).toBeCloseTo(1, 9);
  });

  test("the maximum has the mean and variance of the closed form", () => {
    const exact = parallelAttempts(probabilities);
    const law = waitingLaw(allLinksTail(probabilities), 1);
    expect(law.meanS).toBeCloseTo(exact.mean, 9);
    expect(law.standardDeviationS).toBeCloseTo(Math.sqrt(exact.variance), 8);
  });

  test("what cannot be is refused", () => {
    expect(() => attemptsLaw(0, 1)).toThrow(/successProbability is 0/);
    expect(() => attemptsLaw(0.5, 0)).toThrow(ParameterError);
    expect(() => attemptsLaw(0.5, 1).quantileS(1)).toThrow(/probability is 1/);
    expect(() => allLinksTail([])).toThrow(/links is 0/);
    expect(() => allLinksTail(Array.from({ length: 13 }, () => 0.5))).toThrow(/links is 13/);
    expect(() => lineKept([0.5, 0.5], [0, 0])).toThrow(/one for each of the 3 nodes/);
  });
});

describe("What waiting leaves of a line", () => {
  test.each([0.001, 0.1, 0.7])("of two links of p = %d is that of the half that waits, at both its ends", (p) => {
    const [end, repeater] = [Math.log(0.999), Math.log(0.98)];
    expect(lineKept([p, p], [end, repeater, end])).toBeCloseTo(parallelCoherence(p, 0.999 * 0.98), 12);
  });

  test("of three links is that of 100,000 draws within 4 sigma (seed 11)", () => {
    const logKept = [-0.004, -0.01, -0.006, -0.002];
    const [end0, repeater1, repeater2, end3] = logKept as [number, number, number, number];
    const tally = new Tally();
    for (const [a = 0, b = 0, c = 0] of drawn) {
      const last = Math.max(a, b, c);
      const waits = end0 * (last - a) + repeater1 * Math.abs(a - b) + repeater2 * Math.abs(b - c) + end3 * (last - c);
      tally.add(Math.exp(waits));
    }
    expect(Math.abs(lineKept(probabilities, logKept) - tally.mean)).toBeLessThan(4 * tally.standardError);
  });

  test("is everything when nothing decays or nothing waits", () => {
    expect(lineKept([0.1, 0.2, 0.3], [0, 0, 0, 0])).toBeCloseTo(1, 12);
    expect(lineKept([1, 1, 1], [-1, -1, -1, -1])).toBe(1);
    expect(lineKept([0.1], [-1, -1])).toBe(1);
  });
});
