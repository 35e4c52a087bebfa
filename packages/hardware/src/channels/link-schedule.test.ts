import fc from "fast-check";
import { expect, test } from "vitest";
import { checkSchedule, commonSchedule, isUp, type LinkSchedule, nextUpS, ParameterError } from "../index.ts";

const schedule: LinkSchedule = [
  { fromS: 10, toS: 20 },
  { fromS: 30, toS: 35 },
];

/** Windows between distinct whole seconds. */
const anySchedule = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 12 }).map((edges): LinkSchedule => {
  const sorted = edges.toSorted((a, b) => a - b);
  return Array.from({ length: sorted.length >> 1 }, (_, place) => ({
    fromS: sorted[2 * place] as number,
    toS: sorted[2 * place + 1] as number,
  }));
});

test("a window begins with its first instant and ends before its last", () => {
  expect([9.9, 10, 19.9, 20, 30, 35].map((timeS) => isUp(schedule, timeS))).toEqual([
    ...[false, true, true],
    ...[false, true, false],
  ]);
  expect([0, 12, 20, 34, 35].map((timeS) => nextUpS(schedule, timeS))).toEqual([10, 12, 30, 34, undefined]);
});

test("two schedules are up in common just when both are", () => {
  fc.assert(
    fc.property(anySchedule, anySchedule, (one, other) => {
      const common = commonSchedule(one, other);
      checkSchedule(common);
      for (let timeS = -0.5; timeS < 62; timeS += 0.5) {
        expect(isUp(common, timeS)).toBe(isUp(one, timeS) && isUp(other, timeS));
      }
      expect(common).toEqual(commonSchedule(other, one));
    }),
    { seed: 91 },
  );
});

test("empty, overlapping and disordered windows are refused", () => {
  checkSchedule(schedule);
  expect(() => checkSchedule([{ fromS: 2, toS: 2 }])).toThrow(/schedule\[0\].toS is 2/);
  expect(() => checkSchedule([...schedule, { fromS: 34, toS: 40 }])).toThrow(/schedule\[2\].fromS is 34/);
  expect(() => checkSchedule([{ fromS: Number.NaN, toS: 1 }])).toThrow(ParameterError);
});
