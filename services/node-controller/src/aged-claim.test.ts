import { fidelityOfXState, memoryDecay, psiPlus, waitHalf, xStateOf } from "@bellmesh/bell";
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
  const short: TopologyNode = { ...one, memory: { ...one.memory, t1S: 0.2, t2S: 0.3 } };
  const hardware = [new NodeHardware(short), new NodeHardware({ ...other, memory: short.memory })] as const;
  const waited = memoryDecay(0.2, 0.3, 0.05);
  for (const matrix of [
    { p00: 0, p01: 0.5, p10: 0.5, p11: 0, innerRe: 0.4 },
    { p00: 0.1, p01: 0.4, p10: 0.5, p11: 0, innerRe: 0.44 },
    { p00: 0, p01: 0.45, p10: 0.45, p11: 0.1, innerRe: 0.45 },
    { p00: 0.05, p01: 0.6, p10: 0.3, p11: 0.05, innerRe: 0.4 },
    { p00: 0, p01: 0.2, p10: 0.8, p11: 0, innerRe: 0.4 },
  ]) {
    const state = xStateOf({ outerRe: 0, outerIm: 0, innerIm: 0, ...matrix });
    const before = fidelityOfXState(state, psiPlus);
    for (const half of [0, 1] as const) waitHalf(state, half, waited);
    const after = fidelityOfXState(state, psiPlus);
    const claimed = agedClaim(before, 1e9, 1.05e9, ...hardware);
    expect(claimed).toBeLessThanOrEqual(after + 1e-12);
    expect(claimed).toBeGreaterThan(after - 0.2);
  }
});
