import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Latest } from "./latest.ts";

test("keeps the last so many in their order, and nothing once they are taken", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.integer()), (max, numbers) => {
      const latest = new Latest<number>(max);
      for (const number of numbers) latest.add(number);
      expect(latest.all()).toEqual(numbers.slice(-max));
      expect(latest.take()).toEqual(numbers.slice(-max));
      expect(latest.all()).toEqual([]);
    }),
  );
});
