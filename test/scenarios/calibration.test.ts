import { fileURLToPath } from "node:url";
import { Tally } from "@bellmesh/numerics";
import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { AT_NS, calibrating, worse } from "./calibrating.ts";
import { eventsOf, type ObservedRun, objectionsOf, observe } from "./observed-run.ts";

const file = fileURLToPath(new URL("../../examples/topologies/bench-line-3.yaml", import.meta.url));
const topology = loadTopology(file);
const request = { topology, from: "n0", to: "n2", pairs: 400, seed: 11, maxTimeNs: 120e9 };

/** What pairs delivered in a time were claimed to be worth by the end that was last, and what nature says. */
function delivered(run: ObservedRun, fromNs: number, untilNs: number) {
  const claimedAt = new Map<string, number>();
  for (const { event } of eventsOf(run, "halfDelivered")) {
    const { pair, node, claimedFidelityPpb } = event.halfDelivered;
    claimedAt.set(`${pair} ${node}`, claimedFidelityPpb / 1e9);
  }
  const pairs = eventsOf(run, "pairFidelity").flatMap(({ event: { pairFidelity: pair } }) => {
    const isFirstLast = pair.firstDeliveredAt >= pair.secondDeliveredAt;
    const atNs = Math.max(pair.firstDeliveredAt, pair.secondDeliveredAt);
    const last = isFirstLast ? `${pair.firstPair} ${pair.firstNode}` : `${pair.secondPair} ${pair.secondNode}`;
    const claimed = claimedAt.get(last);
    const isIn = atNs >= fromNs && atNs < untilNs && claimed !== undefined;
    return isIn ? [{ claimed, excess: pair.fidelityPpt / 1e12 - claimed }] : [];
  });
  const [claims, excess] = [new Tally(), new Tally()];
  for (const pair of pairs) {
    claims.add(pair.claimed);
    excess.add(pair.excess);
  }
  return { claims, excess };
}

describe("A calibration in the middle of a run", () => {
  const run = observe({ ...request, calibrations: [calibrating(1)] });

  test("changes claims with the truth: before and after within 4 sigma and 0.002 of nature, seed 11", () => {
    const [before, behind] = [delivered(run, 0, AT_NS), delivered(run, AT_NS, Infinity)];
    for (const { excess } of [before, behind]) {
      expect(excess.count).toBeGreaterThan(100);
      expect(Math.abs(excess.mean)).toBeLessThan(4 * excess.standardError + 0.002);
    }
    expect(behind.claims.mean).toBeLessThan(before.claims.mean - 0.1);
  });

  test("leaves no referee anything to object to", () => {
    expect(run.report.delivered).toBe(request.pairs);
    expect(objectionsOf(run)).toEqual([]);
    expect(eventsOf(run, "hardwareChanged")).toHaveLength(1);
  });
});

/** Claims of halves delivered so long after the calibration that none of them was claimed before. */
function claimsAfter(run: ObservedRun): Tally {
  return delivered(run, AT_NS + 0.5e9, Infinity).claims;
}

describe("What a calibration says is known", () => {
  const learnt = claimsAfter(observe({ ...request, calibrations: [calibrating(1)] }));

  test.each([
    ["network-layer/n1", 200e6],
    ["node-controller/n1", -20e6],
    ["quantum-state/nature", 200e6],
    ["n2", -20e6],
  ])(
    "to %s that is down when it is made, or starts again later: claims within 4 sigma of the others, seed 11",
    (process, offsetNs) => {
      const crash = { kind: "crash", atNs: AT_NS + offsetNs, forNs: 100e6, target: { process }, args: {} } as const;
      const run = observe({ ...request, calibrations: [calibrating(1)], faults: [crash] });
      const { claims, excess } = delivered(run, AT_NS + 0.5e9, Infinity);
      const sigma = Math.hypot(claims.standardError, learnt.standardError);
      expect(Math.abs(claims.mean - learnt.mean)).toBeLessThan(4 * sigma);
      expect(Math.abs(excess.mean)).toBeLessThan(4 * excess.standardError + 0.002);
      expect(objectionsOf(run)).toEqual([]);
    },
  );

  test("once: an older version, or the same one with other values, changes neither truth nor claims", () => {
    const better = { gates: { ...(worse.gates as NonNullable<typeof worse.gates>), twoQubitDepolarisingPpt: 0 } };
    const refused = [calibrating(2), calibrating(2, better, AT_NS + 1e8), calibrating(1, better, AT_NS + 2e8)];
    const run = observe({ ...request, calibrations: refused });
    expect(eventsOf(run, "hardwareChanged")).toHaveLength(1);
    expect(claimsAfter(run).mean).toBeCloseTo(learnt.mean, 12);
    expect(objectionsOf(run)).toEqual([]);
  });
});

describe("A minimum fidelity that hardware, measured anew,", () => {
  const asking = { ...request, minFidelity: 0.9 };

  test("does not allow any more ends its request with that reason; what was delivered stays delivered", () => {
    const run = observe({ ...asking, calibrations: [calibrating(1)] });
    const { report } = run;
    expect(report.delivered).toBeGreaterThan(100);
    expect(report.failed).toEqual({ min_fidelity: request.pairs - report.delivered });
    expect(report.message).toContain("min_fidelity: 0.9 is more than any pair over n0 – n1 – n2 has (0.8");
    expect(delivered(run, AT_NS + 1e7, Infinity).claims.count).toBe(0);
    expect(objectionsOf(run)).toEqual([]);
  });

  test("still allows goes on, and no half is claimed below it", () => {
    const slightly = { memory: { t1Ns: 1e10, t2Ns: 5e8, attemptDephasingPpt: 0 } };
    const run = observe({ ...asking, calibrations: [calibrating(1, slightly)] });
    expect(run.report.delivered).toBe(request.pairs);
    const claims = eventsOf(run, "halfDelivered").map(({ event }) => event.halfDelivered.claimedFidelityPpb / 1e9);
    expect(Math.min(...claims)).toBeGreaterThanOrEqual(0.9);
    expect(objectionsOf(run)).toEqual([]);
  });
});

test("Bits that ends measure disagree as often as the hardware in force makes them, and no oftener, seed 11", () => {
  const noisy = { readout: { p01Ppt: 3.5e11, p10Ppt: 3.5e11, durationNs: 1000 } };
  const ends = ["n0", "n2"].map((node) => calibrating(1, { node, ...noisy }, 2.5e9));
  const run = observe({ ...request, tomography: true, calibrations: ends });
  expect(run.report.verdicts.find(({ name }) => name === "key-bits")).toMatchObject({ verdict: "true" });
  expect(objectionsOf(run)).toEqual([]);
});
