import { memoryDecay } from "@bellmesh/bell";
import { SeededEntropy } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import { type Chance, undrawn } from "./chance.ts";
import type { DensityMatrix } from "./density-matrix/density-matrix.ts";
import { EmulatorLimitError } from "./emulator-limit-error.ts";
import { joined, type Need, reasonFor, registerFor } from "./engine-choice.ts";
import { applyGate, controlledGate, rotation } from "./gates.ts";
import { hadamard } from "./measurement.ts";
import { PairRegister } from "./pair/pair-register.ts";
import { Qubit } from "./qubit.ts";
import { stabilizerBasis } from "./stabilizer-basis.ts";
import { sampledTogether } from "./trajectories.ts";
import { wait } from "./waiting.ts";

const clifford = { able: () => true, because: "of a test" };
const any = { able: ({ engine }: { readonly engine: string }) => engine !== "stabilizer", because: "of a test" };
const SAMPLES = 1500;
const SIGMA = 5.5;

/** Two noisy Bell-diagonal pairs joined at one end, and a qubit in a mixture of |0⟩ and |1⟩. */
function noisyCluster(): Qubit[] {
  const qubits = Array.from({ length: 5 }, () => new Qubit()) as [Qubit, Qubit, Qubit, Qubit, Qubit];
  new PairRegister(qubits[0], qubits[1], [0.8, 0.1, 0.06, 0.04]);
  new PairRegister(qubits[2], qubits[3], [0.1, 0.1, 0.7, 0.1]);
  PairRegister.single(qubits[4], { x: 0, y: 0, z: 0.6 });
  applyGate(qubits[0], hadamard, 0.1);
  controlledGate(qubits[1], qubits[2], "x", 0.2);
  controlledGate(qubits[2], qubits[4], "z", 0);
  wait(qubits[3], { x: 0.7, y: 0.7, z: 1 });
  return qubits;
}

/** The mean of ρ over so many draws of a register, and ρ as it was before. */
function averaged(make: () => Qubit[], need: Need, chance: Chance) {
  let mean: DensityMatrix | undefined;
  const exactOf = make();
  const exact = joined(...exactOf).reduced(exactOf.map(({ position }) => position));
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const qubits = make();
    const register = sampledTogether([joined(...qubits)], need, chance);
    expect(register.isTrajectory).toBe(true);
    const state = register.reduced(qubits.map(({ position }) => position));
    if (!mean) mean = state;
    else {
      for (let entry = 0; entry < state.real.length; entry += 1) {
        mean.real[entry] = (mean.real[entry] as number) + (state.real[entry] as number);
        mean.imaginary[entry] = (mean.imaginary[entry] as number) + (state.imaginary[entry] as number);
      }
    }
  }
  return { exact, mean: mean as DensityMatrix };
}

function expectMean({ exact, mean }: { readonly exact: DensityMatrix; readonly mean: DensityMatrix }): void {
  // An entry of a pure state is at most ½ off the diagonal and 1 on it, so σ is at most ½.
  const tolerance = (SIGMA * 0.5) / Math.sqrt(SAMPLES);
  for (let entry = 0; entry < exact.real.length; entry += 1) {
    expect(Math.abs((mean.real[entry] as number) / SAMPLES - (exact.real[entry] as number))).toBeLessThan(tolerance);
    const imaginary = (mean.imaginary[entry] as number) / SAMPLES;
    expect(Math.abs(imaginary - (exact.imaginary[entry] as number))).toBeLessThan(tolerance);
  }
}

describe("A register drawn from a density matrix", () => {
  test("is, on average, that matrix: stabilizer states (1,500 samples, 5.5 sigma, seed 3)", () => {
    const chance = new SeededEntropy(3).stream("stabilizer");
    expectMean(averaged(noisyCluster, clifford, chance));
  });

  test("is, on average, that matrix: vectors of what relaxed and turned (1,500 samples, 5.5 sigma, seed 3)", () => {
    const chance = new SeededEntropy(3).stream("state-vector");
    const relaxed = () => {
      const pair = [new Qubit(), new Qubit()] as const;
      new PairRegister(pair[0], pair[1], [0.8, 0.1, 0.06, 0.04]);
      wait(pair[0], memoryDecay(1, 1.5, 0.4));
      applyGate(pair[1], rotation("y", 0.7), 0);
      return [...pair];
    };
    expectMean(averaged(relaxed, any, chance));
  });
});

describe("A stabilizer basis", () => {
  test("is there for what Clifford gates and Pauli noise made, and for nothing else", () => {
    const cluster = noisyCluster();
    expect(stabilizerBasis(joined(...cluster).matrix)).toBeDefined();
    const turned = noisyCluster();
    applyGate(turned[1] as Qubit, rotation("y", 0.1), 0);
    expect(stabilizerBasis(joined(...turned).matrix)).toBeUndefined();
    const relaxed = noisyCluster();
    wait(relaxed[0] as Qubit, memoryDecay(1, 1, 0.01));
    expect(stabilizerBasis(joined(...relaxed).matrix)).toBeUndefined();
  });
});

describe("The choice of an engine", () => {
  const pairs = (count: number) =>
    Array.from({ length: count }, () => {
      const [near, far] = [new Qubit(), new Qubit()];
      new PairRegister(near, far, [0.9, 0.1, 0, 0]);
      return near;
    });
  const chained = (count: number, chance: Chance) => {
    const near = pairs(count);
    for (const [place, qubit] of near.slice(1).entries()) controlledGate(near[place] as Qubit, qubit, "z", 0, chance);
    return near;
  };

  test("stays exact while ten qubits are enough, and says why it left the pair", () => {
    const [first] = chained(5, undrawn);
    expect(first?.register?.engine).toBe("density-matrix");
    expect(first?.register && reasonFor(first.register)).toBe("a controlled-Z joined it");
  });

  test("beyond that takes a stabilizer state for Clifford gates, a state vector for others", () => {
    const chance = new SeededEntropy(5).stream("choice");
    const [first] = chained(8, chance) as [Qubit];
    expect(first.register).toMatchObject({ engine: "stabilizer", size: 16, isTrajectory: true });
    applyGate(first, rotation("y", 0.3), 0, chance);
    expect(first.register).toMatchObject({ engine: "state-vector", size: 16, isTrajectory: true });
    expect(first.register && reasonFor(first.register)).toBe("a gate turned one of its qubits");
  });

  test("of no engine leaves every register as it was, and draws nothing", () => {
    const chance = new SeededEntropy(5).stream("limit");
    const [first] = chained(13, chance) as [Qubit];
    const alone = new Qubit();
    PairRegister.single(alone, { x: 0.6, y: 0, z: 0.8 });
    expect(() => registerFor([first, alone], clifford, undrawn)).toThrow(EmulatorLimitError);
    expect(() => applyGate(first, rotation("x", 0.2), 0, undrawn)).toThrow(EmulatorLimitError);
    expect(first.register).toMatchObject({ engine: "stabilizer", size: 26 });
    expect(alone.register).toMatchObject({ engine: "pair", xx: 0.6 });
  });
});
