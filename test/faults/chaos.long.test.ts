import { loadTopology } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { chaosRun } from "./chaos.ts";

const FIRST_SEED = 1;
const SEEDS = 90;

test.each([
  ["line:3", "n0", "n2"],
  ["star:4", "n1", "n3"],
])(`on %s over ${SEEDS} seeds of a minute of crashes, outages and partitions no referee objects`, (name, from, to) => {
  const topology = loadTopology(name);
  const wrong: Record<number, readonly string[]> = {};
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const report = chaosRun({ topology, from, to, seed, forNs: 60e9, everyNs: 3e9 });
    if (report.wrong.length > 0) wrong[seed] = report.wrong;
  }
  expect(wrong).toEqual({});
});
