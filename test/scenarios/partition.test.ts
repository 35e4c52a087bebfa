import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { eventsOf, objectionsOf, observe } from "./observed-run.ts";

const request = { topology: loadTopology("line:4"), from: "n0", to: "n3", pairs: 200, seed: 5, maxTimeNs: 120e9 };

function parted(forNs: number, oneWay = false) {
  const target = { a: ["n0", "n1", "n0-n1"], b: "*" } as const;
  return { kind: "partition", atNs: 2e9, forNs, target, args: { oneWay } } as const;
}

describe("A partition in the middle of a line", () => {
  test("that heals before anybody's keepalive only delays the pairs", () => {
    const run = observe({ ...request, faults: [parted(3e9)] });
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.delivered).toBe(200);
    expect(eventsOf(run, "circuitTornDown")).toEqual([]);
  });

  test("that outlasts the keepalive costs the circuit, which is installed anew when it heals", () => {
    const run = observe({ ...request, faults: [parted(20e9)] });
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.delivered).toBe(200);
    expect(run.report.failed).toEqual({});
    expect(eventsOf(run, "circuitTornDown").length).toBeGreaterThan(0);
  });

  test("one way only is no better", () => {
    const run = observe({ ...request, faults: [parted(20e9, true)] });
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.delivered).toBe(200);
  });

  test("that does not heal ends the request at its time limit, with what was delivered", () => {
    const run = observe({ ...request, maxTimeNs: 10e9, faults: [parted(Number.POSITIVE_INFINITY)] });
    expect(run.report.delivered).toBeGreaterThan(0);
    expect(run.report.failed).toEqual({ timeout: 200 - run.report.delivered });
  });
});

describe("A tail-end that is down", () => {
  const crash = (atNs: number, forNs: number) =>
    ({ kind: "crash", atNs, forNs, target: { process: "n3" }, args: {} }) as const;

  test("from the beginning: the request ends at its time limit with nothing", () => {
    const run = observe({ ...request, maxTimeNs: 5e9, faults: [crash(0, 0)] });
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.failed).toEqual({ timeout: 200 });
    expect(run.report.message).toBe("0 of 200 pairs were delivered in time");
    expect(run.report.virtualNs).toBeLessThan(30e9);
  });

  test("for good in mid-request: it ends at its time limit, and nature ends what the tail-end held", () => {
    const run = observe({ ...request, maxTimeNs: 10e9, faults: [crash(2e9, 0)] });
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.failed).toEqual({ timeout: 200 - run.report.delivered });
    expect(run.report.delivered).toBeGreaterThan(0);
  });

  test("for a while: the request waits for it", () => {
    const run = observe({ ...request, faults: [crash(1e9, 5e9)] });
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.delivered).toBe(200);
  });
});
