import { expect, test } from "vitest";
import { MovingMedian } from "./moving-median.ts";
import { shifted } from "./stamp.ts";
import { TwoWayExchange } from "./two-way-exchange.ts";

const trueStart = { instant: 2 ** 51, picoseconds: 250 };

/** The four stamps of one exchange between noiseless clocks, ours `offsetPs` ahead. */
function stamps(offsetPs: number, toMasterPs: number, fromMasterPs: number) {
  const atMaster = shifted(trueStart, toMasterPs);
  return {
    requestSent: shifted(trueStart, offsetPs),
    requestReceived: atMaster,
    responseSent: atMaster,
    responseReceived: shifted(atMaster, fromMasterPs + offsetPs),
  };
}

test("an exchange over a symmetric path gives offset and delay to the picosecond", () => {
  const result = new TwoWayExchange().measure(stamps(-987_654_321, 50_000_001, 50_000_001));
  expect(result).toEqual({ offsetPs: -987_654_321, delayPs: 50_000_001 });
});

test("a path that is longer one way by d shifts the offset by d/2", () => {
  const result = new TwoWayExchange().measure(stamps(1000, 50_000_000, 50_000_600));
  expect(result).toEqual({ offsetPs: 1300, delayPs: 50_000_300 });
});

test("one delayed exchange among many does not move the delay", () => {
  const exchange = new TwoWayExchange();
  for (let i = 0; i < 5; i++) exchange.measure(stamps(0, 1000, 1000));
  expect(exchange.measure(stamps(0, 900_000, 1000)).delayPs).toBe(1000);
  expect(exchange.delaysKept).toBe(6);
  exchange.forget();
  expect(exchange.delaysKept).toBe(0);
});

test("a moving median is the mean of the middle two of an even number, and forgets the oldest", () => {
  const median = new MovingMedian(4);
  expect([5, 1, 3, 100, 100, 100].map((sample) => median.add(sample))).toEqual([5, 3, 3, 4, 51.5, 100]);
});
