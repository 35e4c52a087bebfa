import { fileURLToPath } from "node:url";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { objectionsOf, observe } from "./observed-run.ts";

const bench = loadTopology(fileURLToPath(new URL("../../examples/topologies/bench-mesh-3.yaml", import.meta.url)));

/**
 * Exchanges between clocks would see the delays. In a mesh of processes they do not, so clocks that never drift lock by
 * two exchanges here and are left in peace.
 */
const SYNC_S = 100;
const steady: Topology = {
  ...bench,
  clock: {
    ...bench.clock,
    stampJitterPs: 0,
    initialOffsetNs: 0,
    driftPpb: 0,
    agingPpbPerDay: 0,
    syncIntervalS: SYNC_S,
  },
};
const from = (SYNC_S + 0.1) * 1e9;

/** Everything between two places, or within one, takes longer from just after the clocks' second exchange on. */
function slow(ms: number, jitterMs: number): FaultEntry {
  const args = { ns: ms * 1e6, jitterNs: jitterMs * 1e6 };
  return { atNs: from, forNs: Number.POSITIVE_INFINITY, kind: "delay", target: {}, args };
}

function run(faults: readonly FaultEntry[]) {
  const request = { topology: steady, from: "n0", to: "n2", pairs: 300, seed: 4, maxTimeNs: 190e9 };
  const run = observe({ ...request, faults });
  return {
    delivered: run.report.delivered,
    seconds: run.report.deliveryNs / 1e9 - SYNC_S,
    objections: objectionsOf(run),
  };
}

describe("Over links that make a pair in half a millisecond, messages that are late by", () => {
  test.each([
    [0.1, 1, 1],
    [0.3, 3, 2],
    [3, 5, 8],
    [20, 60, 60],
  ])("%d to %d ms more cost time and fidelity, never the pair", (ms, jitterMs, withinS) => {
    const { delivered, seconds, objections } = run([slow(ms, jitterMs)]);
    expect(objections).toEqual([]);
    expect(delivered).toBe(300);
    expect(seconds).toBeLessThan(withinS);
  });
});
