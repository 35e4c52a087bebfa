import {
  type BellWeights,
  fidelityOfXState,
  memoryDecay,
  psiPlus,
  relaxedOf,
  shifted,
  waitHalf,
  weightsOfXState,
  xStateOf,
} from "@bellmesh/bell";
import { describe, expect, test } from "vitest";
import { type PathNode, type PathParameters, parallelAttempts, parallelCoherence, pathFigures } from "../index.ts";

const ideal: Omit<PathNode, "name"> = {
  ...{ t1S: Number.POSITIVE_INFINITY, t2S: Number.POSITIVE_INFINITY, attemptDephasing: 0 },
  ...{ twoQubitDepolarising: 0, p01: 0, p10: 0, bellMeasurementS: 0 },
};

function line(weights: readonly BellWeights[], node: Partial<PathNode>, successProbability = 0.01): PathParameters {
  return {
    nodes: Array.from({ length: weights.length + 1 }, (_, place) => ({ ...ideal, ...node, name: `n${place}` })),
    links: weights.map((each, place) => ({
      ...{ name: `l${place}`, successProbability, periodS: 1e-4, weights: each, agesS: [0, 0] as const },
    })),
    delayS: 0,
  };
}

const perfect: BellWeights = [1, 0, 0, 0];
const lab = {
  ...{ t1S: 2, t2S: 0.5, attemptDephasing: 1e-4, twoQubitDepolarising: 0.02 },
  ...{ p01: 0.05, p10: 0.005, bellMeasurementS: 1e-3 },
};

describe("pathFigures", () => {
  test("swaps four pairs with noise to F = 0.5369842757", () => {
    const pairs: readonly BellWeights[] = [
      [0.9, 0.04, 0.03, 0.03],
      [0.85, 0.05, 0.08, 0.02],
      [0.92, 0.01, 0.05, 0.02],
      [0.88, 0.06, 0.03, 0.03],
    ];
    const { fidelity } = pathFigures(line(pairs, { twoQubitDepolarising: 0.03, p01: 0.05, p10: 0.005 }));
    expect(fidelity).toBeCloseTo(0.5369842757, 10);
  });

  test("waits as long as the slowest link takes, and delivers a light time and a Bell measurement later", () => {
    const path = line([perfect, perfect, perfect], { bellMeasurementS: 2e-6 });
    const { waiting, rateHz } = pathFigures({ ...path, delayS: 1e-3 });
    const meanS = 1e-4 * parallelAttempts([0.01, 0.01, 0.01]).mean + 1.002e-3;
    expect(waiting.meanS).toBeCloseTo(meanS, 12);
    expect(rateHz).toBeCloseTo(1 / meanS, 9);
    expect(waiting.probabilityBy(1.1e-3)).toBe(0);
  });

  test("one repeater keeps of the coherence what the closed form says", () => {
    const { fidelity } = pathFigures(line([perfect, perfect], { t2S: 0.05 }));
    const perStep = Math.exp((-2 * 1e-4) / 0.05);
    expect(fidelity).toBeCloseTo((1 + parallelCoherence(0.01, perStep)) / 2, 12);
  });

  test("attempts dephase what a repeater stores while it waits, not what ends store", () => {
    const { fidelity } = pathFigures(line([perfect, perfect], { attemptDephasing: 0.002 }));
    expect(fidelity).toBeCloseTo((1 + parallelCoherence(0.01, 0.996)) / 2, 12);
  });

  test("terms add up, to the delivered pair without and to what is read with the ends' readout", () => {
    const path = line([[0.9, 0.05, 0.03, 0.02], perfect, [0.95, 0.02, 0.02, 0.01]], lab);
    const { fidelity, budget, weights, key } = pathFigures({ ...path, delayS: 1e-3 });
    const sum = (terms: typeof budget) => terms.reduce((total, { lost }) => total + lost, 0);
    const delivered = budget.filter(({ term }) => term !== "end readout");
    expect(sum(delivered)).toBeCloseTo(1 - fidelity, 12);
    expect(weights[0]).toBeCloseTo(fidelity, 12);
    const read = 1 - (key.errorRates.x + key.errorRates.y + key.errorRates.z) / 2;
    expect(sum(budget)).toBeCloseTo(1 - read, 12);
    for (const { lost, fidelityWithout } of delivered) {
      expect(lost).toBeGreaterThanOrEqual(-1e-12);
      expect(fidelityWithout).toBeGreaterThanOrEqual(fidelity - 1e-12);
    }
  });

  test("what mending one memory brings is what the path without its decay delivers", () => {
    const path = line([perfect, perfect, perfect], { t2S: 0.05, t1S: 0.1 });
    const { budget } = pathFigures(path);
    const mended = path.nodes.map((node) => (node.name === "n1" ? { ...ideal, name: "n1" } : node));
    const term = budget.find(({ where, term: what }) => where === "n1" && what === "for the other link");
    // Light and gates take no time here, so the memory of n1 costs nothing but this wait.
    expect(term?.fidelityWithout).toBeCloseTo(pathFigures({ ...path, nodes: mended }).fidelity, 12);
  });

  test("halves age at a repeater until its other link succeeds, at an end until all have", () => {
    const path = line([perfect, perfect], {});
    const [links] = [path.links.map((each) => ({ ...each, agesS: [2e-5, 2e-5] as const }))];
    const { ages } = pathFigures({ ...path, links, delayS: 1e-4 });
    expect(ages.map(({ node, link }) => `${link} at ${node}`)).toEqual([
      "l0 at n0",
      "l0 at n1",
      "l1 at n1",
      "l1 at n2",
    ]);
    const [end, repeater] = ages.map(({ law }) => law.meanS) as [number, number];
    expect(end - repeater).toBeCloseTo(1e-4, 12);
    // P(N' > N + k) summed over k is q·p/((1 − q²)·p).
    expect(repeater - 2e-5).toBeCloseTo((1e-4 * 0.99) / (1 - 0.99 * 0.99), 10);
  });

  test("twelve links are followed, thirteen refused", () => {
    const links = (count: number) =>
      line(
        Array.from({ length: count }, () => perfect),
        lab,
      );
    expect(pathFigures(links(12)).fidelity).toBeGreaterThan(0.25);
    expect(() => pathFigures(links(13))).toThrow(/links is 13: 1 to 12 links/);
  });

  test("a slower link counts as one that tries as often with less success, and that is said", () => {
    const path = line([perfect, perfect], {});
    const [first, second] = path.links as [PathParameters["links"][number], PathParameters["links"][number]];
    const slower = { ...path, links: [first, { ...second, periodS: 2e-4, successProbability: 0.02 }] };
    const [equal, unequal] = [pathFigures(path), pathFigures(slower)];
    expect([equal.isEqualPeriods, unequal.isEqualPeriods]).toEqual([true, false]);
    expect(unequal.waiting.meanS).toBeCloseTo(equal.waiting.meanS, 12);
  });
});

test("A path of one link that is not Bell-diagonal delivers its X-state as both halves have relaxed", () => {
  const matrix = { p00: 0.15, p01: 0.35, p10: 0.48, p11: 0.02, outerRe: 0, outerIm: 0, innerRe: 0.4, innerIm: 0 };
  const state = xStateOf(matrix);
  const weights = shifted(weightsOfXState(state), psiPlus);
  const nodes = [
    { ...ideal, name: "a", t1S: 1, t2S: 0.8 },
    { ...ideal, name: "b", t1S: 0.5, t2S: 1 },
  ];
  const relaxed = relaxedOf(matrix, psiPlus);
  const link = { name: "l", successProbability: 1, periodS: 1, weights, relaxed, agesS: [0.1, 0.2] as const };
  const { fidelity, budget } = pathFigures({ nodes, links: [link], delayS: 0.05 });
  waitHalf(state, 0, memoryDecay(1, 0.8, 0.15));
  waitHalf(state, 1, memoryDecay(0.5, 1, 0.25));
  expect(fidelity).toBeCloseTo(fidelityOfXState(state, psiPlus), 12);
  expect(budget.reduce((sum, { lost }) => sum + lost, 0)).toBeCloseTo(1 - fidelity, 12);
});
