import { expect, test } from "vitest";
import { faultsOf } from "./lossy-bus.ts";

const FIRST_SEED = 101;
const SEEDS = 200;

test.each([
  { asked: "any fidelity", minFidelity: undefined },
  { asked: "a fidelity of 0.8", minFidelity: 0.8 },
])(
  `over ${SEEDS} seeds of loss, duplication and reordering, asked for $asked, no referee objects`,
  ({ minFidelity }) => {
    const wrong: Record<number, readonly string[]> = {};
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      const faults = faultsOf(seed, minFidelity);
      if (faults.length > 0) wrong[seed] = faults;
    }
    expect(wrong).toEqual({});
  },
);
