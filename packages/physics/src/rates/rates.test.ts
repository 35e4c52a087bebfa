import type { BellWeights } from "@bellmesh/bell";
import { SeededEntropy } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bb84Fraction,
  binaryEntropy,
  chshMaximum,
  cutoffAttempts,
  deviceIndependentFraction,
  errorRates,
  nestedAttempts,
  parallelAttempts,
  parallelCoherence,
  repeaterlessBound,
  sequentialCoherence,
  sixStateFraction,
} from "../index.ts";

const werner = (f: number): BellWeights => [f, (1 - f) / 3, (1 - f) / 3, (1 - f) / 3];

describe("Links that try in parallel", () => {
  test.each([
    [1, 100],
    [2, 149.7487],
    [3, 182.9151],
    [4, 207.7899],
    [8, 270.9245],
  ])("%d of p = 0.01 take %d attempts on average", (links, mean) => {
    expect(parallelAttempts(Array.from({ length: links }, () => 0.01)).mean).toBeCloseTo(mean, 4);
  });

  test("have the mean and variance of a simulation, within 4 sigma (20,000 draws, seed 3)", () => {
    const chance = new SeededEntropy(3).stream("attempts");
    const probabilities = [0.02, 0.05, 0.03];
    const draws = Array.from({ length: 20_000 }, () => Math.max(...probabilities.map((p) => chance.geometric(p))));
    const mean = draws.reduce((sum, n) => sum + n, 0) / draws.length;
    const variance = draws.reduce((sum, n) => sum + (n - mean) * (n - mean), 0) / draws.length;
    const exact = parallelAttempts(probabilities);
    expect(Math.abs(mean - exact.mean)).toBeLessThan(4 * Math.sqrt(exact.variance / draws.length));
    expect(Math.abs(variance / exact.variance - 1)).toBeLessThan(4 * Math.sqrt(8 / draws.length));
  });

  test.each([
    [1, 1, 74.747],
    [1, 2, 103.621],
    [1, 3, 135.029],
    [0.5, 1, 149.495],
    [0.5, 2, 431.542],
    [0.5, 3, 1233.78],
  ])("and are nested with swaps of probability %d over %d levels take %d attempts at p = 0.02", (q, levels, mean) => {
    const ours = nestedAttempts(0.02, q, levels);
    expect(Math.abs(ours - mean)).toBeLessThanOrEqual(mean > 1000 ? 0.005 : 0.0005);
  });

  test("keep p/(2 − p) of a coherence that one attempt destroys, and all of one that none does", () => {
    expect(parallelCoherence(0.1, 0)).toBeCloseTo(0.1 / 1.9, 15);
    for (const coherence of [parallelCoherence, sequentialCoherence]) expect(coherence(0.1, 1)).toBeCloseTo(1, 14);
    // Summed term by term.
    let [sequential, parallel] = [0, 0];
    for (let n = 1; n < 600; n += 1) {
      sequential += 0.1 * 0.9 ** (n - 1) * 0.97 ** n;
      for (let m = 1; m < 600; m += 1) parallel += 0.01 * 0.9 ** (n + m - 2) * 0.97 ** Math.abs(n - m);
    }
    expect(sequentialCoherence(0.1, 0.97)).toBeCloseTo(sequential, 12);
    expect(parallelCoherence(0.1, 0.97)).toBeCloseTo(parallel, 12);
  });

  test("one after the other with a cutoff: without one 1/pA + 1/pB", () => {
    expect(cutoffAttempts(0.1, 0.2, 1000)).toBeCloseTo(15, 10);
    expect(cutoffAttempts(0.1, 0.2, 1)).toBeCloseTo(55, 10);
  });

  test("refuse what is no probability", () => {
    for (const p of [0, 1.1, Number.NaN]) expect(() => parallelAttempts([0.5, p])).toThrow(RangeError);
    expect(() => parallelAttempts([])).toThrow("at least one link");
    expect(() => nestedAttempts(0.5, 0.5, 1.5)).toThrow("levels");
    expect(() => cutoffAttempts(0.5, 0.5, 0)).toThrow("cutoff");
  });
});

describe("What a pair is worth", () => {
  test.each([
    [0.85, 0.1, 0.0620088, 0.1524153, 2.2627417],
    [0.9, 0.0666667, 0.2932813, 0.3725082, 2.4513035],
    [0.95, 0.0333333, 0.5783154, 0.6343549, 2.6398653],
    [0.99, 0.0066667, 0.8844441, 0.9033572, 2.7907148],
  ])("Werner %d: error rate %d, BB84 %d, six states %d, CHSH %d", (f, errors, bb84, six, chsh) => {
    const weights = werner(f);
    expect(errorRates(weights).z).toBeCloseTo(errors, 6);
    expect(bb84Fraction(weights)).toBeCloseTo(bb84, 6);
    expect(sixStateFraction(weights)).toBeCloseTo(six, 6);
    expect(chshMaximum(weights)).toBeCloseTo(chsh, 6);
  });

  test.each([
    [0.9, 0.047764],
    [0.95, 0.4260826],
    [0.99, 0.8394973],
  ])("Werner %d: %d without trust in any device", (f, fraction) => {
    const weights = werner(f);
    expect(deviceIndependentFraction(errorRates(weights).z, chshMaximum(weights))).toBeCloseTo(fraction, 6);
  });

  test.each([
    [bb84Fraction, 0.8349582],
    [sixStateFraction, 0.8107104],
  ])("%o is nothing below its threshold of %d", (fraction, threshold) => {
    expect(fraction(werner(threshold - 1e-6))).toBeLessThan(0);
    expect(fraction(werner(threshold + 1e-6))).toBeGreaterThan(0);
  });

  test.each([
    [0.1, 0.152003],
    [0.01, 0.0144996],
    [0.316228, 0.548412],
  ])("over a loss of η = %d no more than %d bits a mode without repeaters", (eta, bits) => {
    expect(repeaterlessBound(eta)).toBeCloseTo(bits, 5);
  });

  test("no fraction exceeds a bit, and six states are worth no less than two bases", () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), (parts) => {
        const sum = parts[0] + parts[1] + parts[2] + parts[3];
        fc.pre(sum > 1e-6);
        const weights = parts.map((one) => one / sum) as unknown as BellWeights;
        expect(sixStateFraction(weights)).toBeLessThanOrEqual(1 + 1e-12);
        expect(sixStateFraction(weights)).toBeGreaterThanOrEqual(bb84Fraction(weights) - 1e-12);
      }),
      { seed: 1 },
    );
  });

  test("entropy of a coin is a bit, and of certainty nothing", () => {
    expect([binaryEntropy(0.5), binaryEntropy(0), binaryEntropy(1)]).toEqual([1, 0, 0]);
    expect(() => binaryEntropy(1.5)).toThrow(RangeError);
  });
});
