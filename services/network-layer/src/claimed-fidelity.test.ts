import { phiMinus, phiPlus, psiPlus } from "@bellmesh/bell";
import { loadTopology, nodeNamed, type TopologyNode } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { afterFinalPauli } from "./claimed-fidelity.ts";

const node = nodeNamed(loadTopology("line:2"), "n0") as TopologyNode;
const headEnd = { ...node, gates: { ...node.gates, oneQubitDepolarising: 0.1 } };

test("The gate of a final Pauli costs a claim what it costs the pair, at either end", () => {
  expect(afterFinalPauli(0.9, psiPlus, phiMinus, headEnd)).toBeCloseTo(0.9 * 0.9 + 0.1 / 4, 12);
});

test("Where no Pauli is owed, no final state is asked, or the index is not known, a claim stays as it is", () => {
  expect(afterFinalPauli(0.9, phiMinus, phiMinus, headEnd)).toBe(0.9);
  expect(afterFinalPauli(0.9, phiMinus, undefined, headEnd)).toBe(0.9);
  expect(afterFinalPauli(0.9, undefined, phiPlus, headEnd)).toBe(0.9);
});
