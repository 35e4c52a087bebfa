import * as fc from "fast-check";
import { expect, test } from "vitest";
import { disciplined, identitySegment, steered } from "./disciplined-segment.ts";
import { differencePs, shifted } from "./stamp.ts";

const reading = (instant: number, picoseconds = 0) => ({ instant, picoseconds });

test("the identity segment is the raw oscillator", () => {
  expect(disciplined(identitySegment, reading(123_456, 789))).toEqual(reading(123_456, 789));
});

test("a segment runs at its frequency from its start, to the picosecond, late in a long run", () => {
  const segment = steered(identitySegment, reading(2 ** 52, 500), 2.5);
  expect(disciplined(segment, reading(2 ** 52, 500))).toEqual(reading(2 ** 52, 500));
  // 2.5 ppb of a second is 2.5 ns.
  expect(disciplined(segment, reading(2 ** 52 + 1_000_000_000, 500))).toEqual(reading(2 ** 52 + 1_000_000_003, 0));
});

test("a new segment starts where the old one is, or a step away from it", () => {
  const old = steered(identitySegment, reading(1000), 300);
  const at = reading(5_000_000_000, 123);
  const before = disciplined(old, at);
  expect(disciplined(steered(old, at, -70), at)).toEqual(before);
  expect(differencePs(disciplined(steered(old, at, -70, -1_234_567), at), before)).toBe(-1_234_567);
});

test("shifting a stamp and taking the difference are each other's inverse", () => {
  const stamp = fc.record({
    instant: fc.integer({ min: 0, max: 2 ** 52 }),
    picoseconds: fc.integer({ min: 0, max: 999 }),
  });
  fc.assert(
    fc.property(stamp, fc.integer({ min: -1e15, max: 1e15 }), (start, byPs) => {
      const end = shifted(start, byPs);
      expect(end.picoseconds).toBeGreaterThanOrEqual(0);
      expect(end.picoseconds).toBeLessThan(1000);
      expect(differencePs(end, start)).toBe(byPs);
    }),
  );
});
