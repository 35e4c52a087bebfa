import { describe, expect, test } from "vitest";
import { tandemLine } from "./tandem-line.ts";

const line = (probabilities: readonly number[], slots = 4) =>
  tandemLine(probabilities.map((probability) => ({ probability, slots })));

describe("a line of links", () => {
  test("yields the same at each of its repeaters", () => {
    const { throughput, repeaters } = line([0.01, 0.02, 0.008, 0.05, 0.01, 0.013]);
    for (const repeater of repeaters) expect(repeater.throughput / throughput).toBeCloseTo(1, 6);
  });

  test("yields less the longer it is, and never more than its slowest link", () => {
    let before = 0.01;
    for (const links of [2, 3, 5, 9, 33]) {
      const { throughput } = line(Array.from({ length: links }, () => 0.01));
      expect(throughput).toBeLessThan(before);
      before = throughput;
    }
    expect(line([0.5, 0.001, 0.5]).throughput).toBeLessThanOrEqual(0.001);
    expect(line([0.5, 0.001, 0.5]).throughput).toBeCloseTo(0.001, 5);
  });

  test("of links that never fail never waits", () => {
    expect(line([1, 1, 1, 1]).throughput).toBe(1);
    expect(line([0.25]).throughput).toBe(0.25);
  });

  test("is the same from either end", () => {
    const probabilities = [0.01, 0.02, 0.008, 0.05];
    expect(line(probabilities.toReversed()).throughput).toBeCloseTo(line(probabilities).throughput, 9);
  });
});
