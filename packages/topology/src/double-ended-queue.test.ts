import { describe, expect, test } from "vitest";
import { DoubleEndedQueue } from "./double-ended-queue.ts";
import { simulatedLine } from "./line-monte-carlo.ts";

const queue = (p: number, q: number, c: number, b = c) =>
  new DoubleEndedQueue({ probability: p, slots: c }, { probability: q, slots: b });

describe("two links that meet at a repeater", () => {
  test.each([
    [0.05, 0.05, 1],
    [0.05, 0.05, 2],
    [0.05, 0.05, 4],
    [0.05, 0.03, 1],
    [0.05, 0.03, 2],
    [0.03, 0.05, 4],
    [0.9, 0.7, 2],
  ])("lose and yield within 4σ what a simulation does: p = %f, q = %f, c = %i (100,000 pairs, seed 5)", (p, q, c) => {
    const keptPerStep = 0.99;
    const { kept, pairsPerStep } = simulatedLine([p, q], c, keptPerStep, 200, 5);
    const both = keptPerStep * keptPerStep;
    expect(Math.abs(queue(p, q, c).meanKept(both, both) - kept.mean)).toBeLessThan(4 * kept.standardError);
    // A success comes after 1/p steps with a sigma of at most 1/p, so the rate is good to 1/√100,000 = 0.32 %.
    expect(Math.abs(queue(p, q, c).throughput / pairsPerStep - 1)).toBeLessThan(4 * 0.0032);
  });

  test("yield p·2c/(2c + 1) for rare successes of equal links", () => {
    for (const c of [1, 4, 100]) expect(queue(1e-7, 1e-7, c).throughput / 1e-7).toBeCloseTo((2 * c) / (2 * c + 1), 6);
  });

  test("wait (c + 1)/2 successes of the other for rare successes of equal links", () => {
    for (const c of [1, 4, 20]) {
      const [p, loss] = [1e-5, 1e-11];
      expect((1 - queue(p, p, c).meanKept(1 - loss, 1 - loss)) / (loss / p)).toBeCloseTo((c + 1) / 2, 2);
    }
  });

  test("lose nothing where nothing decays or both succeed at once", () => {
    expect(queue(0.3, 0.01, 4, 2).meanKept(1, 1)).toBeCloseTo(1, 12);
    expect(queue(1, 1, 4).meanKept(0.5, 0.5)).toBe(1);
    expect(queue(1, 1, 4).throughput).toBe(1);
  });

  test("yield what the slower one does when they are very unequal and have many slots", () => {
    expect(queue(0.9, 1e-6, 1024).throughput / 1e-6).toBeCloseTo(1, 9);
    expect(queue(1, 0.001, 1024).throughput).toBeCloseTo(0.001, 12);
  });

  test("may change places", () => {
    const [there, back] = [queue(0.02, 0.07, 3, 5), queue(0.07, 0.02, 5, 3)];
    expect(there.meanKept(0.9, 0.99)).toBeCloseTo(back.meanKept(0.99, 0.9), 14);
    expect(there.throughput).toBeCloseTo(back.throughput, 14);
  });
});
