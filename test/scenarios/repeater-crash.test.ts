import { loadTopology } from "@bellmesh/topology";
import { Outcome } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";
import { endedAt, eventsOf, objectionsOf, observe } from "./observed-run.ts";

const request = { topology: loadTopology("line:3"), from: "n0", to: "n2", pairs: 300, seed: 7, maxTimeNs: 60e9 };
const crashedAtNs = 2_345_678_901;

describe("A repeater that restarts in mid-request", () => {
  const fault = { kind: "crash", atNs: crashedAtNs, forNs: 500e6, target: { process: "n1" }, args: {} } as const;
  const run = observe({ ...request, faults: [fault] });
  const lost = endedAt(run, "n1", Outcome.LOST_CRASH);

  test("does not keep the request from completing, and no referee objects", () => {
    expect(run.report.delivered).toBe(300);
    expect(run.report.failed).toEqual({});
    expect(objectionsOf(run)).toEqual([]);
  });

  test("loses what it held, and nature says so", () => {
    expect(lost.length).toBeGreaterThan(0);
    const held = new Set<string>();
    for (const { event, at } of run.ledger) {
      if (at >= crashedAtNs) break;
      if (event?.$case === "halfStored" && event.halfStored.node === "n1") held.add(event.halfStored.pair);
      if (event?.$case !== "pairsSwapped") continue;
      held.delete(event.pairsSwapped.upstreamPair);
      held.delete(event.pairsSwapped.downstreamPair);
    }
    for (const pair of held) expect(lost).toContain(pair);
  });

  test("uses nothing of its former incarnation", () => {
    const afterwards = run.ledger.filter(({ at, writer }) => at > crashedAtNs && writer === "node-controller/n1");
    for (const { event, incarnation } of afterwards) {
      expect(incarnation).toBe(2);
      for (const pair of lost) expect(JSON.stringify(event)).not.toContain(`"${pair}"`);
    }
  });

  test("gets the circuit anew, under another name", () => {
    const installed = eventsOf(run, "circuitInstalled").map(({ event }) => event.circuitInstalled);
    expect(installed.filter(({ node }) => node === "n1").map(({ circuit }) => circuit)).toEqual(["n0/1/1", "n0/1/2"]);
    const reasons = eventsOf(run, "circuitTornDown").map(({ event: { circuitTornDown } }) => circuitTornDown.reason);
    expect(reasons).toEqual(["n2 lost its neighbour n1", "n0 lost its neighbour n1"]);
  });
});

describe("Any one process of a line", () => {
  const processes = [
    "network-layer/n1",
    "node-controller/n1",
    "link-layer/n1",
    "link-layer/n0",
    "clock-sync/n1",
    "physical-link/n0-n1",
    "quantum-state/nature",
    "node-controller/n2",
    "network-layer/n2",
    "link-layer/n2",
    "n2",
  ];
  const lossy = { kind: "loss", atNs: 0, forNs: Number.POSITIVE_INFINITY, target: { subject: ">" } } as const;

  test.each(processes)("%s may crash on a lossy bus, and the request completes", (process) => {
    for (const [seed, forNs] of [200_000, 50e6, 1.5e9].entries()) {
      const crash = { kind: "crash", atNs: crashedAtNs, forNs, target: { process }, args: {} } as const;
      const faults = [crash, { ...lossy, args: { probability: 0.1 } }];
      const run = observe({ ...request, pairs: 250, seed: seed + 40, faults });
      expect(objectionsOf(run)).toEqual([]);
      expect(run.report.failed).toEqual({});
      expect(run.report.delivered).toBe(250);
    }
  });

  test.each(["network-layer/n0", "node-controller/n0"])("but with %s the request is lost, and says so", (process) => {
    const crash = { kind: "crash", atNs: crashedAtNs, forNs: 300e6, target: { process }, args: {} } as const;
    const run = observe({ ...request, faults: [crash] });
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.failed).toEqual({ circuit_lost: 300 - run.report.delivered });
    expect(run.report.delivered).toBeGreaterThan(0);
  });
});
