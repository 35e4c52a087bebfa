import { type Instant, instant } from "@bellmesh/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClockSegment, NodeClock, Oscillator } from "./index.ts";

const SECOND = 1_000_000_000;

describe("NodeClock", () => {
  test("is the oscillator itself before it is corrected", () => {
    const clock = clockOf(1500.25, 100);
    expect(clock.local(instant(0))).toBe(1500);
    expect(clock.local(instant(SECOND))).toBe(SECOND + 1600);
    expect(clock.offsetNs(instant(SECOND))).toBeCloseTo(1600.25, 6);
    expect(clock.hardware(instant(SECOND))).toEqual({ instant: SECOND + 1600, picoseconds: 250 });
  });

  test("shows 0 while it would show less", () => {
    const clock = clockOf(-1000.5, 0);
    expect(clock.local(instant(10))).toBe(0);
    expect(clock.hardware(instant(10))).toEqual({ instant: 0, picoseconds: 0 });
    expect(clock.offsetNs(instant(10))).toBe(-1000.5);
    expect(clock.trueAt(instant(0))).toBe(0);
    expect(clock.trueAt(instant(1))).toBe(1002);
  });

  test("follows a segment from its hardware reading on, and is unchanged before", () => {
    const clock = clockOf(5000, 0);
    clock.correct({
      fromHardwareNs: SECOND + 5000,
      fromHardwarePs: 0,
      disciplinedNs: SECOND,
      disciplinedPs: 500,
      frequencyPpb: 1000,
    });
    expect(clock.local(instant(SECOND - 1))).toBe(SECOND + 4999);
    expect(clock.local(instant(SECOND))).toBe(SECOND);
    expect(clock.offsetNs(instant(SECOND))).toBeCloseTo(0.5, 9);
    expect(clock.offsetNs(instant(2 * SECOND))).toBeCloseTo(1000.5, 6);
    expect(clock.hardware(instant(2 * SECOND))).toEqual({ instant: 2 * SECOND + 5000, picoseconds: 0 });
  });

  test("replaces segments that would start later, so that the last word holds", () => {
    const clock = clockOf(0, 0);
    clock.correct(segmentAt(10 * SECOND, 10 * SECOND + 7, 0));
    clock.correct(segmentAt(5 * SECOND, 5 * SECOND + 3, 0));
    expect(clock.offsetNs(instant(4 * SECOND))).toBe(0);
    expect(clock.offsetNs(instant(6 * SECOND))).toBe(3);
    expect(clock.offsetNs(instant(11 * SECOND))).toBe(3);
  });

  test("after a step forward gives the instant of the step for every local time that was skipped", () => {
    const clock = clockOf(0, 0);
    clock.correct(segmentAt(SECOND, SECOND + 100, 0));
    expect(clock.trueAt(instant(SECOND - 1))).toBe(SECOND - 1);
    for (const skipped of [0, 1, 50, 100]) {
      expect(clock.trueAt(instant(SECOND + skipped))).toBe(SECOND);
    }
    expect(clock.trueAt(instant(SECOND + 101))).toBe(SECOND + 1);
  });

  test("after a step back gives the second of the two true instants", () => {
    const clock = clockOf(0, 0);
    clock.correct(segmentAt(SECOND, SECOND - 100, 0));
    expect(clock.local(instant(SECOND - 1))).toBe(SECOND - 1);
    expect(clock.local(instant(SECOND))).toBe(SECOND - 100);
    expect(clock.trueAt(instant(SECOND - 100))).toBe(SECOND - 100);
    expect(clock.trueAt(instant(SECOND - 99))).toBe(SECOND + 1);
    expect(clock.trueAt(instant(SECOND - 50))).toBe(SECOND + 50);
    expect(clock.trueAt(instant(SECOND + 1))).toBe(SECOND + 101);
  });

  test("keeps to a picosecond at 10^15 ns: against whole-number arithmetic in picoseconds", () => {
    const clock = clockOf(0, 137);
    const start = 999_999_000_000_123;
    clock.correct({
      fromHardwareNs: start,
      fromHardwarePs: 777,
      disciplinedNs: start - 137_000_000_000,
      disciplinedPs: 21,
      frequencyPpb: -137,
    });
    for (let trueNs = 1_000_000_000_000_000; trueNs < 1_000_000_000_000_050; trueNs += 1) {
      // In units of 1e-18 s, all exact: hardware = true · (1 + 137e-9), then the segment.
      const hardware = BigInt(trueNs) * 1_000_000_000n + BigInt(trueNs) * 137n;
      const elapsed = hardware - (BigInt(start) * 1_000_000_000n + 777n * 1_000_000n);
      const from = BigInt(start - 137_000_000_000) * 1_000_000_000n + 21n * 1_000_000n;
      const exactPs =
        Number(from + elapsed - (elapsed * 137n) / 1_000_000_000n - BigInt(trueNs) * 1_000_000_000n) / 1e6;
      expect(Math.abs(clock.offsetNs(instant(trueNs)) * 1000 - exactPs)).toBeLessThan(1);
    }
  });

  test("stamps whole and broken nanoseconds of the hardware to a picosecond at 10^15 ns", () => {
    const clock = clockOf(0, 137);
    for (let trueNs = 1_000_000_000_000_000; trueNs < 1_000_000_000_000_050; trueNs += 1) {
      const stamp = clock.hardware(instant(trueNs));
      const exact = BigInt(trueNs) * 1_000n + (BigInt(trueNs) * 137n) / 1_000_000n;
      const stamped = BigInt(stamp.instant) * 1_000n + BigInt(stamp.picoseconds);
      expect(Math.abs(Number(stamped - exact))).toBeLessThanOrEqual(1);
      expect(stamp.picoseconds).toBeGreaterThanOrEqual(0);
      expect(stamp.picoseconds).toBeLessThan(1000);
    }
  });

  test("shows whole nanoseconds that never go back, and inverts them, for all segments", () => {
    fc.assert(
      fc.property(anyClock, fc.nat(10 * SECOND), fc.integer({ min: -30, max: 30 }), (clock, base, delta) => {
        const trueNs = instant(Math.max(0, base + delta));
        const local = clock.local(trueNs);
        expect(local).toBe(Math.max(0, trueNs + Math.floor(clock.offsetNs(trueNs))));
        const back = clock.trueAt(local);
        expect(clock.local(back)).toBeGreaterThanOrEqual(local);
        expect(back).toBeLessThanOrEqual(trueNs);
        if (back > 0) {
          expect(clock.local((back - 1) as Instant)).toBeLessThan(local);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test("refuses a frequency at which time would stand, and fields that are not finite", () => {
    const clock = clockOf(0, 0);
    expect(() => clock.correct(segmentAt(0, 0, -1e9))).toThrow(RangeError);
    expect(() => clock.correct(segmentAt(0, 0, Number.NaN))).toThrow(RangeError);
    expect(() => clock.correct(segmentAt(Number.POSITIVE_INFINITY, 0, 0))).toThrow(RangeError);
  });

  test("remembers the recent of very many segments", () => {
    const clock = clockOf(0, 0);
    for (let i = 1; i <= 1000; i += 1) {
      clock.correct(segmentAt(i * SECOND, i * SECOND + i, 0));
    }
    expect(clock.offsetNs(instant(950 * SECOND))).toBe(950);
    expect(clock.trueAt(instant(900 * SECOND + 950))).toBe(900 * SECOND + 50);
    expect(clock.offsetNs(instant(1001 * SECOND))).toBe(1000);
  });
});

/** Clocks of which each correction goes on where the last ended or steps forward, at a new frequency. */
const anyClock = fc
  .tuple(
    fc.double({ min: -1e4, max: 1e4, noNaN: true }),
    fc.integer({ min: -1000, max: 1000 }),
    fc.array(
      fc.tuple(fc.integer({ min: 1, max: SECOND }), fc.nat(200), fc.nat(999), fc.integer({ min: -1000, max: 1000 })),
      {
        maxLength: 8,
      },
    ),
  )
  .map(([offsetNs, driftPpb, corrections]) => {
    const clock = clockOf(offsetNs, driftPpb);
    let trueNs = 20_000;
    for (const [waitNs, stepNs, stepPs, frequencyPpb] of corrections) {
      trueNs += waitNs;
      const stamp = clock.hardware(instant(trueNs));
      clock.correct({
        fromHardwareNs: stamp.instant,
        fromHardwarePs: stamp.picoseconds,
        disciplinedNs: clock.local(instant(trueNs)) + 1 + stepNs,
        disciplinedPs: stepPs,
        frequencyPpb,
      });
    }
    return clock;
  });

function clockOf(offsetNs: number, driftPpb: number): NodeClock {
  return new NodeClock(new Oscillator({ offsetNs, driftPpb, agingPpbPerDay: 0 }));
}

function segmentAt(fromHardwareNs: number, disciplinedNs: number, frequencyPpb: number): ClockSegment {
  return { fromHardwareNs, fromHardwarePs: 0, disciplinedNs, disciplinedPs: 0, frequencyPpb };
}
