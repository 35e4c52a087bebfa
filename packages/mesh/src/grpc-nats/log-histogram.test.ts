import { Histogram } from "@bellmesh/wire/telemetry";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { histogramQuantile, LogHistogram, mergedHistogram } from "./log-histogram.ts";

function histogramOf(...values: number[]): Histogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram.toMessage();
}

/** Lower bound of a bucket: 2^(bucket / 4). */
const bound = (bucket: number) => 2 ** (bucket / 4);

describe("A histogram of quarter octaves", () => {
  test("puts every value into the bucket whose bounds hold it", () => {
    for (const value of [1, 1.18, 1.2, 1.5, 2, 3, 1000, 2 ** 31, 2 ** 32, 1e12, 2 ** 53]) {
      const bucket = histogramOf(value).buckets.indexOf(1);
      expect(value).toBeGreaterThanOrEqual(bound(bucket) * (1 - 1e-12));
      expect(value).toBeLessThan(bound(bucket + 1) * (1 + 1e-12));
    }
    expect(histogramOf(0, 0.3, 1).buckets).toEqual([3]);
  });

  test("keeps count, sum and largest value exactly, and crosses the wire", () => {
    const message = histogramOf(3, 0, 17.5);
    expect(message).toMatchObject({ count: 3, sum: 20.5, max: 17.5 });
    expect(Histogram.decode(Histogram.encode(message).finish())).toEqual(message);
  });

  test("gives quantiles to within a bucket, and none of nothing", () => {
    const values = fc.array(fc.double({ min: 2, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (samples, q) => {
        const sorted = samples.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] as number;
        const found = histogramQuantile(histogramOf(...samples), q) as number;
        expect(found).toBeGreaterThanOrEqual(exact / bound(1) / (1 + 1e-9));
        expect(found).toBeLessThanOrEqual(exact * bound(1) * (1 + 1e-9));
      }),
    );
    expect(histogramQuantile(histogramOf(), 0.5)).toBeUndefined();
  });

  test("of several is that of all their values", () => {
    const many = fc.array(fc.nat({ max: 1_000_000 }));
    fc.assert(
      fc.property(many, many, (a, b) => {
        expect(mergedHistogram([histogramOf(...a), histogramOf(...b)])).toEqual(histogramOf(...a, ...b));
      }),
    );
  });
});
