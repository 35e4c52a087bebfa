import { describe, expect, test } from "vitest";
import { linkMinimum } from "./link-minimum.ts";
import { linkModel } from "./link-model.ts";
import { predict } from "./prediction.ts";
import { testNetwork } from "./test-network.ts";
import type { Link } from "./topology.ts";

const single = {
  ...{ scheme: "single-click", emissionEfficiency: 0.1, darkCountProbability: 1e-7, visibility: 0.95 },
  ...{ phaseStdRad: 0.1, periodNs: 100_000 },
};

describe("What the links of a path must give", () => {
  const topology = testNetwork([
    { between: ["a", "r"], lengthKm: 5, heralding: single },
    { between: ["r", "b"], lengthKm: 10, heralding: single },
    { between: ["b", "c"], lengthKm: 1 },
  ]);

  test.each([
    ["one link", ["a", "r"], ["a-r"], 0.85],
    ["two links", ["a", "r", "b"], ["a-r", "r-b"], 0.7],
    ["three, of which one lets requests choose nothing", ["a", "r", "b", "c"], ["a-r", "r-b", "b-c"], 0.7],
  ])("is the least by which %s fulfil a request's minimum", (_what, nodes, links, minimum) => {
    const least = linkMinimum(topology, nodes, links, minimum) as number;
    expect(predict(topology, nodes, links, least).fidelity).toBeGreaterThanOrEqual(minimum);
    expect(predict(topology, nodes, links, least).fidelity).toBeLessThan(minimum + 1e-4);
    expect(predict(topology, nodes, links, least - 1e-3).fidelity).toBeLessThan(minimum);
  });

  test("is what comes nearest where no choice fulfils it", () => {
    const nearest = linkMinimum(topology, ["a", "r", "b"], ["a-r", "r-b"], 0.99) as number;
    const highest = Math.min(...topology.links.slice(0, 2).map((link) => linkModel(topology, link, 1).weights[0]));
    expect(nearest).toBeLessThanOrEqual(highest);
    expect(nearest).toBeGreaterThan(highest - 0.1);
  });

  test("is nothing where no request, or no link, leaves a choice", () => {
    expect(linkMinimum(topology, ["a", "r"], ["a-r"], undefined)).toBeUndefined();
    expect(linkMinimum(topology, ["b", "c"], ["b-c"], 0.8)).toBeUndefined();
    const fixed = testNetwork([{ between: ["a", "b"], lengthKm: 5, heralding: { ...single, alpha: 0.1 } }]);
    expect(linkMinimum(fixed, ["a", "b"], ["a-b"], 0.8)).toBeUndefined();
    expect(linkModel(fixed, fixed.links[0] as Link, 0.95).alpha).toBe(0.1);
  });
});
