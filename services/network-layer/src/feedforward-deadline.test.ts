import { eigenvaluesOf, fidelityOf, memoryDecay, multiply } from "@bellmesh/bell";
import { loadTopology, nodeNamed, type TopologyNode } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { usefulForNs } from "./feedforward-deadline.ts";

const node = nodeNamed(loadTopology("line:2"), "n0") as TopologyNode;
const fresh = { ...eigenvaluesOf([0.97, 0.01, 0.01, 0.01]), relaxed: undefined };

describe("Feedforward is of use", () => {
  test("until the pair falls under its minimum, both halves waiting", () => {
    const ns = usefulForNs(fresh, [node, node], 0.95);
    const { t1S, t2S } = node.memory;
    const fidelityAt = (at: number) => {
      const waited = memoryDecay(t1S, t2S, at / 1e9);
      return fidelityOf(multiply(multiply(fresh, waited), waited));
    };
    expect(fidelityAt(ns)).toBeGreaterThanOrEqual(0.95);
    expect(fidelityAt(ns + 2)).toBeLessThan(0.95);
  });

  test("never, where even a fresh pair is too poor, and for ever, where memories do not forget", () => {
    expect(usefulForNs(fresh, [node, node], 0.98)).toBe(0);
    const memory = { ...node.memory, t1S: Number.POSITIVE_INFINITY, t2S: Number.POSITIVE_INFINITY };
    const ideal = { ...node, memory };
    expect(usefulForNs(fresh, [ideal, ideal], 0.95)).toBe(Number.POSITIVE_INFINITY);
  });
});
