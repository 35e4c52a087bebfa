import { simulate } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";

const PAIRS = 600;
const line = loadTopology("line:3");

/** The line with memories that every attempt of their node dephases. */
function dephased(communicationSlots: number): Topology {
  const nodes = line.nodes.map(({ memory, ...node }) => ({
    ...node,
    memory: { ...memory, communicationSlots, attemptDephasing: 5e-4 },
  }));
  return { ...line, nodes };
}

/** Fidelities of a run, and what bounds σ of the mean of the true one: F(1 − F) (Bhatia & Davis 2000). */
function run(communicationSlots: number) {
  const topology = dephased(communicationSlots);
  const { fidelity, ledger } = simulate({ topology, from: "n0", to: "n2", pairs: PAIRS, seed: 12 });
  const mean = fidelity.true as number;
  const [claimed, predicted] = [fidelity.claimed as number, fidelity.predicted as number];
  return { true: mean, claimed, predicted, sigma: Math.sqrt((mean * (1 - mean)) / PAIRS), ledger };
}

describe("Attempts that dephase what is stored", () => {
  const plain = simulate({ topology: line, from: "n0", to: "n2", pairs: PAIRS, seed: 12 }).fidelity.true as number;

  test("cost what was predicted and claimed where links wait for one another (600 pairs, seed 12, 4σ)", () => {
    const { true: mean, claimed, predicted, sigma, ledger } = run(1);
    expect(mean).toBeLessThan(plain - 0.02);
    expect(Math.abs(mean - claimed)).toBeLessThan(0.003);
    expect(Math.abs(mean - predicted)).toBeLessThan(4 * sigma);
    expect(ledger.violations).toBe(0);
  });

  test("are never claimed to cost less than they do, however many slots there are (600 pairs, seed 12)", () => {
    const { true: mean, claimed, ledger } = run(4);
    expect(claimed).toBeLessThan(mean + 0.002);
    expect(ledger.violations).toBe(0);
  });
});
