import fc from "fast-check";
import { expect, test } from "vitest";
import { ddmin } from "./ddmin.ts";

const numbers = (length: number) => Array.from({ length }, (_, index) => index);

test("A list is cut down to exactly what the failure needs, whatever that is", () => {
  const list = numbers(200);
  const needed = fc.uniqueArray(fc.integer({ min: 0, max: 199 }), { maxLength: 6 });
  fc.assert(
    fc.property(needed, (those) => {
      const found = ddmin(list, (part) => those.every((one) => part.includes(one)));
      expect(found).toEqual(those.toSorted((a, b) => a - b));
    }),
  );
});

test("200 items of which 8 matter take fewer than 400 runs", () => {
  let runs = 0;
  const those = [3, 40, 41, 77, 120, 150, 151, 199];
  ddmin(numbers(200), (part) => {
    runs += 1;
    return those.every((one) => part.includes(one));
  });
  expect(runs).toBeLessThan(400);
});

test("What fails with nothing is cut down to nothing, in one run", () => {
  let runs = 0;
  expect(
    ddmin(numbers(50), () => {
      runs += 1;
      return true;
    }),
  ).toEqual([]);
  expect(runs).toBe(1);
});
