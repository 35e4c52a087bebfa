import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { SimulationOptions } from "@bellmesh/simulation";
import { type ClockSpec, loadTopology, type Topology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { objectionsOf, observe } from "./observed-run.ts";

const line = loadTopology("line:2");

/** A link of two nodes under these clocks, with this detection window. */
function observed(clock: Partial<ClockSpec>, windowNs: number, options: Partial<SimulationOptions> = {}) {
  const topology: Topology = {
    ...line,
    clock: { ...line.clock, ...clock },
    links: line.links.map((link) => ({ ...link, heralding: { ...link.heralding, detectionWindowNs: windowNs } })),
  };
  const run = observe({ topology, from: "n0", to: "n1", pairs: 600, seed: 5, ...options });
  expect(objectionsOf(run)).toEqual([]);
  const [cost] = run.report.clocks;
  if (!cost) throw new Error("the request needed a link");
  return { ...run.report, cost };
}

describe("What a clock costs a link", () => {
  test("is the second in which it locks, and next to nothing then, with White Rabbit", () => {
    const { cost, delivered } = observed({}, 5000);
    expect(delivered).toBe(600);
    expect(cost.refusedNs).toBeGreaterThan(0.9e9);
    expect(cost.refusedNs).toBeLessThan(3e9);
    expect(cost.visibilityLost).toBeLessThan(2e-3);
  });

  test("is fidelity with clocks of 100 ns: as much as the report says (600 pairs, seed 5)", () => {
    const clock = { stampJitterPs: 100_000, initialOffsetNs: 1000, driftPpb: 100 };
    const [worse, good] = [observed(clock, 5000), observed({}, 5000)];
    const lost = (good.fidelity.true ?? Number.NaN) - (worse.fidelity.true ?? Number.NaN);
    expect(worse.cost.fidelityLost).toBeGreaterThan(0.02);
    expect(Math.abs(lost - (worse.cost.fidelityLost as number) + (good.cost.fidelityLost as number))).toBeLessThan(
      5e-3,
    );
  });

  test("is everything where it may be off by more than half the window: the request times out", () => {
    const { cost, delivered, failed } = observed({ stampJitterPs: 10_000_000 }, 5000, { maxTimeNs: 20e9 });
    expect(delivered).toBe(0);
    expect(failed).toEqual({ timeout: 600 });
    expect(cost).toMatchObject({ rateLost: 1, visibilityLost: null, fidelityLost: null });
    expect(cost.attemptsRefused).toBe(Math.floor(cost.refusedNs / 100_000));
  });

  test("is the time in which clock synchronisation is gone, and pairs come again when it is back", () => {
    const gone: FaultEntry = {
      ...{ kind: "crash", atNs: 3e9, forNs: 5e9 },
      ...{ target: { process: "clock-sync/n1" }, args: {} },
    };
    const [broken, whole] = [observed({}, 5000, { faults: [gone] }), observed({}, 5000)];
    expect(broken.delivered).toBe(600);
    const moreNs = broken.cost.refusedNs - whole.cost.refusedNs;
    expect(moreNs).toBeGreaterThan(5e9);
    expect(moreNs).toBeLessThan(9e9);
    expect(Math.abs(broken.deliveryNs - whole.deliveryNs - moreNs)).toBeLessThan(2e9);
  });
});
