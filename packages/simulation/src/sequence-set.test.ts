import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SequenceSet } from "./sequence-set.ts";

test("a sequence set is a set, whichever order the numbers come in", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (numbers) => {
      const set = new SequenceSet();
      const plain = new Set<number>();
      for (const number of numbers) {
        expect(set.add(number)).toBe(!plain.has(number));
        plain.add(number);
      }
      const highest = Math.max(0, ...numbers);
      const missing: number[] = [];
      for (const { first, last } of set.missing(1)) for (let n = first; n <= last; n++) missing.push(n);
      expect(missing).toEqual(Array.from({ length: highest }, (_, i) => i + 1).filter((n) => !plain.has(n)));
      for (const from of [1, 7]) {
        let next = from;
        while (plain.has(next)) next += 1;
        expect(set.prefixFrom(from)).toBe(next - 1);
      }
    }),
  );
});
