import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { BEGINS, ENDS, PROBES, type Probe, probed } from "./probe.ts";
import { threePhases } from "./three-phases.ts";

const LIGHT_NS = probed({ kind: "loss", target: {}, args: { probability: 0 } })[0]?.tookNs as number;
const isDuring = ({ number }: Probe) => number >= BEGINS && number < ENDS;

/** Outside of the fault every probe comes once, and takes as long as light. */
function expectPeaceOutside(arrived: readonly Probe[]): void {
  const outside = arrived.filter((probe) => !isDuring(probe));
  expect(outside.map(({ number }) => number)).toEqual(
    Array.from({ length: PROBES }, (_, number) => number).filter((number) => number < BEGINS || number >= ENDS),
  );
  expect(new Set(outside.map(({ tookNs }) => tookNs))).toEqual(new Set([LIGHT_NS]));
}

describe("While it lasts, and no longer,", () => {
  test("loss loses bus messages", () => {
    const arrived = probed({ kind: "loss", target: { subject: "probe.>" }, args: { probability: 0.5 } });
    expectPeaceOutside(arrived);
    // Seed 1; binomial of 100 with sigma 5, within 4 sigma.
    expect(Math.abs(arrived.filter(isDuring).length - 50)).toBeLessThan(20);
  });

  test("duplication lets a copy follow", () => {
    const arrived = probed({ kind: "duplication", target: {}, args: { probability: 1, delayNs: 5000 } });
    expectPeaceOutside(arrived);
    const took = arrived.filter(isDuring).map(({ tookNs }) => tookNs);
    expect(took).toEqual(took.map((_, place) => (place % 2 === 0 ? LIGHT_NS : LIGHT_NS + 5000)));
    expect(took).toHaveLength(2 * (ENDS - BEGINS));
  });

  test("delay makes messages take longer", () => {
    const arrived = probed({ kind: "delay", target: { from: "n0" }, args: { ns: 300_000, jitterNs: 0 } });
    expectPeaceOutside(arrived);
    expect(new Set(arrived.filter(isDuring).map(({ tookNs }) => tookNs))).toEqual(new Set([LIGHT_NS + 300_000]));
  });

  test("asymmetric delay makes one way longer than the other", () => {
    const fault = {
      kind: "asymmetric-delay",
      target: { from: "n0", to: "n1" },
      args: { forthNs: 400_000, backNs: 100_000 },
    } as const;
    const [forth, back] = [probed(fault), probed(fault, ["n1", "n0"])];
    expectPeaceOutside(forth);
    expectPeaceOutside(back);
    expect(new Set(forth.filter(isDuring).map(({ tookNs }) => tookNs))).toEqual(new Set([LIGHT_NS + 400_000]));
    expect(new Set(back.filter(isDuring).map(({ tookNs }) => tookNs))).toEqual(new Set([LIGHT_NS + 100_000]));
  });

  test("reorder lets later messages overtake", () => {
    const args = { probability: 0.5, maxDelayNs: 3_000_000 };
    const numbers = probed({ kind: "reorder", target: {}, args }).map(({ number }) => number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: PROBES }, (_, number) => number));
    const overtaken = numbers.filter((number, place) => number < (numbers[place - 1] ?? 0));
    expect(overtaken.length).toBeGreaterThan(10);
    expect(overtaken.every((number) => number >= BEGINS && number < ENDS)).toBe(true);
  });

  test("a partition lets nothing cross, one way or both", () => {
    const target = { a: ["n0"], b: "*" } as const;
    const both = { kind: "partition", target, args: { oneWay: false } } as const;
    const oneWay = { kind: "partition", target, args: { oneWay: true } } as const;
    for (const arrived of [probed(both), probed(both, ["n1", "n0"]), probed(oneWay)]) {
      expectPeaceOutside(arrived);
      expect(arrived.filter(isDuring)).toEqual([]);
    }
    expect(probed(oneWay, ["n1", "n0"])).toHaveLength(PROBES);
  });

  test("a cut of a link's control plane lets nothing cross between its ends and its station", () => {
    const cut = { kind: "control-cut", target: { link: "n0-n1" }, args: {} } as const;
    for (const way of [
      ["n0", "n1"],
      ["n0-n1", "n1"],
    ]) {
      const arrived = probed(cut, way);
      expectPeaceOutside(arrived.map((probe) => ({ ...probe, tookNs: LIGHT_NS })));
      expect(arrived.filter(isDuring)).toEqual([]);
    }
    expect(probed(cut, ["n1", "n2"])).toHaveLength(PROBES);
  });

  test("a slow consumer delivers less, late and worse, and loses what it has no room for", () => {
    const args = { perMessageNs: 20_000_000, pendingMax: 4 };
    const fault = { kind: "slow-consumer", target: { process: "network-layer/n1" }, args } as const;
    const { before, during, after, objections } = threePhases({ topology: loadTopology("line:3"), fault });
    // One message at a time, and each pair needs two of them.
    expect(during.delivered).toBeLessThan(50);
    expect(during.meanFidelity).toBeLessThan(before.meanFidelity - 0.1);
    expect(after.delivered).toBeGreaterThan(100);
    expect(objections).toEqual([]);
  });

  test("a bus outage keeps feedforward away", () => {
    const fault = { kind: "bus-outage", target: { place: "n1" }, args: {} } as const;
    const { before, during, after, objections } = threePhases({ topology: loadTopology("line:3"), fault });
    expect(before.delivered).toBeGreaterThan(50);
    expect(during.delivered).toBe(0);
    expect(after.delivered).toBeGreaterThan(100);
    expect(objections).toEqual([]);
  });
});
