import { SeededEntropy } from "@bellmesh/numerics";
import { loadTopology } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { drawRequests, drawShortRequests } from "./draw-requests.ts";

const topology = loadTopology("line:7");
const nodes = topology.nodes.map(({ name }) => name);

test.each([
  ["long", drawRequests],
  ["short", drawShortRequests],
])("Over six links %s requests without a time limit ask for no more than 50 pairs, and for more than 25", (_, draw) => {
  const most = Array.from({ length: 300 }, (_, seed) => {
    const requests = draw(topology, nodes, 1e9, new SeededEntropy(seed).stream("requests"));
    const overAll = requests.filter(({ maxTimeNs, from, to }) => {
      return maxTimeNs === 0 && Math.abs(nodes.indexOf(from) - nodes.indexOf(to)) === 6;
    });
    return Math.max(0, ...overAll.map(({ pairs }) => pairs));
  });
  expect(Math.max(...most)).toBeLessThanOrEqual(50);
  expect(Math.max(...most)).toBeGreaterThan(25);
});
