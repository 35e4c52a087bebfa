import { LogHistogram } from "@bellmesh/mesh/grpc-nats";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { ProcessReport } from "@bellmesh/wire/telemetry";
import { describe, expect, test } from "vitest";
import { emulatorBudget } from "./emulator-budget.ts";

const line = loadTopology("line:3");
/** Hops of 10 km and 25 km at 200,000 km/s: 50 µs and 125 µs. The repeater's T2 of 100 ms is the shortest. */
const topology: Topology = {
  ...line,
  timeScale: 0.5,
  nodes: line.nodes.map((node, index) => ({
    ...node,
    memory: { ...node.memory, t1S: 10, t2S: index === 1 ? 0.1 : 1 },
  })),
  links: line.links.map((link, index) => ({ ...link, armsKm: index === 0 ? [5, 5] : [5, 20] })),
};
const path = ["n0", "n1", "n2"];

function reportOf(excessNs: readonly number[], oneWayNs: readonly number[]): ProcessReport {
  const [messageExcess, messageOneWay] = [excessNs, oneWayNs].map((values) => {
    const histogram = new LogHistogram();
    for (const value of values) histogram.add(value);
    return histogram.toMessage();
  });
  return { ...ProcessReport.fromJSON({}), messageExcess, messageOneWay };
}

describe("The emulator's budget", () => {
  test("sets what physics takes beside what the emulator takes", () => {
    // Half of 400 messages come in time and half 2 ms late: 1 ms on average, and a pair over two hops waits for 3.
    const inTime = reportOf(new Array(200).fill(0), new Array(200).fill(30_000));
    const late = reportOf(new Array(200).fill(2e6), new Array(200).fill(2e6));
    const reports = [inTime, late];
    const { physical, emulator, faithful, warning } = emulatorBudget({ topology, path, reports, delivered: 20 });
    expect(physical.lightNs).toBe(175_000);
    expect(physical.gatesNs).toBeGreaterThan(0);
    expect(emulator.messagesPerPair).toBe(20);
    expect(emulator.messagesWaitedFor).toBe(3);
    expect(emulator.t2S).toBe(0.1);
    expect(emulator.excess?.meanNs).toBe(1e6);
    expect(emulator.excess?.p99Ns).toBeGreaterThan(1.6e6);
    expect(emulator.excess?.p99Ns).toBeLessThanOrEqual(2e6);
    // ½(1 − exp(−2 · 3 ms / 100 ms)) = ½(1 − exp(−0.06)).
    expect(emulator.decoherence).toBeCloseTo(0.029117733, 9);
    expect(faithful).toBe(false);
    // 1 % is 0.34 of that, so timeScale is to be 0.5 · 0.3434.
    expect(warning).toMatch(/2\.9 % of the pairs; run slower with timeScale: 0\.17 \(now 0\.5\)/);
  });

  test("is faithful when nearly all messages are no slower than light over the shortest hop", () => {
    const budgetOf = (oneWayNs: readonly number[]) =>
      emulatorBudget({ topology, path, reports: [reportOf([0], oneWayNs)], delivered: 1 });
    const quick = new Array(995).fill(40_000);
    const few = budgetOf([...quick, 1e6, 1e6, 1e6, 1e6, 1e6]);
    expect([few.faithful, few.warning, few.emulator.decoherence]).toEqual([true, undefined, 0]);
    expect(budgetOf([...quick, ...new Array(20).fill(60_000)]).faithful).toBe(false);
  });

  test("says nothing about a run without messages, and refuses what is no path", () => {
    const { emulator, faithful, warning } = emulatorBudget({ topology, path, reports: [], delivered: 0 });
    expect(emulator).toMatchObject({ excess: null, oneWay: null, messagesPerPair: null, decoherence: null });
    expect([faithful, warning]).toEqual([null, undefined]);
    expect(() => emulatorBudget({ topology, path: ["n0"], reports: [], delivered: 0 })).toThrow(/two nodes/);
    const wrong = ["n0", "mallory"];
    expect(() => emulatorBudget({ topology, path: wrong, reports: [], delivered: 0 })).toThrow(/no node "mallory"/);
  });
});
