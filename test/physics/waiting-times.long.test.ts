import { SeededEntropy } from "@bellmesh/numerics";
import { allLinksTail, attemptsLaw, parallelAttempts, type WaitingLaw, waitingLaw } from "@bellmesh/physics";
import { type Ask, RequesterTable, service as requester } from "@bellmesh/requester";
import { simulatedMesh } from "@bellmesh/simulation";
import { type Link, linkModel, type Topology } from "@bellmesh/topology";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { describe, expect, test } from "vitest";
import { KOLMOGOROV_1_PERCENT, lawFit } from "../../packages/physics/src/links/law-fit.ts";
import { Bench, PERIOD_NS, pairOfNodes } from "../../services/physical-link/src/observed-station.ts";
import { laboratoryLine } from "./tables/experiment-runs.ts";

function expectLaw(samples: readonly number[], law: WaitingLaw): void {
  const fit = lawFit(samples, law);
  expect(fit.distance).toBeLessThan(KOLMOGOROV_1_PERCENT);
  expect(Math.max(fit.meanSigmas, fit.varianceSigmas)).toBeLessThan(4);
}

/** From one delivery at both ends to the next, in attempts: each link starts anew when the pair before has gone. */
function endToEndAttempts(success: number, links: number, pairs: number, seed: number): readonly number[] {
  const periodNs = 1_000_000;
  const line = laboratoryLine(links + 1, success, periodNs, Number.POSITIVE_INFINITY);
  const topology: Topology = {
    ...line,
    nodes: line.nodes.map((node) => ({ ...node, memory: { ...node.memory, communicationSlots: 1 } })),
  };
  const deliveredNs: number[] = [];
  const world = simulatedMesh({
    topology,
    seed,
    onRecord: ({ event }) => {
      if (event?.$case !== "pairFidelity") return;
      const { firstDeliveredAt, secondDeliveredAt } = event.pairFidelity;
      deliveredNs.push(Math.max(firstDeliveredAt, secondDeliveredAt));
    },
  });
  const ends = { from: "n0", to: `n${links}`, pairs };
  const anything = { minFidelity: undefined, maxTimeNs: 0, graceNs: 0, finalState: undefined };
  const ask: Ask = { ...ends, ...anything, missPolicy: MissPolicy.UNSPECIFIED };
  const table = new RequesterTable();
  world.add(requester, { place: "n0", config: { ask, table } });
  world.start();
  world.run({ untilNs: 86_400e9, until: () => table.done });
  return deliveredNs.slice(1).map((atNs, place) => (atNs - (deliveredNs[place] as number)) / periodNs);
}

describe("Waiting times (Kolmogorov and Smirnov at 1 %, mean and variance within 4 sigma)", () => {
  test("until a station heralds are geometric: 100,000 series, seed 12", () => {
    const hardware = { emissionEfficiency: 0.3, darkCountProbability: 1e-4, visibility: 0.9 };
    const topology = pairOfNodes(hardware);
    const { successProbability } = linkModel(topology, topology.links[0] as Link);
    const bench = new Bench(hardware, 12);
    const samples = Array.from({ length: 100_000 }, () => {
      bench.armBoth({ firstCycle: Math.ceil(bench.now / PERIOD_NS), untilCycle: 1e9 });
      bench.settle();
      const attempts = bench.heralds.at(-1)?.herald.attempts ?? Number.NaN;
      bench.heralds.length = 0;
      return attempts;
    });
    expectLaw(samples, attemptsLaw(successProbability, 1));
  });

  test("of pairs over two links are the longer of two geometric ones: 100,000 pairs, seed 13", () => {
    const samples = endToEndAttempts(0.02, 2, 100_001, 13);
    expect(samples.length).toBe(100_000);
    expect(samples.every(Number.isInteger)).toBe(true);
    const law = waitingLaw(allLinksTail([0.02, 0.02]), 1);
    expect(law.meanS).toBeCloseTo(parallelAttempts([0.02, 0.02]).mean, 9);
    expectLaw(samples, law);
  });

  test("of pairs over three links are the longest of three geometric ones: 20,000 pairs, seed 14", () => {
    const samples = endToEndAttempts(0.02, 3, 20_001, 14);
    expectLaw(samples, waitingLaw(allLinksTail([0.02, 0.02, 0.02]), 1));
  });

  test("of pairs over four links are shorter on average: inner links try for the next pair already, seed 14", () => {
    const samples = endToEndAttempts(0.02, 4, 2000, 14);
    const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    const together = parallelAttempts([0.02, 0.02, 0.02, 0.02]);
    expect(mean).toBeLessThan(together.mean);
    expect(mean).toBeGreaterThan(0.8 * together.mean);
  });

  test("of another law are told apart: 20,000 draws with p = 0.021 in place of 0.02, seed 15", () => {
    const chance = new SeededEntropy(15).stream("waiting-times.test");
    const samples = Array.from({ length: 20_000 }, () => chance.geometric(0.021));
    expect(lawFit(samples, attemptsLaw(0.02, 1)).distance).toBeGreaterThan(KOLMOGOROV_1_PERCENT);
  });
});
