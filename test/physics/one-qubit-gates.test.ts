import { phiPlus } from "@bellmesh/bell";
import { simulate } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { expect, test } from "vitest";

const line = loadTopology("line:3");

/** The same line with slow and noisy one-qubit gates. */
const slow: Topology = {
  ...line,
  nodes: line.nodes.map(({ gates, ...node }) => ({
    ...node,
    gates: { ...gates, oneQubitNs: 20e6, oneQubitDepolarising: 0.2 },
  })),
};

const run = (topology: Topology, finalState = false) =>
  simulate({ topology, from: "n0", to: "n2", pairs: 400, seed: 9, ...(finalState && { finalState: phiPlus }) })
    .fidelity;

test("a Bell measurement is one two-qubit operation and a readout: one-qubit gates change nothing of it", () => {
  expect(run(slow)).toEqual(run(line));
});

test("the final Pauli costs its gate's time and noise, in truth and in the claim (400 pairs, seed 9)", () => {
  const [plain, corrected] = [run(slow), run(slow, true)];
  // Three of four pairs need a correction; each loses 0.2 · (F − 1/4), and 20 ms at both ends' T2 of 1 s.
  const loss = (plain.true as number) - (corrected.true as number);
  expect(loss).toBeGreaterThan(0.09);
  expect(loss).toBeLessThan(0.14);
  expect(corrected.claimed).toBeLessThan((plain.claimed as number) - 0.04);
});
