import fc from "fast-check";
import { expect, test } from "vitest";
import { SeedSet } from "./seed-set.ts";

test("A set of seeds is what was added, whatever the order, and reads back as it is written", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 })), (seeds) => {
      const set = new SeedSet();
      for (const seed of seeds) set.add(seed);
      const expected = [...new Set(seeds)].toSorted((a, b) => a - b);
      expect([...set]).toEqual(expected);
      expect(set.size).toBe(expected.length);
      expect([...(SeedSet.parse(String(set)) as SeedSet)]).toEqual(expected);
    }),
  );
});

test("A set without another has what it had, but for what the other has; within it, that alone", () => {
  const seeds = fc.array(fc.integer({ min: 0, max: 40 }));
  fc.assert(
    fc.property(seeds, seeds, (some, others) => {
      const [set, other] = [new SeedSet(), new SeedSet()];
      for (const seed of some) set.add(seed);
      for (const seed of others) other.add(seed);
      expect([...set.without(other)]).toEqual([...set].filter((seed) => !other.has(seed)));
      expect([...set.within(other)]).toEqual([...set].filter((seed) => other.has(seed)));
    }),
  );
  expect(SeedSet.parse("1..9007199254740991")?.without(SeedSet.parse("5") as SeedSet).size).toBe(2 ** 53 - 2);
});

test("Neighbouring seeds become a range", () => {
  expect(String(SeedSet.parse("3,1..2,7,5"))).toBe("1..3,5,7");
});

test("What is no list of seeds is refused", () => {
  for (const text of ["x", "1..", "5..4", "-1", "1;2", "1.5", "99999999999999999"]) {
    expect(SeedSet.parse(text), text).toBeUndefined();
  }
});
