import { loadTopology } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { chaosRun } from "./chaos.ts";

const line = { topology: loadTopology("line:3"), from: "n0", to: "n2" };

test.each([21, 30, 75])("half a minute of crashes, outages and partitions, seed %d: no referee objects", (seed) => {
  expect(chaosRun({ ...line, seed, forNs: 30e9, everyNs: 3e9 }).wrong).toEqual([]);
});

test("nothing is left over when something goes wrong every half second", () => {
  expect(chaosRun({ ...line, seed: 4, forNs: 20e9, everyNs: 0.5e9, loss: 0.05 }).wrong).toEqual([]);
});

test("nature and a node that crash while the other is away leave every pair with one outcome", () => {
  const only = (process: string) => process === "quantum-state/nature" || process === "node-controller/n1";
  for (const seed of [1, 2, 3]) {
    expect(chaosRun({ ...line, seed, forNs: 20e9, everyNs: 1e9, only }).wrong, `seed ${seed}`).toEqual([]);
  }
});
