import { describe, expect, test } from "vitest";
import { nodeAtWork } from "./node-at-work.ts";
import { parseTopology } from "./parse-topology.ts";

const PERIOD_NS = 100_000;

/** A line of three whose memories flip with this probability at each attempt. */
function line(attemptDephasing: number, communicationSlots: number) {
  return parseTopology(
    `
name: line
clock: { preset: perfect }
defaults:
  memory: { t1S: 100, t2S: 1, communicationSlots: ${communicationSlots}, attemptDephasing: ${attemptDephasing} }
  gates: { twoQubitDepolarising: 0 }
  readout: { p01: 0, p10: 0 }
  heralding:
    scheme: double-click
    emissionEfficiency: 0.5
    darkCountProbability: 0
    visibility: 1
    periodNs: ${PERIOD_NS}
nodes: [{ name: a }, { name: r }, { name: b }]
links:
  - { between: [a, r], lengthKm: 2 }
  - { between: [r, b], lengthKm: 2 }
`,
    "line.yaml",
  );
}

/** Coherence that a second takes beyond T2, per attempt a second. */
function attemptsPerS(topology: ReturnType<typeof line>, node: string, p: number): number {
  const t2S = nodeAtWork(topology, node)?.memory.t2S ?? Number.NaN;
  return (1 / t2S - 1) / -Math.log1p(-2 * p);
}

describe("A node at work", () => {
  test("is the node itself where attempts dephase nothing", () => {
    const topology = line(0, 4);
    expect(nodeAtWork(topology, "r")).toBe(topology.nodes[1]);
    expect(nodeAtWork(topology, "nobody")).toBeUndefined();
  });

  test("loses coherence by every attempt of the links that go on while a half waits", () => {
    const [p, perS] = [1e-4, 1e9 / PERIOD_NS];
    expect(attemptsPerS(line(p, 4), "r", p)).toBeCloseTo(2 * perS, 3);
    expect(attemptsPerS(line(p, 1), "r", p)).toBeCloseTo(perS, 3);
    expect(attemptsPerS(line(p, 4), "a", p)).toBeCloseTo(perS, 3);
    expect(attemptsPerS(line(p, 1), "a", p)).toBeCloseTo(0, 9);
  });

  test("keeps nothing for long where an attempt dephases wholly, and no coherence time is 0", () => {
    const t2S = nodeAtWork(line(0.5, 4), "r")?.memory.t2S ?? 0;
    expect(t2S).toBeGreaterThan(0);
    expect(t2S).toBeLessThan(1e-9);
  });
});
