import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { Storage } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { disturbedLine, replayedLine, storingLine, unevenLine } from "./replayed-line.ts";

/** Nature writes whole parts in 10^12; a chain of eight links and as many decays rounds to far less than this. */
const TOLERANCE = 1e-9;

describe("an independent replay of the ledger", () => {
  test.each([
    { nodes: 2, pairs: 500 },
    { nodes: 3, pairs: 500 },
    { nodes: 5, pairs: 300 },
    { nodes: 9, pairs: 100 },
  ])("finds the fidelity of each of $pairs pairs over $nodes nodes that nature wrote, seed 31", ({ nodes, pairs }) => {
    const { worst, meanFidelity } = replayedLine(unevenLine(nodes), pairs, 31);
    expect(worst).toBeLessThan(TOLERANCE);
    expect(meanFidelity).toBeLessThan(0.95);
  });

  test("also where the head-end brings about a final state, seed 32", () => {
    const { worst } = replayedLine(unevenLine(4), 300, 32, { x: true, z: true });
    expect(worst).toBeLessThan(TOLERANCE);
  });

  test("also where attempts dephase what is stored and gates are felt by neighbours, seed 34", () => {
    const line = disturbedLine(4);
    const { worst, meanFidelity } = replayedLine(line, 300, 34);
    expect(worst).toBeLessThan(TOLERANCE);
    expect(meanFidelity).toBeLessThan(replayedLine(unevenLine(4), 300, 34).meanFidelity - 0.005);
    expect(replayedLine(line, 50, 34, undefined, unevenLine(4)).worst).toBeGreaterThan(100 * TOLERANCE);
  });

  test("also where halves that wait are moved into storage, seed 35", () => {
    const line = storingLine(4);
    expect(replayedLine(line, 300, 35).worst).toBeLessThan(TOLERANCE);
    const [head, ...rest] = line.nodes as [(typeof line.nodes)[0], ...typeof line.nodes];
    const { memory } = head;
    const storage = { ...(memory.storage as Storage), moveDepolarising: 0.0021 };
    const wrong = { ...line, nodes: [{ ...head, memory: { ...memory, storage } }, ...rest] };
    expect(replayedLine(line, 50, 35, undefined, wrong).worst).toBeGreaterThan(100 * TOLERANCE);
  });

  test("also where hardware changes while pairs wait, seed 36", () => {
    const collapse = { kind: "t2-collapse", atNs: 1.2e9, forNs: 0.9e9, target: { node: "n1" }, args: { t2Ns: 20e6 } };
    const { worst, meanFidelity } = replayedLine(unevenLine(3), 300, 36, undefined, unevenLine(3), [
      collapse as FaultEntry,
    ]);
    expect(worst).toBeLessThan(TOLERANCE);
    expect(meanFidelity).toBeLessThan(replayedLine(unevenLine(3), 300, 36).meanFidelity - 0.005);
  });

  test("notices a parameter that is a little off: a memory, a readout, a gate, a photon", () => {
    const line = unevenLine(3);
    const [head, middle, tail] = line.nodes as [(typeof line.nodes)[0], (typeof line.nodes)[0], (typeof line.nodes)[0]];
    const { memory, readout, gates } = middle;
    const [first, second] = line.links as [(typeof line.links)[0], (typeof line.links)[0]];
    const lifetime = { ...first, heralding: { ...first.heralding, photonLifetimeNs: 0.51 } };
    for (const wrong of [
      { ...line, nodes: [head, { ...middle, memory: { ...memory, t1S: memory.t1S * 1.001 } }, tail] },
      { ...line, nodes: [head, { ...middle, memory: { ...memory, t2S: memory.t2S * 1.001 } }, tail] },
      { ...line, nodes: [head, { ...middle, readout: { ...readout, p01: readout.p10, p10: readout.p01 } }, tail] },
      { ...line, nodes: [head, { ...middle, gates: { ...gates, twoQubitDepolarising: 0.00401 } }, tail] },
      { ...line, links: [lifetime, second] },
    ]) {
      expect(replayedLine(line, 50, 33, undefined, wrong).worst).toBeGreaterThan(100 * TOLERANCE);
    }
  });
});
