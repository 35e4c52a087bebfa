import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BestMaster, type ClockDataSet, isBetter } from "./best-master.ts";
import { clockAccuracy } from "./clock-accuracy.ts";

const usual = {
  node: "n5",
  priority1: 128,
  clockClass: 248,
  clockAccuracy: 0x21,
  offsetScaledLogVariance: 0xffff,
  priority2: 128,
};
const INTERVAL_NS = 2e9;

function announce(node: string, sequence: number, more: Partial<ClockDataSet> = {}, incarnation = 1) {
  return { ...usual, node, incarnation, sequence, ...more };
}

describe("Of two clocks the better one is", () => {
  test("that of the smaller priority1, then class, accuracy, variance, priority2, and at last the smaller name", () => {
    const order = ["priority1", "clockClass", "clockAccuracy", "offsetScaledLogVariance", "priority2"] as const;
    for (const [place, field] of order.entries()) {
      // Better in this field, worse in all that come after it.
      const worseAfter = Object.fromEntries(order.slice(place + 1).map((later) => [later, usual[later] + 1]));
      const better = { ...usual, ...worseAfter, node: "n9", [field]: usual[field] - 1 };
      expect([isBetter(better, usual), isBetter(usual, better)]).toEqual([true, false]);
    }
    expect([isBetter({ ...usual, node: "n1" }, usual), isBetter(usual, { ...usual, node: "n1" })]).toEqual([
      true,
      false,
    ]);
  });

  test("the same whoever compares: the order is total", () => {
    const small = fc.integer({ min: 0, max: 2 });
    const dataSet = fc.record({
      node: fc.constantFrom("a", "b", "c"),
      priority1: small,
      clockClass: small,
      clockAccuracy: small,
      offsetScaledLogVariance: small,
      priority2: small,
    });
    fc.assert(
      fc.property(dataSet, dataSet, dataSet, (a, b, c) => {
        expect(isBetter(a, b) && isBetter(b, a)).toBe(false);
        if (isBetter(a, b) && isBetter(b, c)) expect(isBetter(a, c)).toBe(true);
      }),
      { seed: 1 },
    );
  });
});

describe("A clock that announces itself", () => {
  test("counts from its second announce on", () => {
    const best = new BestMaster(INTERVAL_NS);
    best.hear(0, announce("n1", 1));
    expect(best.best(0)).toBeUndefined();
    best.hear(2e9, announce("n1", 2));
    expect(best.best(2e9)?.node).toBe("n1");
  });

  test("does not count twice when the bus brings a copy or a straggler", () => {
    const best = new BestMaster(INTERVAL_NS);
    best.hear(0, announce("n1", 2));
    best.hear(1, announce("n1", 2));
    best.hear(2, announce("n1", 1));
    expect(best.best(2)).toBeUndefined();
  });

  test("begins anew when it has restarted", () => {
    const best = new BestMaster(INTERVAL_NS);
    best.hear(0, announce("n1", 7));
    best.hear(2e9, announce("n1", 1, {}, 2));
    expect(best.best(2e9)).toBeUndefined();
  });

  test("is gone after three intervals of silence, and gives way to the next best", () => {
    const best = new BestMaster(INTERVAL_NS);
    for (const sequence of [1, 2]) best.hear(sequence * 2e9, announce("n1", sequence, { priority1: 1 }));
    for (const sequence of [1, 2, 3, 4]) best.hear(sequence * 2e9, announce("n3", sequence));
    expect(best.best(9e9)?.node).toBe("n1");
    expect(best.best(10.1e9)?.node).toBe("n3");
    expect([best.isHeard(9e9, "n1"), best.isHeard(10.1e9, "n1")]).toEqual([true, false]);
  });

  test("is not gone while it answers, whatever the bus brings", () => {
    const best = new BestMaster(INTERVAL_NS);
    best.hear(0, announce("n1", 1));
    expect(best.isGone(60e9, "n1", 59e9)).toBe(false);
    expect(best.isGone(60e9, "n1", 53e9)).toBe(true);
  });
});

test("Accuracy is announced in the steps of IEEE 1588", () => {
  expect([0, 25e3, 25_001, 1e6, 1e12].map(clockAccuracy)).toEqual([0x17, 0x20, 0x21, 0x23, 0xfe]);
});
