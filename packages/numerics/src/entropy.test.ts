import { describe, expect, test } from "vitest";
import { type EntropyStream, SeededEntropy, Tally } from "./index.ts";

const SEED = 20261121;

describe("SeededEntropy", () => {
  test("gives the same draws for the same seed and name, whatever other streams exist", () => {
    const alone = draws(new SeededEntropy(7).stream("link.a-b.herald"), 50);
    const entropy = new SeededEntropy(7);
    draws(entropy.stream("something.else"), 13);
    expect(draws(entropy.stream("link.a-b.herald"), 50)).toEqual(alone);
  });

  test("continues a stream that is asked for again", () => {
    const entropy = new SeededEntropy(7);
    const whole = draws(new SeededEntropy(7).stream("s"), 20);
    expect([...draws(entropy.stream("s"), 8), ...draws(entropy.stream("s"), 12)]).toEqual(whole);
    expect(entropy.stream("s")).toBe(entropy.stream("s"));
  });

  test("starts a stream over when asked for a fresh one, and leaves the continued one alone", () => {
    const entropy = new SeededEntropy(7);
    const first = draws(entropy.stream("s"), 8);
    expect(draws(entropy.fresh("s"), 8)).toEqual(first);
    expect([...first, ...draws(entropy.stream("s"), 8)]).toEqual(draws(entropy.fresh("s"), 16));
  });

  test("gives the known bits", () => {
    expect(draws(new SeededEntropy(0).stream(""), 4)).toEqual([1358064631, 4058099874, 1633878831, 1005832612]);
    expect(draws(new SeededEntropy(0xfedcba9876543210n).stream("clock.alice.oscillator"), 4)).toEqual([
      1714799168, 3304787185, 1044178184, 2711476839,
    ]);
    const stream = new SeededEntropy(1).stream("known");
    expect([stream.uniform(), stream.gaussian(), stream.gaussian(), stream.geometric(0.001)]).toEqual([
      0.9823960463713752, 1.6072826037669266, -0.986891534778142, 117,
    ]);
  });

  test("tells apart seeds that share their low half, and names that share their start", () => {
    const firsts = [
      new SeededEntropy(1).stream("a"),
      new SeededEntropy((1n << 32n) + 1n).stream("a"),
      new SeededEntropy(1).stream("a\0"),
      new SeededEntropy(1).stream("aa"),
      new SeededEntropy(1).stream(""),
    ].map((stream) => draws(stream, 4).join());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test("has no two equal streams among 20,000 similar names", () => {
    const entropy = new SeededEntropy(SEED);
    const firsts = new Set<string>();
    for (let i = 0; i < 20_000; i += 1) {
      firsts.add(draws(entropy.stream(`link.n${i}-n${i + 1}.herald`), 3).join());
    }
    expect(firsts.size).toBe(20_000);
  });

  test("refuses seeds that are no whole numbers in [0, 2^64)", () => {
    for (const seed of [-1, 1.5, Number.NaN, 2 ** 60, -1n, 1n << 64n]) {
      expect(() => new SeededEntropy(seed)).toThrow(RangeError);
    }
  });
});

describe("EntropyStream", () => {
  test("draws uniform numbers that fill [0, 1) evenly: chi-square of 1,000 cells within 4 sigma", () => {
    const stream = new SeededEntropy(SEED).stream("uniform");
    const cells = new Array<number>(1000).fill(0);
    let outside = 0;
    for (let i = 0; i < 500_000; i += 1) {
      const u = stream.uniform();
      outside += u >= 0 && u < 1 ? 0 : 1;
      cells[Math.floor(u * 1000)] = (cells[Math.floor(u * 1000)] as number) + 1;
    }
    const chiSquare = cells.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(outside).toBe(0);
    expect(Math.abs(chiSquare - 999)).toBeLessThan(4 * Math.sqrt(2 * 999));
  });

  test("uses all 53 bits of a uniform draw: each is set half of the time, within 4 sigma", () => {
    const stream = new SeededEntropy(SEED).stream("bits");
    const set = new Array<number>(53).fill(0);
    for (let i = 0; i < 20_000; i += 1) {
      const bits = BigInt(stream.uniform() * 2 ** 53);
      for (let bit = 0; bit < 53; bit += 1) {
        set[bit] = (set[bit] as number) + Number((bits >> BigInt(bit)) & 1n);
      }
    }
    for (const count of set) {
      expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(5_000));
    }
  });

  test("draws from streams of neighbouring names that are uncorrelated, within 4 sigma", () => {
    const entropy = new SeededEntropy(SEED);
    const [a, b] = [entropy.stream("n1"), entropy.stream("n2")];
    const product = new Tally();
    for (let i = 0; i < 100_000; i += 1) {
      product.add((a.uniform() - 0.5) * (b.uniform() - 0.5));
    }
    expect(Math.abs(product.mean)).toBeLessThan(4 * product.standardError);
  });

  test("draws normal numbers with moments 0, 1, 0 and 3, within 4 sigma", () => {
    const stream = new SeededEntropy(SEED).stream("gaussian");
    const powers = [new Tally(), new Tally(), new Tally(), new Tally()] as const;
    for (let i = 0; i < 200_000; i += 1) {
      const g = stream.gaussian();
      powers[0].add(g);
      powers[1].add(g * g);
      powers[2].add(g * g * g);
      powers[3].add(g * g * g * g);
    }
    for (const [i, moment] of [0, 1, 0, 3].entries()) {
      const tally = powers[i] as Tally;
      expect(Math.abs(tally.mean - moment)).toBeLessThan(4 * tally.standardError);
    }
  });

  test.each([0.9, 0.3, 0.01, 1e-6])(
    "draws geometric numbers with mean 1/p and variance (1-p)/p^2, p = %f, 4 sigma",
    (p) => {
      const stream = new SeededEntropy(SEED).stream("geometric");
      const tally = new Tally();
      const squares = new Tally();
      let outside = 0;
      for (let i = 0; i < 100_000; i += 1) {
        const n = stream.geometric(p);
        outside += Number.isSafeInteger(n) && n >= 1 ? 0 : 1;
        tally.add(n);
        squares.add((n - 1 / p) ** 2);
      }
      expect(outside).toBe(0);
      expect(Math.abs(tally.mean - 1 / p)).toBeLessThan(4 * tally.standardError);
      expect(Math.abs(squares.mean - (1 - p) / p ** 2)).toBeLessThan(4 * squares.standardError);
    },
  );

  test("draws a geometric number from exactly one uniform, and 1 when success is certain", () => {
    const [a, b] = [new SeededEntropy(3).stream("s"), new SeededEntropy(3).stream("s")];
    for (let i = 0; i < 100; i += 1) {
      const n = a.geometric(0.2);
      const u = b.uniform();
      expect(1 - 0.8 ** (n - 1) <= u + 1e-12 && u < 1 - 0.8 ** n + 1e-12).toBe(true);
      expect(a.geometric(1)).toBe(1);
      b.uniform();
    }
  });

  test("refuses a success probability outside (0, 1]", () => {
    const stream = new SeededEntropy(3).stream("s");
    for (const p of [0, -0.1, 1.0000001, Number.NaN]) {
      expect(() => stream.geometric(p)).toThrow(RangeError);
    }
  });
});

function draws(stream: EntropyStream, count: number): number[] {
  return Array.from({ length: count }, () => stream.uint32());
}
