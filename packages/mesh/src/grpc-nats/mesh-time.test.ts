import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { MeshTime } from "./mesh-time.ts";

test("true mesh time is the monotonic clock since meshStart, times the scale", async () => {
  const start = process.hrtime.bigint() - 3_000_000_000n;
  const slow = new MeshTime(start, 0.5);
  await sleep(5);
  const before = Number(process.hrtime.bigint() - start) * 0.5;
  const read = slow.now();
  const after = Number(process.hrtime.bigint() - start) * 0.5;
  // Two readings of one clock through different functions: they may differ by its rounding.
  expect(read).toBeGreaterThanOrEqual(before - 1000);
  expect(read).toBeLessThanOrEqual(after + 1000);
  expect(Number.isInteger(read)).toBe(true);
});

test("two processes of one machine that share an anchor agree", () => {
  const start = process.hrtime.bigint() - 86_400_000_000_000n;
  const one = new MeshTime(start, 1);
  const other = new MeshTime(start, 1);
  const between = one.now();
  expect(other.now()).toBeGreaterThanOrEqual(between - 1000);
  expect(one.now()).toBeGreaterThanOrEqual(other.now() - 1_000_000);
});

test("the wall time until an instant takes the scale into account, and is below 0 for what has passed", () => {
  const slow = new MeshTime(process.hrtime.bigint(), 0.1);
  expect(slow.wallMsUntil(slow.now() + 1_000_000)).toBeGreaterThan(9);
  expect(slow.wallMsUntil(0)).toBeLessThanOrEqual(0);
});

test("before meshStart it is 0, and uncertainty is told in mesh time", () => {
  expect(new MeshTime(process.hrtime.bigint() + 60_000_000_000n, 1).now()).toBe(0);
  expect(new MeshTime(process.hrtime.bigint(), 0.1, 5000).uncertaintyNs).toBe(500);
});

test("a scale is above 0", () => {
  expect(() => new MeshTime(0n, 0)).toThrow(RangeError);
  expect(() => new MeshTime(0n, Number.NaN)).toThrow(RangeError);
});
