import { exp } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fidelityOf, memoryDecay, multiply, weightsOf } from "./index.ts";

describe("memoryDecay", () => {
  test("gives the twirled fidelity of a Bell pair whose halves wait in different memories", () => {
    // Checked against an exact density-matrix calculation.
    const both = multiply(memoryDecay(10, 1, 0.2), memoryDecay(3, 0.5, 0.35));
    expect(fidelityOf(both)).toBeCloseTo(0.6713500627, 10);
  });

  test("gives the Pauli probabilities of the twirl: X and Y γ/4 each, Z ½(1 − e^(−t/T2)) − γ/4", () => {
    const gamma = 1 - exp(-0.3 / 2);
    const [, x, z, y] = weightsOf(memoryDecay(2, 0.9, 0.3));
    expect(x).toBeCloseTo(gamma / 4, 14);
    expect(y).toBeCloseTo(gamma / 4, 14);
    expect(z).toBeCloseTo(0.5 * (1 - exp(-0.3 / 0.9)) - gamma / 4, 14);
  });

  test("is pure dephasing when T1 is infinite, and nothing when both are or no time passes", () => {
    expect(memoryDecay(Number.POSITIVE_INFINITY, 2, 1)).toEqual({ x: exp(-0.5), y: exp(-0.5), z: 1 });
    expect(memoryDecay(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1e9)).toEqual({ x: 1, y: 1, z: 1 });
    expect(memoryDecay(5, 2, 0)).toEqual({ x: 1, y: 1, z: 1 });
  });

  test("is always a possible state and adds ages, for every T2 up to 2·T1", () => {
    const seconds = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    const fraction = fc.double({ min: 1e-6, max: 1, noNaN: true });
    fc.assert(
      fc.property(seconds, fraction, fraction, fraction, (t1S, ratio, first, second) => {
        const t2S = 2 * t1S * ratio;
        const once = memoryDecay(t1S, t2S, (first + second) * t2S);
        const twice = multiply(memoryDecay(t1S, t2S, first * t2S), memoryDecay(t1S, t2S, second * t2S));
        expect(() => weightsOf(once)).not.toThrow();
        expect(once.x).toBeCloseTo(twice.x, 13);
        expect(once.z).toBeCloseTo(twice.z, 13);
      }),
      { seed: 1 },
    );
  });

  test("refuses T2 > 2·T1, times that are not positive, and ages that are negative or endless", () => {
    expect(() => memoryDecay(1, 2.0000001, 0)).toThrow(/T2 <= 2\*T1/);
    expect(() => memoryDecay(1, 2, 0)).not.toThrow();
    for (const [t1S, t2S, ageS] of [
      [0, 0, 1],
      [1, -1, 1],
      [1, Number.POSITIVE_INFINITY, 1],
      [1, 1, -1e-9],
      [1, 1, Number.POSITIVE_INFINITY],
      [1, 1, Number.NaN],
      [Number.NaN, 1, 1],
    ] as const) {
      expect(() => memoryDecay(t1S, t2S, ageS)).toThrow(RangeError);
    }
  });
});
