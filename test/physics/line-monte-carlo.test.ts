import { describe, expect, test } from "vitest";
import { batchMeans } from "./batch-means.ts";
import { doubleClickAttempt, type LineParameters, lineMonteCarlo } from "./line-monte-carlo.ts";
import { Sfc32 } from "./sfc32.ts";

/** Two links of one slot whose rounds are in step: the next round starts two cycles after the later emission. */
const twoLinks: LineParameters = {
  links: 2,
  armsKm: [5, 5],
  fibreSpeedKmPerS: 200_000,
  attenuationDbPerKm: 0,
  emissionEfficiency: Math.sqrt(0.1),
  emissionFidelity: 1,
  darkCountProbability: 0,
  visibility: 0.98,
  periodNs: 100_000,
  slots: 1,
  t1S: 0.02,
  t2S: 0.008,
  twoQubitDepolarising: 0.03,
  twoQubitNs: 1000,
  p01: 0.05,
  p10: 0.005,
  readoutNs: 1000,
};

describe("the independent Monte Carlo of a line", () => {
  test("has the published success probability and fidelity of double click", () => {
    const near = doubleClickAttempt(0.5, 0.5, 1e-3, 0.9, 1);
    const far = doubleClickAttempt(0.1, 0.3, 1e-3, 0.8, 1);
    expect(near.successProbability).toBeCloseTo(0.1259861, 7);
    expect(fidelityOf(near.correlations)).toBeCloseTo(0.9426621, 7);
    expect(far.successProbability).toBeCloseTo(0.01567812, 8);
    expect(fidelityOf(far.correlations)).toBeCloseTo(0.8702131, 7);
  });

  test("gives a noiseless chain of Werner pairs the known fidelity", () => {
    // Four pairs of fidelity 0.95: F = 1/4 + 3/4 w^4 with w = (4·0.95 − 1)/3.
    const emitted = Math.sqrt((4 * 0.95 - 1) / 3);
    const { fidelity } = lineMonteCarlo(
      {
        ...twoLinks,
        links: 4,
        emissionFidelity: (1 + 3 * emitted) / 4,
        visibility: 1,
        t1S: Number.POSITIVE_INFINITY,
        t2S: Number.POSITIVE_INFINITY,
        twoQubitDepolarising: 0,
        p01: 0,
        p10: 0,
      },
      100,
      1,
    );
    expect(fidelity.mean).toBeCloseTo(0.8191259, 7);
    expect(fidelity.standardError).toBeLessThan(1e-15);
  });

  test("delivers at the rate of the later of two links, within 4 sigma, seed 2", () => {
    const p = 0.05;
    const pairs = 100_000;
    const { pairsPerVirtualSecond } = lineMonteCarlo(twoLinks, pairs, 2);
    // E[max] and E[max²] of two geometric numbers, by inclusion and exclusion; one cycle goes to the feedforward.
    const either = 1 - (1 - p) * (1 - p);
    const mean = 2 / p - 1 / either;
    const meanSquare = (2 * (2 - p)) / (p * p) - (2 - either) / (either * either);
    const sigma = Math.sqrt((meanSquare - mean * mean) / pairs);
    const cyclesPerPair = 1e9 / (pairsPerVirtualSecond * twoLinks.periodNs);
    expect(Math.abs(cyclesPerPair - (mean + 1))).toBeLessThan(4 * sigma);
  });

  test("decoheres by the difference of two geometric numbers, within 4 sigma, seed 3", () => {
    const { fidelity } = lineMonteCarlo(twoLinks, 100_000, 3);
    const p = 0.05;
    // What always waits: at the repeater 50 µs each, at the ends 150 µs each. Then twice the difference in cycles.
    const alwaysS = 400e-6;
    const kept = (timeS: number) => {
      const perCycle = Math.exp(-200e-6 / timeS);
      const failing = perCycle * (1 - p);
      return (Math.exp(-alwaysS / timeS) * (p / (2 - p)) * (1 + failing)) / (1 - failing);
    };
    const bit = 1 - 0.055;
    const expected =
      (1 + 0.97 * bit * kept(twoLinks.t1S) + 0.98 * 0.98 * 0.97 * (bit + bit * bit) * kept(twoLinks.t2S)) / 4;
    expect(fidelity.standardError).toBeLessThan(1e-3);
    expect(Math.abs(fidelity.mean - expected)).toBeLessThan(4 * fidelity.standardError);
  });

  test("draws the same for the same seed, otherwise for another", () => {
    const mean = (seed: number) => lineMonteCarlo(twoLinks, 100, seed).fidelity.mean;
    expect(mean(4)).toBe(mean(4));
    expect(mean(4)).not.toBe(mean(5));
  });
});

test("batch means see the correlation of an autoregressive series, seed 6", () => {
  const chance = new Sfc32(6);
  const values: number[] = [];
  let last = 0;
  for (let index = 0; index < 200_000; index += 1) {
    last = 0.9 * last + chance.uniform() - 0.5;
    values.push(last);
  }
  // The error of the mean of such a series is σ/((1 − 0.9)√n), with σ² = 1/12 the variance of what is added.
  const expected = Math.sqrt(1 / 12 / 200_000) / (1 - 0.9);
  expect(batchMeans(values, 50).standardError / expected).toBeGreaterThan(0.6);
  expect(batchMeans(values, 50).standardError / expected).toBeLessThan(1.4);
});

function fidelityOf({ x, y, z }: { x: number; y: number; z: number }): number {
  return (1 + x + y + z) / 4;
}
