import { fidelityOf, multiply, type PauliEigenvalues } from "@bellmesh/bell";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bestPath } from "./best-path.ts";
import { linkDelayNs } from "./classical-delay.ts";
import { loadTopology } from "./load-topology.ts";
import { farEnd, linkNamed, linksOf, nodeNamed } from "./lookup.ts";
import { bellMeasurementNs, endsDecay, heraldedDecay, predict, repeaterDecay } from "./prediction.ts";
import { type TestLink, testNetwork } from "./test-network.ts";
import type { Link, Topology, TopologyNode } from "./topology.ts";

const names = Array.from({ length: 7 }, (_, i) => `n${i}`);

/** Hardware so unequal that the best path is often not the shortest one. */
const randomLink = fc
  .record({
    a: fc.nat(6),
    b: fc.nat(6),
    lengthKm: fc.integer({ min: 1, max: 60 }),
    emissionEfficiency: fc.constantFrom(0.05, 0.3, 1),
    visibility: fc.constantFrom(0.8, 0.95, 1),
    darkCountProbability: fc.constantFrom(0, 1e-4),
    periodNs: fc.constantFrom(1_000_000, 3_000_000),
  })
  .filter(({ a, b }) => a !== b);

const randomNode = fc.record({
  t2S: fc.constantFrom(0.1, 1, 10),
  twoQubitDepolarising: fc.constantFrom(0, 0.02, 0.1),
  p01: fc.constantFrom(0, 0.03),
  twoQubitNs: fc.constantFrom(0, 1_000_000),
});

const randomNetwork = fc
  .tuple(fc.array(randomLink, { minLength: 4, maxLength: 14 }), fc.array(randomNode, { minLength: 7, maxLength: 7 }))
  .map(([links, nodes]) => {
    const testLinks = links.map(
      ({ a, b, lengthKm, ...heralding }, i): TestLink => ({
        name: `l${i}`,
        between: [`n${a}`, `n${b}`],
        lengthKm,
        heralding,
      }),
    );
    const hardware = nodes.map(({ t2S, twoQubitDepolarising, p01, twoQubitNs }, i) => [
      `n${i}`,
      { memory: { t1S: 20, t2S }, gates: { twoQubitDepolarising, twoQubitNs }, readout: { p01, p10: 0.01 } },
    ]);
    return { links: testLinks, nodes: Object.fromEntries(hardware) as Record<string, object> };
  });

interface Found {
  readonly nodes: readonly string[];
  readonly links: readonly string[];
}

/** Every simple path, one after the other. */
function* paths(topology: Topology, nodes: string[], links: string[], to: string): Generator<Found> {
  const at = nodes[nodes.length - 1] as string;
  if (at === to) {
    yield { nodes, links };
    return;
  }
  for (const link of linksOf(topology, at)) {
    const next = farEnd(link, at);
    if (!nodes.includes(next)) yield* paths(topology, [...nodes, next], [...links, link.name], to);
  }
}

/** The fidelity of a path whose repeaters know nothing of one another, which is what the search maximises. */
function uncoupledFidelity(topology: Topology, { nodes, links }: Found): number {
  const path = links.map((name) => linkNamed(topology, name) as Link);
  const hardware = nodes.map((name) => nodeNamed(topology, name) as TopologyNode);
  const [head, tail] = [hardware[0] as TopologyNode, hardware[hardware.length - 1] as TopologyNode];
  let eigenvalues: PauliEigenvalues = { x: 1, y: 1, z: 1 };
  let restNs = 0;
  for (const link of path) {
    eigenvalues = multiply(eigenvalues, heraldedDecay(topology, link));
    restNs += linkDelayNs(topology, link);
  }
  for (const [i, repeater] of hardware.slice(1, -1).entries()) {
    const before = { link: path[i] as Link, end: i === 0 ? head : undefined };
    const behind = { link: path[i + 1] as Link, end: i === path.length - 2 ? tail : undefined };
    eigenvalues = multiply(eigenvalues, repeaterDecay(topology, before, repeater, behind));
  }
  restNs += Math.max(0, ...hardware.slice(1, -1).map(bellMeasurementNs));
  return fidelityOf(multiply(eigenvalues, endsDecay(head, tail, restNs)));
}

/**
 * The search and the enumeration agree on whether there is a path, and the one found is predicted no worse than the one
 * that is best by uncoupled repeaters. @returns what another path would have been better by.
 */
function loss(topology: Topology): number {
  const found = bestPath(topology, "n0", "n6");
  const all = [...paths(topology, ["n0"], [], "n6")];
  if (!("nodes" in found)) {
    expect(all).toEqual([]);
    return 0;
  }
  const predicted = (path: Found) => predict(topology, path.nodes, path.links).fidelity;
  expect(predicted(found)).toBe(found.predictedFidelity);
  const uncoupled = all.map((path) => uncoupledFidelity(topology, path));
  const best = all[uncoupled.indexOf(Math.max(...uncoupled))] as Found;
  expect(found.predictedFidelity).toBeGreaterThan(predicted(best) - 1e-12);
  return Math.max(...all.map(predicted)) - found.predictedFidelity;
}

describe("the best path", () => {
  test("is the one that trying every path finds, on random networks of 7 nodes", () => {
    const property = fc.property(randomNetwork, ({ links, nodes }) => {
      expect(loss(testNetwork(links, nodes, names))).toBeLessThan(1e-12);
    });
    fc.assert(property, { numRuns: 150, seed: 11 });
  });

  test("is no worse than the one of uncoupled repeaters where the network is too large for the exact search", () => {
    const others = [...names, ...Array.from({ length: 8 }, (_, i) => `lonely-${i}`)];
    const property = fc.property(randomNetwork, ({ links, nodes }) => {
      loss(testNetwork(links, nodes, others));
    });
    fc.assert(property, { numRuns: 150, seed: 11 });
  });

  test("has fewer hops, then less fibre, then earlier names among equals", () => {
    const twoWays = (upperKm: number) =>
      testNetwork(
        [
          { between: ["a", "y"], lengthKm: upperKm },
          { between: ["y", "b"], lengthKm: upperKm },
          { between: ["a", "x"], lengthKm: 3 },
          { between: ["x", "b"], lengthKm: 3 },
          { between: ["a", "p"], lengthKm: 1 },
          { between: ["p", "q"], lengthKm: 1 },
          { between: ["q", "b"], lengthKm: 1 },
        ],
        Object.fromEntries(
          ["a", "b", "x", "y", "p", "q"].map((name) => [name, { memory: { t1S: 1e300, t2S: 1e300 } }]),
        ),
      );
    expect(bestPath(twoWays(3), "a", "b")).toMatchObject({ nodes: ["a", "x", "b"] });
    expect(bestPath(twoWays(2), "a", "b")).toMatchObject({ nodes: ["a", "y", "b"] });
    expect(bestPath(twoWays(2), "b", "a")).toMatchObject({ nodes: ["b", "y", "a"], links: ["y-b", "a-y"] });
  });

  test("does not exist to a node that no fibre reaches, or to itself", () => {
    const topology = testNetwork([{ between: ["a", "b"], lengthKm: 1 }], {}, ["c"]);
    expect(bestPath(topology, "a", "c")).toEqual({ unreachable: true });
    expect(bestPath(topology, "a", "a")).toEqual({ unreachable: true });
    expect(() => bestPath(topology, "a", "d")).toThrow(RangeError);
  });

  test("tells its fidelity when that is below what is asked", () => {
    const topology = loadTopology("line:5");
    const { fidelity } = predict(topology, ["n0", "n1", "n2", "n3", "n4"]);
    expect(bestPath(topology, "n0", "n4", 0.95)).toEqual({ best: fidelity });
    expect(bestPath(topology, "n0", "n4", 0.8)).toMatchObject({ predictedFidelity: fidelity });
    expect(bestPath(topology, "n0", "n4", fidelity)).toMatchObject({ predictedFidelity: fidelity });
  });

  test("is found in a large grid of equal links", () => {
    const path = bestPath(loadTopology("grid:12x12"), "n0-0", "n11-11");
    expect(path).toMatchObject({ nodes: { length: 23 } });
  });
});
