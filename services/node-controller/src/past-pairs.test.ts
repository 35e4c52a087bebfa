import { pairId } from "@bellmesh/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Past, PastPairs } from "./past-pairs.ts";

const link = fc.constantFrom("n0-n1", "n1-n2");
const pair = fc.record({
  link,
  incarnation: fc.integer({ min: 1, max: 11 }),
  sequence: fc.integer({ min: 1, max: 11 }),
});

test("Past pairs are those that have left, in whichever order their links number them", () => {
  const left = fc.record({ pair, past: fc.constantFrom<Past>("delivered", "ended"), isLinkKnown: fc.boolean() });
  fc.assert(
    fc.property(fc.array(left, { maxLength: 40 }), fc.array(pair, { maxLength: 20 }), (all, asked) => {
      const [pastPairs, expected] = [new PastPairs(), new Map<string, Past>()];
      for (const { pair: one, past, isLinkKnown } of all) {
        const name = pairId(one.link, one.incarnation, one.sequence);
        expected.set(name, past);
        if (isLinkKnown) pastPairs.add(name, past, one.link);
        else pastPairs.add(name, past);
      }
      for (const one of [...asked, ...all.map((each) => each.pair)]) {
        const name = pairId(one.link, one.incarnation, one.sequence);
        expect(pastPairs.has(name, one.link)).toBe(expected.has(name));
        expect(pastPairs.get(name)).toBe(expected.get(name));
      }
    }),
  );
});
