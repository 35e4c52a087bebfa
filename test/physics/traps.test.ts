import { bellIndices, bellName } from "@bellmesh/bell";
import { estimateLink, fibreTransmission, heraldedPair, type LinkScheme } from "@bellmesh/hardware";
import { evaluate, parseProgram } from "@bellmesh/physics";
import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { Laboratory } from "../nature/laboratory.ts";

/** Fidelity of a Φ+ after these steps on its first qubit, or the step's error. */
function fidelityAfter(...steps: readonly object[]): number {
  const state = { op: "state", qubits: ["a", "b"], state: "phi+" };
  const program = parseProgram(JSON.stringify({ steps: [state, ...steps] }), "trap");
  return evaluate(program).reports.at(-1)?.average.fidelity as number;
}

/** w(announced) − w(phase flipped): twice the coherence of the heralded pair. */
function coherence(scheme: LinkScheme): number {
  const { weights } = heraldedPair(scheme);
  return weights[0] - weights[2];
}

const quiet = { etaA: 1e-3, etaB: 1e-3, darkCountProbability: 0 };
const singleClick = (visibility: number): LinkScheme => ({ scheme: "single-click", ...quiet, visibility, alpha: 0.1 });
const doubleClick = (visibility: number): LinkScheme => ({
  scheme: "double-click",
  ...{ ...quiet, visibility, emissionFidelityA: 1, emissionFidelityB: 1 },
});

describe("What different communities write alike and mean differently", () => {
  test("a depolarising parameter is the probability of replacement by I/d, not that of a Pauli error", () => {
    expect(fidelityAfter({ op: "depolarise", qubits: ["a"], probability: 0.08 })).toBeCloseTo(1 - (3 * 0.08) / 4, 12);
  });

  test("visibility is of two photons: coherence goes as its root by single click, as itself by double click", () => {
    // But for both photons arriving at once, which indistinguishable ones do more often as a single click.
    expect(coherence(singleClick(0.81)) / coherence(singleClick(1))).toBeCloseTo(0.9, 4);
    expect(coherence(doubleClick(0.81)) / coherence(doubleClick(1))).toBeCloseTo(0.81, 12);
  });

  test("a dark count beside a photon has no interference to share: estimates that give it some are too good", () => {
    const parameters = { etaA: 3.5e-4, etaB: 3.5e-4, darkCountProbability: 5e-7, visibility: 0.9, alpha: 0.1 };
    const [exact, estimate] = (["single-click", "dahlberg-single-click"] as const).map((scheme) =>
      heraldedPair({ scheme, ...parameters }),
    );
    expect(estimate?.successProbability).toBeCloseTo(exact?.successProbability ?? 0, 8);
    const excess = (estimate?.weights[0] ?? 0) - (exact?.weights[0] ?? 0);
    expect(excess).toBeGreaterThan(3e-4);
    expect(excess).toBeLessThan(3e-3);
  });

  test("the length of a link is that from end to end: a photon of either end takes half of it", () => {
    const [link] = loadTopology("line:2").links;
    expect(link?.armsKm).toEqual([5, 5]);
    // The rate of single clicks goes as the root of the whole fibre's transmission, that of double clicks as itself.
    const whole = fibreTransmission(50, 0.2, 0);
    const arm = fibreTransmission(25, 0.2, 0);
    expect(arm * arm).toBeCloseTo(whole, 12);
    const far = { etaA: 1e-3 * arm, etaB: 1e-3 * arm };
    const ratio = (scheme: LinkScheme) =>
      heraldedPair({ ...scheme, ...far } as LinkScheme).successProbability / heraldedPair(scheme).successProbability;
    expect(ratio(singleClick(1))).toBeCloseTo(Math.sqrt(whole), 3);
    expect(ratio(doubleClick(1))).toBeCloseTo(whole, 3);
  });

  test("T2 is the total coherence time, that of relaxation included, and at most 2·T1", () => {
    const wait = { op: "wait", qubits: ["a"], tS: 0.3, t1S: 0.8, t2S: 0.5 };
    const expected = (1 + Math.exp(-0.3 / 0.8) + 2 * Math.exp(-0.3 / 0.5)) / 4;
    expect(fidelityAfter(wait)).toBeCloseTo(expected, 12);
    expect(() => fidelityAfter({ ...wait, t2S: 1.7 })).toThrow(/t2S/);
  });

  test("Bell states stand in the order Φ+, Ψ+, Φ−, Ψ−", () => {
    expect(bellIndices.map(bellName)).toEqual(["phi+", "psi+", "phi-", "psi-"]);
  });

  test("an attempt that succeeds at once has taken its period all the same", () => {
    const heralding: LinkScheme = { scheme: "perfect", successProbability: 1 };
    const timing = { armDelaysS: [0, 0], minimumS: 1e-4 } as const;
    expect(estimateLink({ heralding, timing }).rateHz).toBeCloseTo(1e4, 6);
  });

  test("a qubit waits through a gate, too: its time costs what waiting costs, beside the gate's own noise", () => {
    const after = (oneQubitNs: number) => {
      const laboratory = new Laboratory({ memory: { t2S: 1 }, gates: { oneQubitNs, oneQubitDepolarising: 0 } });
      const pair = laboratory.pair("alice-bob", 1);
      const correction = { qubit: pair, applied: { x: true, z: false } };
      laboratory.operate("alice", 0, { $case: "correction", correction });
      // The second gate starts when the first is over.
      laboratory.operate("alice", 0, { $case: "correction", correction });
      for (const node of ["alice", "bob"]) laboratory.deliver(node, 2 * oneQubitNs, pair);
      return (laboratory.fidelities[0]?.fidelityPpt ?? 0) / 1e12;
    };
    expect(after(0)).toBe(1);
    expect(after(50_000_000)).toBeCloseTo((1 + Math.exp(-0.2)) / 2, 11);
  });

  test("readout errors act through their mean on average over outcomes only, not on any one of them", () => {
    const werner = (first: string, second: string) => ({ op: "state", qubits: [first, second], wernerFidelity: 0.95 });
    const steps = [werner("a", "b1"), werner("b2", "c"), { op: "swap", qubits: ["b1", "b2"] }];
    const swapped = (p01: number, p10: number) =>
      evaluate(parseProgram(JSON.stringify({ defaults: { p01, p10 }, steps }), "trap")).reports.at(-1);
    const [uneven, even] = [swapped(0.05, 0.005), swapped(0.0275, 0.0275)];
    expect(uneven?.average.fidelity).toBeCloseTo(even?.average.fidelity as number, 12);
    const branches = uneven?.branches.map(({ state }) => state.fidelity as number) ?? [];
    expect(Math.max(...branches) - Math.min(...branches)).toBeGreaterThan(0.07);
  });
});
