import { fileURLToPath } from "node:url";
import { loadTopology } from "@bellmesh/topology";
import type { HardwareChanged } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";
import { eventsOf, type ObservedRun, objectionsOf, observe } from "./observed-run.ts";

const file = fileURLToPath(new URL("../../examples/topologies/bench-line-3.yaml", import.meta.url));
const topology = loadTopology(file);
const request = { topology, from: "n0", to: "n2", pairs: 800, seed: 11, maxTimeNs: 120e9 };
const AT_NS = 5.5e9;

/** Gates and memory of a repeater that have become much worse than its file says. */
const worse: Omit<HardwareChanged, "node" | "version" | "at"> = {
  memory: { t1Ns: 1e10, t2Ns: 2e8, attemptDephasingPpt: 0 },
  gates: {
    twoQubitDepolarisingPpt: 12e10,
    twoQubitNs: 40_000,
    oneQubitDepolarisingPpt: 0,
    oneQubitNs: 100,
    initialDepolarisingPpt: 0,
    initialNs: 0,
    crosstalkDepolarisingPpt: 0,
  },
  readout: { p01Ppt: 2e10, p10Ppt: 2e10, durationNs: 60_000 },
  storage: undefined,
};

function calibrating(version: number, changes: Partial<HardwareChanged> = worse, atNs = AT_NS) {
  const parts = { memory: undefined, gates: undefined, readout: undefined, storage: undefined };
  const hardware = { ...parts, node: "n1", version, at: 0, ...changes };
  return { atNs, request: { hardware, bounds: [] } };
}

/** What pairs delivered in a time were claimed to be worth by the end that was last, and what nature says. */
function delivered(run: ObservedRun, fromNs: number, untilNs: number) {
  const claims = new Map<string, number>();
  for (const { event } of eventsOf(run, "halfDelivered")) {
    const { pair, node, claimedFidelityPpb } = event.halfDelivered;
    claims.set(`${pair} ${node}`, claimedFidelityPpb / 1e9);
  }
  const pairs = eventsOf(run, "pairFidelity").flatMap(({ event: { pairFidelity: pair } }) => {
    const isFirstLast = pair.firstDeliveredAt >= pair.secondDeliveredAt;
    const atNs = Math.max(pair.firstDeliveredAt, pair.secondDeliveredAt);
    const last = isFirstLast ? `${pair.firstPair} ${pair.firstNode}` : `${pair.secondPair} ${pair.secondNode}`;
    const claimed = claims.get(last);
    const isIn = atNs >= fromNs && atNs < untilNs && claimed !== undefined;
    return isIn ? [{ claimed, excess: pair.fidelityPpt / 1e12 - claimed }] : [];
  });
  const mean = pairs.reduce((sum, { excess }) => sum + excess, 0) / pairs.length;
  const squares = pairs.reduce((sum, { excess }) => sum + (excess - mean) ** 2, 0);
  const claimed = pairs.reduce((sum, one) => sum + one.claimed, 0) / pairs.length;
  return { count: pairs.length, claimed, excess: mean, sigma: Math.sqrt(squares) / pairs.length };
}

describe("A calibration in the middle of a run", () => {
  const run = observe({ ...request, calibrations: [calibrating(1)] });

  test("changes claims with the truth: before and after within 4 sigma and 0.002 of nature, seed 11", () => {
    const [before, behind] = [delivered(run, 0, AT_NS), delivered(run, AT_NS, Infinity)];
    for (const { count, excess, sigma } of [before, behind]) {
      expect(count).toBeGreaterThan(200);
      expect(Math.abs(excess)).toBeLessThan(4 * sigma + 0.002);
    }
    expect(behind.claimed).toBeLessThan(before.claimed - 0.1);
  });

  test("leaves no referee anything to object to", () => {
    expect(run.report.delivered).toBe(request.pairs);
    expect(objectionsOf(run)).toEqual([]);
    expect(eventsOf(run, "hardwareChanged")).toHaveLength(1);
  });
});
