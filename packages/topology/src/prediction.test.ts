import {
  type BellWeights,
  bellIndices,
  combine,
  eigenvaluesOf,
  fidelityOf,
  multiply,
  ordinal,
  shifted,
  swapWeights,
  weightsOf,
} from "@bellmesh/bell";
import { exp } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import { simulatedLine } from "./line-monte-carlo.ts";
import { linkModel } from "./link-model.ts";
import { loadTopology } from "./load-topology.ts";
import { nodeNamed } from "./lookup.ts";
import { bellMeasurementDecayOf, predict } from "./prediction.ts";
import { testNetwork } from "./test-network.ts";
import type { Link, TopologyNode } from "./topology.ts";

describe("a prediction", () => {
  test("is fidelity 1 with ideal hardware, however long the path", () => {
    const topology = testNetwork(
      [1, 2, 3, 4].map((i) => ({ between: [`n${i}`, `n${i + 1}`], lengthKm: 10 })),
      Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`n${i}`, { memory: { t1S: 1e15, t2S: 1e15 } }])),
    );
    expect(predict(topology, ["n1", "n2", "n3", "n4", "n5"]).fidelity).toBeCloseTo(1, 12);
  });

  test("of one link is the heralded pair, aged until TRACK has crossed", () => {
    const topology = testNetwork([{ between: ["a", "b"], lengthKm: 10, heralding: { visibility: 0.9 } }], {
      a: { memory: { t1S: 1, t2S: 0.01 } },
    });
    // Half a's herald is back after 50 µs and TRACK after another 50 µs.
    const coherence = exp(-1e-4 / 0.01);
    const expected = (1 + 0.9 * coherence + 0.9 * coherence + exp(-1e-4)) / 4;
    expect(predict(topology, ["a", "b"]).fidelity).toBeCloseTo(expected, 12);
  });

  test("joins the Bell measurement's outcomes as the Bell algebra does, in either order of the ends", () => {
    const node = { gates: { twoQubitDepolarising: 0.03 }, readout: { p01: 0.04, p10: 0.01 } };
    const topology = testNetwork(
      [
        { between: ["a", "r"], lengthKm: 1, heralding: { visibility: 0.9, darkCountProbability: 0.001 } },
        { between: ["r", "b"], lengthKm: 2, heralding: { visibility: 0.8, emissionFidelity: 0.95 } },
      ],
      { r: node },
    );
    const [first, second] = topology.links.map((link) => linkModel(topology, link).weights) as [
      BellWeights,
      BellWeights,
    ];
    const noise = { twoQubitDepolarising: 0.03, p01: 0.04, p10: 0.01 };
    for (const heralded of bellIndices) {
      let mean = 0;
      for (const outcome of bellIndices) {
        const swap = swapWeights(shifted(first, heralded), second, outcome, noise);
        mean += swap.probability * swap.weights[ordinal(combine(heralded, outcome))];
      }
      const eigenvalues = multiply(eigenvaluesOf(first), eigenvaluesOf(second));
      const repeater = nodeNamed(topology, "r") as TopologyNode;
      const predicted = multiply(eigenvalues, bellMeasurementDecayOf(repeater));
      expect(weightsOf(predicted)[0]).toBeCloseTo(mean, 12);
      expect(fidelityOf(predicted)).toBeCloseTo(predict(topology, ["a", "r", "b"]).fidelity, 4);
    }
    expect(predict(topology, ["b", "r", "a"])).toEqual(predict(topology, ["a", "r", "b"]));
  });

  test("of one repeater is within 4σ of a Monte Carlo of its two links with 4 slots (100,000 pairs, seed 7)", () => {
    const topology = loadTopology("line:3");
    const { eigenvalues } = linkModel(topology, topology.links[0] as Link);
    const coherencePerStep = exp(-1e-4);
    const { kept, pairsPerStep } = simulatedLine([0.01, 0.01], 4, coherencePerStep, 200, 7);
    // All four halves wait 50 µs for the herald, both ends then 100 µs and 2.1 µs; T1 is ten times T2.
    const restS = 4 * 50e-6 + 2 * 102.1e-6;
    const x = eigenvalues.x * eigenvalues.x * 0.99 * 0.98 * exp(-restS);
    const y = eigenvalues.y * eigenvalues.y * 0.99 * 0.98 * 0.98 * exp(-restS);
    const z = eigenvalues.z * eigenvalues.z * 0.99 * 0.98 * exp(-restS / 10);
    // By the same draws, what waiting leaves of population.
    const populations = simulatedLine([0.01, 0.01], 4, exp(-1e-5), 200, 7).kept.mean;
    const { fidelity, pairsPerSecond } = predict(topology, ["n0", "n1", "n2"]);
    const simulated = (1 + (x + y) * kept.mean + z * populations) / 4;
    expect(Math.abs(simulated - fidelity)).toBeLessThan(4 * 0.55 * kept.standardError);
    expect(Math.abs(pairsPerSecond / (pairsPerStep * 1e4) - 1)).toBeLessThan(4 * 0.0032);
  });

  test("takes the better of two parallel links unless one is named", () => {
    const topology = testNetwork([
      { name: "poor", between: ["a", "b"], lengthKm: 1, heralding: { visibility: 0.5 } },
      { name: "good", between: ["b", "a"], lengthKm: 1, heralding: { visibility: 0.9 } },
    ]);
    expect(predict(topology, ["a", "b"])).toEqual(predict(topology, ["a", "b"], ["good"]));
    expect(predict(topology, ["a", "b"], ["poor"]).fidelity).toBeLessThan(0.76);
  });

  test("is refused for what is no path", () => {
    const topology = loadTopology("line:3");
    expect(() => predict(topology, ["n0"])).toThrow(/at least two/);
    expect(() => predict(topology, ["n0", "n2"])).toThrow(/no link from n0 to n2/);
    expect(() => predict(topology, ["n0", "n1"], ["n1-n2"])).toThrow(/no link "n1-n2" from n0 to n1/);
    expect(() => predict(topology, ["n0", "n1", "n2"], ["n0-n1"])).toThrow(/one link fewer/);
  });
});
