import { SeededEntropy } from "@bellmesh/numerics";
import { expect, test } from "vitest";
import type { FaultEntry } from "./faults/fault-kinds.ts";
import { Faults } from "./faults.ts";

const always = { atNs: 0, forNs: Number.POSITIVE_INFINITY };
const everywhere = {};

function faults(...schedule: FaultEntry[]): Faults {
  return new Faults(new SeededEntropy(1), schedule);
}

function fates(under: Faults, count: number, from = "a", to = "b"): (readonly number[] | undefined)[] {
  return Array.from({ length: count }, () => under.message(5, "s.x", from, to));
}

test("without an active entry that fits, a message is untouched", () => {
  const under = faults(
    { kind: "loss", atNs: 10, forNs: 10, target: everywhere, args: { probability: 1 } },
    { kind: "delay", ...always, target: { subject: "t.>" }, args: { ns: 5, jitterNs: 0 } },
    { kind: "delay", ...always, target: { from: "c" }, args: { ns: 5, jitterNs: 0 } },
    { kind: "delay", ...always, target: { to: "c" }, args: { ns: 5, jitterNs: 0 } },
  );
  expect(under.message(9, "s.x", "a", "b")).toBeUndefined();
  expect(under.message(10, "s.x", "a", "b")).toEqual([]);
  expect(under.message(19, "s.x", "a", "b")).toEqual([]);
  expect(under.message(20, "s.x", "a", "b")).toBeUndefined();
  expect(under.message(20, "t.x", "a", "b")).toEqual([5]);
  expect(under.message(20, "s.x", "c", "b")).toEqual([5]);
  expect(under.message(20, "t.x", "c", "c")).toEqual([15]);
});

test("loss, duplication and reordering strike with their probabilities", () => {
  const loss = faults({ kind: "loss", ...always, target: everywhere, args: { probability: 0.1 } });
  const lost = fates(loss, 10_000).filter((fate) => fate?.length === 0).length;
  // Seed 1; binomial with sigma 30, within 4 sigma.
  expect(Math.abs(lost - 1000)).toBeLessThan(120);

  const twice = faults({ kind: "duplication", ...always, target: everywhere, args: { probability: 0.1, delayNs: 7 } });
  const doubled = fates(twice, 10_000).filter((fate) => fate?.length === 2);
  expect(Math.abs(doubled.length - 1000)).toBeLessThan(120);
  expect(doubled[0]).toEqual([0, 7]);

  const reorder = faults({
    kind: "reorder",
    ...always,
    target: everywhere,
    args: { probability: 0.1, maxDelayNs: 1e6 },
  });
  const held = fates(reorder, 10_000).filter((fate) => (fate?.[0] ?? 0) > 0);
  expect(Math.abs(held.length - 1000)).toBeLessThan(120);
  for (const fate of held) expect(fate?.[0]).toBeLessThanOrEqual(1e6);
});

test("delays are whole nanoseconds between the delay and the delay with all jitter", () => {
  const under = faults({ kind: "delay", ...always, target: everywhere, args: { ns: 100, jitterNs: 50 } });
  const delays = fates(under, 1000).map((fate) => fate?.[0] as number);
  expect(delays.every((ns) => Number.isInteger(ns) && ns >= 100 && ns <= 150)).toBe(true);
  expect(new Set(delays).size).toBeGreaterThan(40);
});

test("draws of one pair of places, or one kind, never shift another's", () => {
  const schedule: FaultEntry[] = [{ kind: "loss", ...always, target: everywhere, args: { probability: 0.5 } }];
  const alone = fates(faults(...schedule), 50);
  const beside = faults(...schedule, {
    kind: "delay",
    ...always,
    target: everywhere,
    args: { ns: 0, jitterNs: 10 },
  });
  const together = Array.from({ length: 50 }, () => {
    beside.message(5, "s.x", "b", "a");
    return beside.message(5, "s.x", "a", "b");
  });
  expect(together.map((fate) => fate?.length === 0)).toEqual(alone.map((fate) => fate?.length === 0));
});

test("a partition loses bus messages and holds RPC until it ends, one way or both", () => {
  const cut = (oneWay: boolean) =>
    faults({ kind: "partition", atNs: 10, forNs: 20, target: { a: ["a"], b: "*" }, args: { oneWay } });
  const both = cut(false);
  expect(both.message(10, "s", "a", "b")).toEqual([]);
  expect(both.message(10, "s", "b", "a")).toEqual([]);
  expect(both.message(30, "s", "b", "a")).toBeUndefined();
  expect(both.message(10, "s", "b", "c")).toBeUndefined();
  expect(both.message(10, "s", "a", "a")).toBeUndefined();
  expect([both.heldUntilNs(9, "a", "b"), both.heldUntilNs(10, "a", "b"), both.heldUntilNs(10, "b", "a")]).toEqual([
    9, 30, 30,
  ]);
  const oneWay = cut(true);
  expect([oneWay.heldUntilNs(10, "a", "b"), oneWay.heldUntilNs(10, "b", "a")]).toEqual([30, 10]);
});

test("partitions that follow one another hold RPC until the last has ended", () => {
  const target = { a: ["a"], b: ["b"] };
  const args = { oneWay: false };
  const under = faults(
    { kind: "partition", atNs: 25, forNs: 25, target, args },
    { kind: "partition", atNs: 10, forNs: 20, target, args },
  );
  expect(under.heldUntilNs(12, "a", "b")).toBe(50);
});

test("only delay and partition touch RPC, and a delay of some subjects does not", () => {
  const all: FaultEntry[] = [
    { kind: "loss", ...always, target: everywhere, args: { probability: 1 } },
    { kind: "duplication", ...always, target: everywhere, args: { probability: 1, delayNs: 7 } },
    { kind: "reorder", ...always, target: everywhere, args: { probability: 1, maxDelayNs: 1000 } },
    { kind: "delay", ...always, target: { subject: "s.>" }, args: { ns: 9, jitterNs: 0 } },
  ];
  expect(faults(...all).rpcDelayNs(5, "a", "b")).toBe(0);
  expect(faults(...all).heldUntilNs(5, "a", "b")).toBe(5);
  expect(
    faults({ kind: "delay", ...always, target: everywhere, args: { ns: 9, jitterNs: 0 } }).rpcDelayNs(5, "a", "b"),
  ).toBe(9);
});

test("nature is no place on the network: everywhere does not mean it, its name does", () => {
  const under = faults(
    { kind: "partition", ...always, target: { a: ["a"], b: "*" }, args: { oneWay: false } },
    { kind: "delay", ...always, target: { from: "*", to: "*" }, args: { ns: 9, jitterNs: 0 } },
  );
  expect(under.heldUntilNs(5, "a", "nature")).toBe(5);
  expect(under.rpcDelayNs(5, "a", "nature")).toBe(0);
  const named = faults({ kind: "delay", ...always, target: { to: "nature" }, args: { ns: 9, jitterNs: 0 } });
  expect(named.rpcDelayNs(5, "a", "nature")).toBe(9);
});

test("an entry that makes no sense is refused", () => {
  const loss = { kind: "loss" as const, target: everywhere };
  expect(() => faults({ ...loss, ...always, args: { probability: 1.1 } })).toThrow(RangeError);
  expect(() => faults({ ...loss, atNs: -1, forNs: 1, args: { probability: 0.5 } })).toThrow(RangeError);
  expect(() => faults({ ...loss, atNs: 0, forNs: Number.NaN, args: { probability: 0.5 } })).toThrow(RangeError);
});
