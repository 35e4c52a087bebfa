import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SmallMap } from "./small-map.ts";

const change = fc.record({
  of: fc.constantFrom("set", "set", "set", "delete", "clear" as const),
  key: fc.integer({ min: 0, max: 60 }).map(String),
});

describe("A small map", () => {
  test("does what a Map does, with few entries and with many", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        const [map, small] = [new Map<string, number>(), new SmallMap<string, number>()];
        for (const [value, { of, key }] of changes.entries()) {
          if (of === "delete") expect(small.delete(key)).toBe(map.delete(key));
          else if (of === "set") for (const one of [map, small]) one.set(key, value);
          else if (value % 7 === 0) for (const one of [map, small]) one.clear();
          expect([small.size, small.has(key), small.get(key)]).toEqual([map.size, map.has(key), map.get(key)]);
        }
        expect(small.keys()).toEqual([...map.keys()]);
        expect(small.values()).toEqual([...map.values()]);
      }),
      { numRuns: 100 },
    );
  });

  test("is as good as a Map when it has held many", () => {
    const small = new SmallMap<number, number>();
    for (let key = 0; key < 100; key += 1) small.set(key, -key);
    for (let key = 0; key < 99; key += 1) expect(small.delete(key)).toBe(true);
    expect([small.size, small.get(99), small.has(0)]).toEqual([1, -99, false]);
  });
});
