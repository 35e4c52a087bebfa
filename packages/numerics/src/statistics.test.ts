import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantile, Tally } from "./index.ts";

describe("Tally", () => {
  test("agrees with the two-pass moments", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2 }), (numbers) => {
        const tally = new Tally();
        for (const x of numbers) {
          tally.add(x);
        }
        const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
        const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (numbers.length - 1);
        expect(tally.count).toBe(numbers.length);
        expect(Math.abs(tally.mean - mean)).toBeLessThan(1e-6);
        expect(Math.abs(tally.variance - variance)).toBeLessThanOrEqual(1e-9 * variance + 1e-6);
        expect(tally.standardError).toBe(Math.sqrt(tally.variance / numbers.length));
        expect([tally.min, tally.max]).toEqual([Math.min(...numbers), Math.max(...numbers)]);
      }),
      { seed: 1 },
    );
  });

  test("keeps its digits when the spread is small beside the mean", () => {
    const tally = new Tally();
    for (const x of [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]) {
      tally.add(x);
    }
    expect(tally.variance).toBe(30);
  });

  test("knows nothing before the first number, and no spread before the second", () => {
    const tally = new Tally();
    expect([tally.count, tally.mean, tally.min, tally.max]).toEqual([0, Number.NaN, Number.NaN, Number.NaN]);
    tally.add(3);
    expect([tally.mean, tally.variance, tally.standardError]).toEqual([3, Number.NaN, Number.NaN]);
  });
});

describe("quantile", () => {
  test("interpolates between neighbours", () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((q) => quantile([1, 2, 3, 4], q))).toEqual([1, 1.75, 2.5, 3.7, 4]);
    expect(quantile([5], 0.3)).toBe(5);
  });

  test("is NaN of nothing and refuses a q outside [0, 1]", () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(() => quantile([1], 1.1)).toThrow(RangeError);
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
  });
});
