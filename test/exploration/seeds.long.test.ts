import { availableParallelism } from "node:os";
import { explore, type RareStateName, type TrialReport } from "@bellmesh/simulation/exploration";
import { describe, expect, test } from "vitest";

const SEEDS = 200;
const NS_PER_HOUR = 3_600e9;
/**
 * Rare states that some ten of these seeds reach at least. The others are so rare that only a thousand must reach each;
 * `bellmesh explore` says so when that many have not.
 */
const reachedBySome: readonly RareStateName[] = [
  "acknowledgement-lost-three-times",
  "cutoff-and-swap-at-the-same-instant",
  "double-herald",
  "expire-crossing-track",
  "expiry-race",
  "rollback-of-reservation",
  "sequence-wrap",
  "swap-under-loss",
  "track-before-its-swap",
];

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

async function reports(seeds: Iterable<number>, canary = false): Promise<readonly TrialReport[]> {
  const reports: TrialReport[] = [];
  await explore({ seeds, jobs: availableParallelism(), canary, onReport: (report) => reports.push(report) });
  return reports.toSorted((a, b) => a.seed - b.seed);
}

describe(`Seeds 1 to ${SEEDS}`, () => {
  test("break no rule, reach rare states, and give the same reports twice", async () => {
    const first = await reports(upTo(SEEDS));
    const violations = first.flatMap(({ seed, violations }) => violations.map((violation) => ({ seed, ...violation })));
    expect(violations).toEqual([]);
    expect(first.filter(({ endedBy }) => endedBy !== "settled").length).toBeLessThan(SEEDS / 20);
    const unreached = reachedBySome.filter((name) => !first.some(({ rareStates }) => (rareStates[name] ?? 0) > 0));
    expect(unreached).toEqual([]);
    const hours = first.reduce((sum, { virtualNs }) => sum + virtualNs, 0) / NS_PER_HOUR;
    console.log(`${SEEDS} seeds, ${hours.toFixed(2)} virtual hours`);
    expect(await reports(upTo(SEEDS / 2))).toEqual(first.slice(0, SEEDS / 2));
  });

  test("with a canary fail exactly where they are divisible by 100", async () => {
    const failing = (await reports([1, 99, 100, 101, 150, 199, 200, 201], true)).filter(
      ({ violations }) => violations.length > 0,
    );
    expect(failing.map(({ seed }) => seed)).toEqual([100, 200]);
  });
});
