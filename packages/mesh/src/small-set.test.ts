import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SmallSet } from "./small-set.ts";

test("a small set is a set, in the order in which members came, also once it has been large", () => {
  const steps = fc.array(fc.record({ adds: fc.boolean(), member: fc.nat(60) }), { maxLength: 200 });
  const isSet = fc.property(steps, (taken) => {
    const [small, plain] = [new SmallSet<number>(), new Set<number>()];
    for (const { adds, member } of taken) {
      if (adds) {
        small.add(member);
        plain.add(member);
      } else expect(small.delete(member)).toBe(plain.delete(member));
      expect([small.size, small.has(member)]).toEqual([plain.size, plain.has(member)]);
      expect(small.all()).toEqual([...plain]);
    }
  });
  fc.assert(isSet, { seed: 1, numRuns: 50 });
});
