import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MidpointSourceParameters, midpointSource } from "../index.ts";

/** Error rate of what both ends read in one basis; Ψ− should read opposite bits. */
const errorRate = (weights: readonly [number, number, number, number]) => weights[1] + weights[3];

describe("midpointSource", () => {
  test.each([
    [0.02, 4.0852e-4, 0.00839],
    [0.1, 2.20691e-3, 0.03775],
    [0.4, 1.10275e-2, 0.11144],
  ])("with %f pairs a pulse has the gain and error rate of Ma, Fung & Lo 2007", (meanPairs, gain, error) => {
    const darkCountProbability = 1 - Math.sqrt(1 - 1e-5);
    const { successProbability, weights } = midpointSource({ meanPairs, etaA: 0.1, etaB: 0.2, darkCountProbability });
    expect(Math.abs(successProbability / gain - 1)).toBeLessThan(1e-5);
    expect(Math.abs(errorRate(weights) - error)).toBeLessThan(5e-6);
  });

  test("is the sum over photon numbers, to 1e-9", () => {
    const any = fc.record({
      meanPairs: fc.double({ min: 1e-3, max: 0.6, noNaN: true }),
      etaA: fc.double({ min: 0.01, max: 1, noNaN: true }),
      etaB: fc.double({ min: 0.01, max: 1, noNaN: true }),
      darkCountProbability: fc.double({ min: 0, max: 0.2, noNaN: true }),
      misalignment: fc.constant(0),
    });
    fc.assert(
      fc.property(any, (source) => {
        const { successProbability, weights, isBellDiagonal } = midpointSource(source);
        const { gain, error } = summed(source);
        expect(Math.abs(successProbability - gain)).toBeLessThan(1e-9);
        expect(Math.abs(errorRate(weights) - error / gain)).toBeLessThan(1e-9);
        expect(isBellDiagonal).toBe(true);
      }),
      { seed: 41, numRuns: 50 },
    );
  });

  test("turns the right state into white noise as its detectors are misaligned", () => {
    const source = { meanPairs: 1e-6, etaA: 1, etaB: 1, darkCountProbability: 0 };
    expect(errorRate(midpointSource({ ...source, misalignment: 0.03 }).weights)).toBeCloseTo(0.03, 5);
    expect(midpointSource({ ...source, misalignment: 0.5 }).weights[0]).toBeCloseTo(0.25, 12);
    expect(() => midpointSource({ ...source, misalignment: 0.6 })).toThrow(/misalignment is 0.6/);
  });

  test("errs more the more pairs a pulse makes, about in proportion", () => {
    const error = (meanPairs: number) =>
      errorRate(midpointSource({ meanPairs, etaA: 0.01, etaB: 0.01, darkCountProbability: 0 }).weights);
    expect(error(2e-3) / error(1e-3)).toBeCloseTo(2, 2);
    expect(error(0)).toBe(0.5);
  });

  test("refuses a negative mean and an infinite one", () => {
    const source = { etaA: 1, etaB: 1, darkCountProbability: 0 };
    expect(() => midpointSource({ ...source, meanPairs: -0.1 })).toThrow(/meanPairs is -0.1/);
    expect(() => midpointSource({ ...source, meanPairs: Number.POSITIVE_INFINITY })).toThrow(/meanPairs/);
  });
});

/** Two squeezers make n and m pairs; every photon is lost or not; an end with two clicks reads a random bit. */
function summed({ meanPairs, etaA, etaB, darkCountProbability: dark }: MidpointSourceParameters) {
  const lambda = meanPairs / 2;
  const pairs = Array.from({ length: 60 }, (_, n) => lambda ** n / (1 + lambda) ** (n + 1));
  let [gain, error] = [0, 0];
  for (const [n, one] of pairs.entries()) {
    for (const [m, other] of pairs.entries()) {
      const weight = one * other;
      if (weight < 1e-15) continue;
      const click = (eta: number, photons: number) => 1 - (1 - eta) ** photons * (1 - dark);
      const [a0, a1] = bits(click(etaA, n), click(etaA, m));
      const [b0, b1] = bits(click(etaB, m), click(etaB, n));
      gain += weight * (a0 + a1) * (b0 + b1);
      error += weight * (a0 * b0 + a1 * b1);
    }
  }
  return { gain, error };
}

function bits(zero: number, one: number): readonly [number, number] {
  const both = zero * one;
  return [zero - both / 2, one - both / 2];
}
