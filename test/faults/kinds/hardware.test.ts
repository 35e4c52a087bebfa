import { loadTopology, type Topology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { type Phases, type PhasesOptions, threePhases } from "./three-phases.ts";

const pair = loadTopology("line:2");
const line = loadTopology("line:3");
const link = "n0-n1";
const oneSlot: Topology = {
  ...line,
  nodes: line.nodes.map((node) => ({ ...node, memory: { ...node.memory, communicationSlots: 1 } })),
};

/** A fault between two phases of peace, of which the latter is no worse than the former; no referee objects. */
function spoilt(topology: Topology, fault: PhasesOptions["fault"]): Phases {
  const phases = threePhases({ topology, fault });
  const { before, after, objections } = phases;
  expect(objections).toEqual([]);
  expect(after.delivered).toBeGreaterThan(before.delivered);
  // What the fault had spoilt may be delivered a moment later.
  expect(after.meanFidelity).toBeGreaterThan(before.meanFidelity - 0.03);
  expect(after.meanClaimed).toBeCloseTo(before.meanClaimed, 2);
  return phases;
}

describe("While it lasts, and no longer,", () => {
  test.each([
    { kind: "fibre-cut", target: { link }, args: {} },
    { kind: "cable-cut", target: { link }, args: {} },
    { kind: "detector-blindness", target: { link }, args: {} },
    { kind: "stuck-slot", target: { link, node: "n1" }, args: { slot: 0 } },
  ] as const)("$kind lets a link make no pairs", (fault) => {
    const { during } = spoilt(oneSlot, fault);
    // What had its link pair already is still delivered.
    expect(during.delivered).toBeLessThan(3);
    const heralded = during.events.flatMap(({ event }) =>
      event?.$case === "pairHeralded" ? [event.pairHeralded] : [],
    );
    expect(heralded.filter((one) => one.pair.startsWith(`${link}/`)).length).toBeLessThan(3);
    expect(heralded.length).toBeGreaterThan(0);
  });

  test("a cut fibre still has dark counts, and what they herald is noise", () => {
    const noisy: Topology = {
      ...pair,
      links: pair.links.map((one) => {
        if (one.heralding.scheme !== "double-click") throw new Error("the preset's links are double-click");
        return { ...one, heralding: { ...one.heralding, darkCountProbability: 0.05 } };
      }),
    };
    const { during } = threePhases({ topology: noisy, fault: { kind: "fibre-cut", target: { link }, args: {} } });
    expect(during.delivered).toBeGreaterThan(20);
    expect(during.meanFidelity).toBeCloseTo(0.25, 1);
  });

  test("3 dB of loss in each arm leave a quarter of the pairs", () => {
    const { before, during } = spoilt(pair, { kind: "loss-drift", target: { link }, args: { db: 3.0103 } });
    // Clocks lock at 1 s, so that the first phase makes pairs for half as long. Binomial of 200, within 4 sigma.
    expect(Math.abs(during.delivered / (2 * before.delivered) - 0.25)).toBeLessThan(0.15);
    expect(during.meanFidelity).toBeGreaterThan(0.98);
  });

  test("a burst of dark counts makes more pairs, and worse ones than are claimed", () => {
    const fault = { kind: "dark-count-burst", target: { link }, args: { probability: 0.01 } } as const;
    const { before, during, unknown } = spoilt(pair, fault);
    // The ledger tells the referees of the fault; where claims are untrue for it they do not say that all is well.
    expect(unknown).toContain("ground-truth");
    expect(during.delivered).toBeGreaterThan(2 * before.delivered);
    expect(during.meanFidelity).toBeLessThan(0.8);
    expect(during.meanClaimed).toBeGreaterThan(0.99);
  });

  test.each([
    // Nothing but noise has a quarter of every Bell state; a wrong Bell state has nothing of the right one.
    [{ kind: "false-herald", target: { link }, args: { probability: 1 } }, 0.25],
    [{ kind: "wrong-bell-index", target: { link }, args: { probability: 1 } }, 0],
  ] as const)("$0.kind makes pairs that are claimed to be what they are not", (fault, fidelity) => {
    const { during, unknown } = spoilt(pair, fault);
    expect(unknown).toContain("ground-truth");
    expect(during.meanFidelity).toBeCloseTo(fidelity, 1);
    expect(during.meanClaimed).toBeGreaterThan(0.99);
  });

  test("a link layer that lies makes a claim that is not true", () => {
    const lie = { kind: "fidelity-lie", target: { link, node: "n0" }, args: { fidelity: 0.7 } } as const;
    const { before, during } = spoilt(line, lie);
    expect(during.meanClaimed).toBeLessThan(before.meanClaimed - 0.1);
    expect(during.meanFidelity).toBeCloseTo(before.meanFidelity, 2);
  });

  test.each([
    { kind: "t2-collapse", target: { node: "n1" }, args: { t2Ns: 5_000_000 } },
    { kind: "readout-bias", target: { node: "n1" }, args: { p01: 0.2, p10: 0 } },
  ] as const)("$kind at a repeater spoils what is swapped there, and nobody claims so", (fault) => {
    const { before, during, after, unknown } = spoilt(line, fault);
    expect(unknown).toContain("ground-truth");
    expect(during.meanFidelity).toBeLessThan(before.meanFidelity - 0.1);
    expect(during.meanClaimed).toBeCloseTo(before.meanClaimed, 2);
    // Whoever replays the ledger knows what the hardware was.
    const changes = [during, after].map(
      ({ events }) => events.filter(({ event }) => event?.$case === "hardwareChanged").length,
    );
    expect(changes).toEqual([1, 1]);
  });
});
