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
    expect(eigenvalues).toEqual(eigenvaluesOf(weights));
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
