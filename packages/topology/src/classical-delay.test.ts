import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classicalDelayNs } from "./classical-delay.ts";
import { testNetwork } from "./test-network.ts";

describe("the light time of a classical message", () => {
  const topology = testNetwork(
    [
      { between: ["a", "b"], armsKm: [2, 8] },
      { between: ["b", "c"], lengthKm: 10 },
      { between: ["a", "c"], lengthKm: 30 },
      { between: ["x", "y"], lengthKm: 1 },
    ],
    {},
  );

  test("follows the shortest fibre between nodes", () => {
    expect(classicalDelayNs(topology, "a", "b")).toBe(50_000);
    expect(classicalDelayNs(topology, "a", "c")).toBe(100_000);
    expect(classicalDelayNs(topology, "c", "a")).toBe(100_000);
  });

  test("is one arm's between a station and an end, and goes by an end to any other place", () => {
    expect(classicalDelayNs(topology, "a-b", "a")).toBe(10_000);
    expect(classicalDelayNs(topology, "b", "a-b")).toBe(40_000);
    expect(classicalDelayNs(topology, "a-b", "c")).toBe(90_000);
    expect(classicalDelayNs(topology, "a-b", "b-c")).toBe(40_000 + 25_000);
  });

  test("is nothing to the same place and to nature", () => {
    for (const place of ["a", "a-b", "nature"]) {
      expect(classicalDelayNs(topology, place, place)).toBe(0);
      expect(classicalDelayNs(topology, place, "nature")).toBe(0);
      expect(classicalDelayNs(topology, "nature", place)).toBe(0);
    }
  });

  test("is infinite where no fibre leads, and refused for a place that is not there", () => {
    expect(classicalDelayNs(topology, "a", "y")).toBe(Number.POSITIVE_INFINITY);
    expect(() => classicalDelayNs(topology, "a", "z")).toThrow(/no place "z"/);
    expect(() => classicalDelayNs(topology, "nature", "z")).toThrow(RangeError);
  });

  test("agrees with every path tried (Floyd & Warshall) on random networks", () => {
    const edge = fc.record({ a: fc.nat(6), b: fc.nat(6), km: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(fc.array(edge, { minLength: 1, maxLength: 14 }), (edges) => {
        const proper = edges.filter(({ a, b }) => a !== b);
        fc.pre(proper.length > 0);
        const random = testNetwork(
          proper.map(({ a, b, km }, i) => ({ name: `l${i}`, between: [`n${a}`, `n${b}`], lengthKm: km })),
          {},
          Array.from({ length: 7 }, (_, i) => `n${i}`),
        );
        const table = floydWarshall(proper);
        for (let i = 0; i < 7; i++) {
          for (let j = 0; j < 7; j++) {
            const expected = (table[i]?.[j] as number) * 5000;
            expect(classicalDelayNs(random, `n${i}`, `n${j}`)).toBe(expected);
          }
        }
      }),
      { numRuns: 50, seed: 11 },
    );
  });
});

function floydWarshall(edges: readonly { a: number; b: number; km: number }[]): number[][] {
  const table = Array.from({ length: 7 }, (_, i) =>
    Array.from({ length: 7 }, (_, j) => (i === j ? 0 : Number.POSITIVE_INFINITY)),
  );
  const at = (i: number, j: number) => table[i]?.[j] as number;
  const set = (i: number, j: number, km: number) => {
    if (km < at(i, j)) (table[i] as number[])[j] = km;
  };
  for (const { a, b, km } of edges) {
    set(a, b, km);
    set(b, a, km);
  }
  for (let k = 0; k < 7; k++) for (let i = 0; i < 7; i++) for (let j = 0; j < 7; j++) set(i, j, at(i, k) + at(k, j));
  return table;
}
