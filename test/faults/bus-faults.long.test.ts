import { expect, test } from "vitest";
import { faultsOf } from "./lossy-bus.ts";

const FIRST_SEED = 101;
const SEEDS = 200;

test(`over ${SEEDS} seeds of loss, duplication and reordering no referee objects and every parity is exact`, () => {
  const wrong: Record<number, readonly string[]> = {};
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const faults = faultsOf(seed);
    if (faults.length > 0) wrong[seed] = faults;
  }
  expect(wrong).toEqual({});
});
