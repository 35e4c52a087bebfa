import fc from "fast-check";
import { expect, test } from "vitest";
import { type ArmedCycles, AttemptSeries, attemptsThrough, paired } from "./attempt-series.ts";

const queueId = { queue: 1, sequence: 2 };

function fires(armed: ArmedCycles, cycle: number): boolean {
  return cycle >= armed.firstCycle && cycle <= armed.untilCycle && (cycle - armed.firstCycle) % armed.stride === 0;
}

const armedWith = (stride: number) =>
  fc
    .tuple(fc.nat(40), fc.nat(60))
    .map(([firstCycle, length]) => ({ queueId, firstCycle, stride, untilCycle: firstCycle + length }));

test("the common cycles of two armed series are those in which both fire and which were not tried before", () => {
  const cases = fc
    .integer({ min: 1, max: 7 })
    .chain((stride) => fc.tuple(armedWith(stride), armedWith(stride), fc.nat(80)));
  fc.assert(
    fc.property(cases, ([one, other, unspent]) => {
      const common = Array.from({ length: 120 }, (_, cycle) => cycle).filter(
        (cycle) => cycle >= unspent && fires(one, cycle) && fires(other, cycle),
      );
      const pairing = paired(one, other, unspent);
      if (typeof pairing === "string") {
        expect(common).toEqual([]);
        return;
      }
      expect([pairing.firstCycle, pairing.lastCycle]).toEqual([common[0], common.at(-1)]);
      expect(attemptsThrough(pairing, pairing.lastCycle)).toBe(common.length);
      expect(attemptsThrough(pairing, 50)).toBe(common.filter((cycle) => cycle <= 50).length);
    }),
  );
});

test("a series is decided by its success, or by its last cycle when that lies beyond", () => {
  const cycles = { firstCycle: 10, stride: 3, lastCycle: 22 };
  const decided = (attempts: number) => {
    const { decidingCycle, succeeds } = new AttemptSeries(cycles, attempts, 0);
    return [decidingCycle, succeeds];
  };
  expect(decided(1)).toEqual([10, true]);
  expect(decided(5)).toEqual([22, true]);
  expect(decided(6)).toEqual([22, false]);
  expect(decided(Number.POSITIVE_INFINITY)).toEqual([22, false]);
  expect(new AttemptSeries(cycles, 6, 100).attemptsMade(15)).toBe(102);
});
