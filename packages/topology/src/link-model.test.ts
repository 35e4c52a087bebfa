import { eigenvaluesOf, fidelityOf } from "@bellmesh/bell";
import { describe, expect, test } from "vitest";
import { linkModel } from "./link-model.ts";
import { testNetwork } from "./test-network.ts";
import type { Link } from "./topology.ts";

describe("a link's model", () => {
  test("is half the product of the arms' efficiencies when nothing else errs", () => {
    const topology = testNetwork([{ between: ["a", "b"], armsKm: [10, 20], heralding: { emissionEfficiency: 0.5 } }]);
    const { successProbability, weights, armDelayNs } = linkModel(topology, topology.links[0] as Link);
    // 0.2 dB/km: 2 dB and 4 dB.
    expect(successProbability).toBeCloseTo(0.5 * 0.25 * 0.630957344 * 0.398107171, 9);
    expect(weights[0]).toBeCloseTo(1, 12);
    expect(armDelayNs).toEqual([50_000, 100_000]);
  });

  test("loses phase coherence, and nothing else, with visibility: fidelity (1 + V)/2", () => {
    const topology = testNetwork([{ between: ["a", "b"], lengthKm: 1, heralding: { visibility: 0.8 } }]);
    const { weights, eigenvalues } = linkModel(topology, topology.links[0] as Link);
    expect(weights[0]).toBeCloseTo(0.9, 12);
    expect(weights[2]).toBeCloseTo(0.1, 12);
    expect(eigenvalues.z).toBeCloseTo(1, 12);
    expect(eigenvalues.x).toBeCloseTo(0.8, 12);
    expect(eigenvalues).toMatchObject(eigenvaluesOf(weights));
    expect(fidelityOf(eigenvalues)).toBeCloseTo(0.9, 12);
  });

  test("is made once per link and topology", () => {
    const topology = testNetwork([{ between: ["a", "b"], lengthKm: 1 }]);
    const link = topology.links[0] as Link;
    expect(linkModel(topology, link)).toBe(linkModel(topology, link));
    const slower = { ...topology, fibreSpeedKmPerS: 100_000 };
    expect(linkModel(slower, link).armDelayNs).toEqual([5000, 5000]);
    expect(linkModel(topology, link).armDelayNs).toEqual([2500, 2500]);
  });
});

describe("a single-click link's model", () => {
  const noisy = { emissionEfficiency: 3.5e-4, darkCountProbability: 5e-7, visibility: 0.9 };
  const single = { scheme: "single-click", ...noisy, phaseStdRad: (15 * Math.PI) / 180, doubleExcitation: 0.04 };
  const network = (heralding: Readonly<Record<string, unknown>>) =>
    testNetwork([{ between: ["a", "b"], lengthKm: 1e-9, heralding: { periodNs: 5500, ...heralding } }]);
  const modelOf = (heralding: Readonly<Record<string, unknown>>, minimumFidelity?: number) => {
    const topology = network(heralding);
    return linkModel(topology, topology.links[0] as Link, minimumFidelity);
  };

  test("is that of the NV centres of 2019 with all their noise, and not Bell-diagonal", () => {
    const { successProbability, weights, announced } = modelOf({ ...single, alpha: 0.1 });
    expect(successProbability).toBeCloseTo(7.09986e-5, 9);
    expect(weights[0]).toBeCloseTo(0.8197735, 6);
    const [first] = announced;
    expect(first?.index).toEqual({ x: true, z: false });
    expect(first?.matrix.p11).toBeGreaterThan(8 * (first?.matrix.p00 as number));
  });

  test("has for a minimum fidelity the largest α that yields it, so that a higher one costs rate in proportion", () => {
    const [low, high] = [modelOf(single, 0.7), modelOf(single, 0.8)];
    for (const [model, minimum] of [
      [low, 0.7],
      [high, 0.8],
    ] as const) {
      expect(model.weights[0]).toBeGreaterThanOrEqual(minimum);
      expect(model.weights[0]).toBeCloseTo(minimum, 9);
    }
    const alphas = (low.alpha as number) / (high.alpha as number);
    expect(alphas).toBeGreaterThan(1.5);
    expect(low.successProbability / high.successProbability / alphas).toBeCloseTo(1, 1);
  });

  test("falls short of a minimum that no α yields, by as little as can be", () => {
    expect(modelOf(single, 0.99).weights[0]).toBeLessThan(0.99);
    expect(modelOf(single, 0.99).weights[0]).toBeGreaterThan(modelOf(single, 0.8).weights[0]);
    expect(modelOf({ ...single, alpha: 0.1 }, 0.8).alpha).toBe(0.1);
  });

  test("succeeds with 1 − (1 − p)^M over M modes", () => {
    const p = modelOf({ ...single, alpha: 0.1 }).successProbability;
    const many = modelOf({ ...single, alpha: 0.1, modes: 1000 });
    expect(many.successProbability).toBeCloseTo(1 - (1 - p) ** 1000, 12);
    expect(many.weights).toEqual(modelOf({ ...single, alpha: 0.1 }).weights);
  });

  test("shares pauses out over its attempts", () => {
    const pauses = { stabiliseEveryNs: 9e6, stabiliseNs: 1e6, chargeCheckEveryAttempts: 50, chargeCheckNs: 5500 };
    const model = modelOf({ ...single, alpha: 0.1, pauses: { ...pauses, chargeCheckPassProbability: 0.5 } });
    expect(model.periodNs).toBe(5500);
    expect(model.meanPeriodNs).toBeCloseTo((5500 + (2 * 5500) / 50) * (10 / 9), 6);
  });
});

test("a Gaussian photon and a detuning lower the visibility as wave packets overlap", () => {
  const fidelity = (heralding: Readonly<Record<string, unknown>>) => {
    const topology = testNetwork([{ between: ["a", "b"], lengthKm: 1, heralding: heralding }]);
    return linkModel(topology, topology.links[0] as Link).weights[0];
  };
  const phase = 2 * Math.PI * 1e5 * 1e-6;
  expect(fidelity({ detuningHz: 1e5 })).toBeCloseTo(0.5 + 0.5 / (1 + phase ** 2), 12);
  expect(fidelity({ detuningHz: 1e5, photonShape: "gaussian" })).toBeCloseTo(0.5 + 0.5 * Math.exp(-(phase ** 2)), 12);
});
