import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { objections, simulate } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";

const topology = loadTopology("line:3");

/** From 1.5 s on, in the middle of a request. */
function run(faults: readonly FaultEntry[]) {
  const report = simulate({ topology, from: "n0", to: "n2", pairs: 150, seed: 1, untilNs: 60e9, faults });
  const { delivered, deliveryNs, verdicts } = report;
  return { delivered, seconds: deliveryNs / 1e9, objections: objections(verdicts) };
}

describe.each([0.5, 1, 2, 5])("After %d s", (seconds) => {
  const [atNs, forNs] = [1.5e9, seconds * 1e9];

  test("without its bus a repeater goes on where it was: heralds given up are told on the stream", () => {
    const outage: FaultEntry = { atNs, forNs, kind: "bus-outage", target: { place: "n1" }, args: {} };
    const { delivered, seconds: taken, objections } = run([outage]);
    expect(objections).toEqual([]);
    expect(delivered).toBe(150);
    expect(taken).toBeLessThan(seconds + 6);
  });

  test("of partition a repeater goes on where it was: exchanges held up do not touch its clock", () => {
    const target = { a: ["n1"], b: "*" } as const;
    const partition: FaultEntry = { atNs, forNs, kind: "partition", target, args: { oneWay: false } };
    const { delivered, seconds: taken, objections } = run([partition]);
    expect(objections).toEqual([]);
    expect(delivered).toBe(150);
    expect(taken).toBeLessThan(seconds + 6);
  });
});

test("a short cutoff over a lossy bus loses pairs, not links", () => {
  const lossy = { ...topology, cutoffS: 0.005 };
  const target = { subject: ">" } as const;
  const loss: FaultEntry = { atNs: 0, forNs: 1e12, kind: "loss", target, args: { probability: 0.1 } };
  for (const seed of [1, 2, 3, 4, 5]) {
    const options = { topology: lossy, from: "n0", to: "n2", pairs: 60, seed, untilNs: 120e9, faults: [loss] };
    const report = simulate(options);
    expect(report.delivered, `seed ${seed}`).toBe(60);
    expect(report.ledger.violations).toBe(0);
  }
});
