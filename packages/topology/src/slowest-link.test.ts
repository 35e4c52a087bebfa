import { describe, expect, test } from "vitest";
import { meanTimeToAllNs } from "./slowest-link.ts";

const equal = (count: number, successProbability: number) =>
  meanTimeToAllNs(Array.from({ length: count }, () => ({ successProbability, periodNs: 1 })));

describe("the mean time until all links have succeeded", () => {
  test("is 1/p for one link and (3 − 2p)/(p(2 − p)) for two", () => {
    expect(equal(1, 0.25)).toBeCloseTo(4, 10);
    expect(equal(2, 0.01)).toBeCloseTo((3 - 0.02) / (0.01 * 1.99), 8);
    expect(equal(5, 1)).toBe(1);
  });

  test("is the alternating sum over subsets for three links of different probability", () => {
    const [p, q, r] = [0.5, 0.2, 0.05] as const;
    const any = (...some: number[]) => 1 / (1 - some.reduce((product, each) => product * (1 - each), 1));
    const expected = any(p) + any(q) + any(r) - any(p, q) - any(p, r) - any(q, r) + any(p, q, r);
    const sources = [p, q, r].map((successProbability) => ({ successProbability, periodNs: 10 }));
    expect(meanTimeToAllNs(sources)).toBeCloseTo(10 * expected, 8);
  });

  test("is near the harmonic number over p when successes are rare", () => {
    const harmonic = Array.from({ length: 32 }, (_, i) => 1 / (i + 1)).reduce((sum, term) => sum + term, 0);
    expect(equal(32, 1e-9) / (harmonic / 1e-9)).toBeCloseTo(1, 3);
    expect(equal(2, 2e-4) / ((3 - 4e-4) / (2e-4 * (2 - 2e-4)))).toBeCloseTo(1, 4);
  });

  test("takes links of different periods: 1/a + 1/b − 1/(a + b) for rare successes of rates a and b", () => {
    const [a, b] = [1e-3 / 100, 2e-3 / 700];
    const mean = meanTimeToAllNs([
      { successProbability: 1e-3, periodNs: 100 },
      { successProbability: 2e-3, periodNs: 700 },
    ]);
    expect(mean / (1 / a + 1 / b - 1 / (a + b))).toBeCloseTo(1, 2);
  });
});
