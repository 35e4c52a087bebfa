import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BellWeights,
  bellIndices,
  bellMeasurementDecay,
  combine,
  eigenvaluesOf,
  fidelityOf,
  multiply,
  ordinal,
  shifted,
  weightsOf,
} from "./index.ts";

const anyWeights: fc.Arbitrary<BellWeights> = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000))
  .filter((counts) => counts.some((count) => count > 0))
  .map(([a, b, c, d]) => {
    const sum = a + b + c + d;
    return [a / sum, b / sum, c / sum, d / sum];
  });

describe("Bell-diagonal pairs", () => {
  test("turn into eigenvalues and back", () => {
    fc.assert(
      fc.property(anyWeights, (weights) => {
        const back = weightsOf(eigenvaluesOf(weights));
        expect(distance(back, weights)).toBeLessThan(1e-15);
        expect(Math.min(...back)).toBeGreaterThanOrEqual(0);
        expect(Math.abs(fidelityOf(eigenvaluesOf(weights)) - weights[0])).toBeLessThan(1e-15);
      }),
      { seed: 1 },
    );
  });

  test("are perfect at eigenvalues 1 and maximally mixed at 0", () => {
    expect(weightsOf({ x: 1, y: 1, z: 1 })).toEqual([1, 0, 0, 0]);
    expect(weightsOf({ x: 0, y: 0, z: 0 })).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test("do not exist where a weight would be negative", () => {
    expect(weightsOf({ x: 1, y: 1 + 1e-12, z: 1 })[2]).toBe(0);
    expect(() => weightsOf({ x: 1, y: 0, z: 1 })).toThrow(RangeError);
    expect(() => weightsOf({ x: Number.NaN, y: 0, z: 0 })).toThrow(RangeError);
  });

  test("shift by XOR of the ordinals, and twice is none", () => {
    const weights: BellWeights = [0.6, 0.2, 0.15, 0.05];
    for (const by of bellIndices) {
      const moved = shifted(weights, by);
      for (const index of bellIndices) {
        expect(moved[ordinal(combine(index, by))]).toBe(weights[ordinal(index)]);
      }
      expect(shifted(moved, by)).toEqual(weights);
    }
  });

  test("multiply as the XOR convolution of their weights", () => {
    fc.assert(
      fc.property(anyWeights, anyWeights, (p, q) => {
        const sum = [0, 0, 0, 0];
        for (const i of bellIndices) {
          for (const j of bellIndices) {
            const k = ordinal(combine(i, j));
            sum[k] = (sum[k] as number) + p[ordinal(i)] * q[ordinal(j)];
          }
        }
        expect(distance(weightsOf(multiply(eigenvaluesOf(p), eigenvaluesOf(q))), sum)).toBeLessThan(1e-15);
      }),
      { seed: 1 },
    );
  });

  test("give the fidelity of a chain of four with noisy swaps", () => {
    // Checked against an exact density-matrix calculation: G = .97, p01 = .05, p10 = .005 at each of three swaps.
    const pairs: BellWeights[] = [
      [0.9, 0.04, 0.03, 0.03],
      [0.85, 0.05, 0.08, 0.02],
      [0.92, 0.01, 0.05, 0.02],
      [0.88, 0.06, 0.03, 0.03],
    ];
    let chain = pairs.map(eigenvaluesOf).reduce(multiply);
    for (let swap = 0; swap < 3; swap += 1) {
      chain = multiply(chain, bellMeasurementDecay(0.03, 0.05, 0.005));
    }
    expect(fidelityOf(chain)).toBeCloseTo(0.5369842757, 9);
  });

  test.each([
    [2, 0.9033333],
    [4, 0.8191259],
    [8, 0.6818724],
  ])("give the fidelity of %i Werner pairs of .95 swapped without noise: %f", (pairs, fidelity) => {
    const werner = eigenvaluesOf([0.95, 0.05 / 3, 0.05 / 3, 0.05 / 3]);
    expect(fidelityOf(new Array(pairs).fill(werner).reduce(multiply))).toBeCloseTo(fidelity, 7);
  });
});

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, k) => Math.abs(value - (b[k] as number))));
}
