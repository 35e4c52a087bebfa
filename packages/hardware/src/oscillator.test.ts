import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Oscillator } from "./index.ts";

describe("Oscillator", () => {
  test("reads true time plus offset, drift and half of aging times time squared", () => {
    const oscillator = new Oscillator({ offsetNs: 250, driftPpb: 20, agingPpbPerDay: 2 });
    const dayNs = 86_400e9;
    expect(oscillator.offsetNs(0)).toBe(250);
    expect(oscillator.offsetNs(1e9)).toBeCloseTo(270, 4);
    expect(oscillator.offsetNs(dayNs)).toBeCloseTo(250 + 20 * 86_400 + 0.5 * 2 * 86_400, 6);
    expect(oscillator.frequencyError(dayNs)).toBeCloseTo(22e-9, 20);
    expect(oscillator.reading(1e9)).toBeCloseTo(1_000_000_270, 4);
  });

  test("is inverted by trueAt", () => {
    const parameters = fc.record({
      offsetNs: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      driftPpb: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      agingPpbPerDay: fc.double({ min: -10, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(parameters, fc.double({ min: 0, max: 1e15, noNaN: true }), (drawn, trueNs) => {
        const oscillator = new Oscillator(drawn);
        expect(Math.abs(oscillator.trueAt(oscillator.reading(trueNs)) - trueNs)).toBeLessThanOrEqual(0.25);
      }),
      { seed: 1 },
    );
  });

  test("refuses parameters that are not finite, and a drift that stops it", () => {
    expect(() => new Oscillator({ offsetNs: Number.NaN, driftPpb: 0, agingPpbPerDay: 0 })).toThrow(RangeError);
    expect(() => new Oscillator({ offsetNs: 0, driftPpb: -1e9, agingPpbPerDay: 0 })).toThrow(RangeError);
  });
});
