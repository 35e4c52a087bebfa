import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BellIndex,
  type BellMeasurementNoise,
  type BellWeights,
  bellIndices,
  bellMeasurementDecay,
  combine,
  eigenvaluesOf,
  fromOrdinal,
  multiply,
  ordinal,
  shifted,
  swapWeights,
  weightsOf,
} from "./index.ts";

const p: BellWeights = [0.7, 0.15, 0.1, 0.05];
const q: BellWeights = [0.05, 0.2, 0.15, 0.6];
const noise: BellMeasurementNoise = { twoQubitDepolarising: 0.07, p01: 0.05, p10: 0.01 };
const noiseless: BellMeasurementNoise = { twoQubitDepolarising: 0, p01: 0, p10: 0 };

describe("swapWeights", () => {
  test("trusts each reported bit as far as the asymmetric readout allows: two Werner pairs of .95", () => {
    const werner: BellWeights = [0.95, 0.05 / 3, 0.05 / 3, 0.05 / 3];
    const swaps = bellIndices.map((m) => ({
      m,
      ...swapWeights(werner, werner, m, { twoQubitDepolarising: 0, p01: 0.05, p10: 0.005 }),
    }));
    const fidelities = swaps.map(({ m, weights }) => weights[ordinal(m)]);
    for (const [k, fidelity] of [0.8942, 0.8573, 0.8573, 0.822].entries()) {
      expect(Math.abs((fidelities[k] as number) - fidelity)).toBeLessThan(5e-5);
    }
    const mean = swaps.reduce((sum, { probability }, k) => sum + probability * (fidelities[k] as number), 0);
    expect(Math.abs(mean - 0.8561)).toBeLessThan(5e-5);
  });

  test("adds the two indices and the outcome when nothing is noisy", () => {
    for (const a of bellIndices) {
      for (const b of bellIndices) {
        for (const m of bellIndices) {
          const { probability, weights } = swapWeights(certain(a), certain(b), m, noiseless);
          expect(probability).toBe(0.25);
          expect(weights).toEqual(certain(combine(combine(a, b), m)));
        }
      }
    }
  });

  test("agrees with four qubits in a state vector, for every reported outcome", () => {
    for (const m of bellIndices) {
      const { probability, weights } = swapWeights(p, q, m, noise);
      const exact = exactSwap(p, q, m, noise);
      expect(probability).toBeCloseTo(exact.probability, 14);
      for (const [k, weight] of weights.entries()) {
        expect(weight).toBeCloseTo(exact.weights[k] as number, 14);
      }
    }
  });

  test("averages over the outcomes to the product of eigenvalues, for all noise and all pairs", () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(probability, probability, probability, (twoQubitDepolarising, p01, p10) => {
        const mean = [0, 0, 0, 0];
        let total = 0;
        for (const m of bellIndices) {
          const swap = swapWeights(p, q, m, { twoQubitDepolarising, p01, p10 });
          expect(swap.weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 14);
          expect(Math.min(...swap.weights)).toBeGreaterThanOrEqual(0);
          total += swap.probability;
          for (const [k, weight] of shifted(swap.weights, m).entries()) {
            mean[k] = (mean[k] as number) + swap.probability * weight;
          }
        }
        const decay = bellMeasurementDecay(twoQubitDepolarising, p01, p10);
        const closed = weightsOf(multiply(multiply(eigenvaluesOf(p), eigenvaluesOf(q)), decay));
        expect(total).toBeCloseTo(1, 14);
        for (const [k, weight] of closed.entries()) {
          expect(mean[k]).toBeCloseTo(weight, 13);
        }
      }),
      { seed: 1 },
    );
  });

  test("does not depend on which pair comes first", () => {
    for (const m of bellIndices) {
      expect(swapWeights(q, p, m, noise)).toEqual(swapWeights(p, q, m, noise));
    }
  });
});

function certain(index: BellIndex): BellWeights {
  const weights = [0, 0, 0, 0];
  weights[ordinal(index)] = 1;
  return weights as unknown as BellWeights;
}

/** Four qubits A, B1, B2, C as 16 real amplitudes, A most significant; mixtures are summed over their parts. */
type Amplitudes = readonly number[];
const A = 3;
const B1 = 2;
const B2 = 1;
const C = 0;

/** Depolarising is the even mixture of the 16 Paulis on B1 and B2; the misread bits are summed over. */
function exactSwap(first: BellWeights, second: BellWeights, reported: BellIndex, noisy: BellMeasurementNoise) {
  const joint = [0, 0, 0, 0];
  for (const i of bellIndices) {
    for (const j of bellIndices) {
      const pure = first[ordinal(i)] * second[ordinal(j)];
      const afterCnot = controlledX(pairsOf(i, j), B1, B2);
      for (let error = 0; error < 16; error += 1) {
        const kept = error === 0 ? 1 - noisy.twoQubitDepolarising : 0;
        const share = pure * (kept + noisy.twoQubitDepolarising / 16);
        const wrong = pauli(pauli(afterCnot, B1, fromOrdinal(error & 3)), B2, fromOrdinal(error >> 2));
        const end = hadamard(wrong, B1);
        for (const truth of bellIndices) {
          const read = readAs(truth.x, reported.x, noisy) * readAs(truth.z, reported.z, noisy);
          for (const k of bellIndices) {
            joint[ordinal(k)] = (joint[ordinal(k)] as number) + share * read * overlap(end, truth, k);
          }
        }
      }
    }
  }
  const probability = joint.reduce((sum, weight) => sum + weight);
  return { probability, weights: joint.map((weight) => weight / probability) };
}

function readAs(truth: boolean, reported: boolean, { p01, p10 }: BellMeasurementNoise): number {
  const wrong = truth ? p10 : p01;
  return truth === reported ? 1 - wrong : wrong;
}

/** |B_i⟩ on A, B1 and |B_j⟩ on B2, C: Φ+ twice, then the Paulis on B1 and C. */
function pairsOf(i: BellIndex, j: BellIndex): Amplitudes {
  const two = Array.from({ length: 16 }, (_, n) => (bit(n, A) === bit(n, B1) && bit(n, B2) === bit(n, C) ? 0.5 : 0));
  return pauli(pauli(two, B1, i), C, j);
}

/** Probability of the bits z on B1 and x on B2 together with |B_k⟩ on A, C. */
function overlap(state: Amplitudes, truth: BellIndex, k: BellIndex): number {
  let amplitude = 0;
  for (let a = 0; a < 2; a += 1) {
    const c = a ^ Number(k.x);
    const n = (a << A) | (Number(truth.z) << B1) | (Number(truth.x) << B2) | (c << C);
    amplitude += (k.z && a === 1 ? -1 : 1) * (state[n] as number) * Math.SQRT1_2;
  }
  return amplitude * amplitude;
}

function bit(n: number, qubit: number): number {
  return (n >> qubit) & 1;
}

/** Z^z, then X^x; the order only changes a global phase. */
function pauli(state: Amplitudes, qubit: number, by: BellIndex): Amplitudes {
  return state.map((_, n) => {
    const from = by.x ? n ^ (1 << qubit) : n;
    return (state[from] as number) * (by.z && bit(from, qubit) === 1 ? -1 : 1);
  });
}

function controlledX(state: Amplitudes, control: number, target: number): Amplitudes {
  return state.map((_, n) => state[bit(n, control) === 1 ? n ^ (1 << target) : n] as number);
}

function hadamard(state: Amplitudes, qubit: number): Amplitudes {
  return state.map((_, n) => {
    const zero = state[n & ~(1 << qubit)] as number;
    const one = state[n | (1 << qubit)] as number;
    return (bit(n, qubit) === 1 ? zero - one : zero + one) * Math.SQRT1_2;
  });
}
