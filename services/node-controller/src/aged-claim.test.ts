import { fidelityOf, memoryDecay, multiply } from "@bellmesh/bell";
import { loadTopology, NodeHardware, type TopologyNode } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { agedClaim } from "./aged-claim.ts";

const [one, other] = loadTopology("line:2").nodes as [TopologyNode, TopologyNode];
const [near, far] = [new NodeHardware(one), new NodeHardware(other)];

test("a claim is as it was where the delivery comes at once, and where there is nothing left to lose", () => {
  expect(agedClaim(0.9, 7, 7, near, far)).toBe(0.9);
  expect(agedClaim(0.25, 0, 1e9, near, far)).toBe(0.25);
});

test("an aged claim is never above what waiting has left, however the errors are distributed", () => {
  const waited = multiply(
    memoryDecay(one.memory.t1S, one.memory.t2S, 0.05),
    memoryDecay(other.memory.t1S, other.memory.t2S, 0.05),
  );
  for (const before of [
    { x: 0.9, y: 0.9, z: 0.9 },
    { x: 1, y: 0.7, z: 0.7 },
    { x: 0.6, y: 0.6, z: 1 },
  ]) {
    const after = fidelityOf(multiply(before, waited));
    const claimed = agedClaim(fidelityOf(before), 1e9, 1.05e9, near, far);
    expect(claimed).toBeLessThanOrEqual(after + 1e-12);
    expect(claimed).toBeGreaterThan(after - 0.05);
  }
});
