import { type BellIndex, type BellWeights, bellIndices } from "@bellmesh/bell";
import { SeededEntropy } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import type { Chance } from "../chance.ts";
import { DensityMatrix } from "../density-matrix/density-matrix.ts";
import { DensityRegister } from "../density-matrix/density-register.ts";
import { OperandError } from "../density-matrix/operand-error.ts";
import { EmulatorLimitError } from "../emulator-limit-error.ts";
import { rotation } from "../gates.ts";
import { Qubit } from "../qubit.ts";
import type { Register } from "../register.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { pauliString } from "./pauli-string.ts";
import { StabilizerRegister } from "./stabilizer-register.ts";
import { Tableau } from "./tableau.ts";

const still = { x: 1, y: 1, z: 1 };
const h = Math.sqrt(0.5);
const hadamard: Matrix2 = [h, 0, h, 0, h, 0, -h, 0];
const tGate: Matrix2 = [1, 0, 0, 0, 0, 0, h, h];
const never: Chance = {
  uniform: () => {
    throw new Error("nothing may be drawn here");
  },
};

function qubits(count: number): Qubit[] {
  return Array.from({ length: count }, () => new Qubit());
}

function fresh(count: number): StabilizerRegister {
  return new StabilizerRegister(qubits(count), Tableau.zeros(count), false);
}

/** |0…0⟩ in the exact engine. */
function exact(count: number): DensityRegister {
  const matrix = new DensityMatrix(count);
  matrix.real[0] = 1;
  return new DensityRegister(qubits(count), matrix);
}

/** A fixed circuit on three qubits with every kind of Pauli noise after its gates; the exact engine draws nothing. */
function noisyCircuit(register: Register, chance: Chance): void {
  register.apply(0, hadamard);
  register.depolarise(0, 0.1, chance);
  register.controlled(0, 1, "x");
  register.depolarisePair(0, 1, 0.15, chance);
  register.apply(2, rotation("x", Math.PI / 2));
  register.pauliChannel(2, [0.7, 0.15, 0.05, 0.1], chance);
  register.controlled(2, 1, "z");
  register.wait(1, { x: 0.8, y: 0.8, z: 1 }, chance);
  register.apply(1, rotation("y", -Math.PI / 2));
  register.depolarisePair(2, 1, 0.05, chance);
  register.pauli(0, { x: true, z: true });
}

/** ⟨P⟩ of a Pauli string, from ρ. */
function expectationOf(matrix: DensityMatrix, letters: string): number {
  const probe = new Float64Array(2);
  for (let column = 0; column < matrix.dimension; column += 1) {
    let row = 0;
    let [re, im] = [1, 0];
    for (const [place, letter] of [...letters].entries()) {
      const bit = (column >> (matrix.qubits - 1 - place)) & 1;
      row = 2 * row + (letter === "X" || letter === "Y" ? 1 - bit : bit);
      if (letter === "Z" && bit) [re, im] = [-re, -im];
      if (letter === "Y") [re, im] = bit ? [im, -re] : [-im, re];
    }
    // Tr(Pρ) = Σ ⟨row|P|column⟩ ⟨column|ρ|row⟩.
    const at = column * matrix.dimension + row;
    probe[0] = (probe[0] ?? 0) + re * (matrix.real[at] ?? 0) - im * (matrix.imaginary[at] ?? 0);
  }
  return probe[0] ?? 0;
}

function allLetters(count: number): string[] {
  if (count === 0) return [""];
  return allLetters(count - 1).flatMap((rest) => ["I", "X", "Y", "Z"].map((letter) => rest + letter));
}

/** How many standard deviations a mean of ±1 samples, or of 0s, lies from what is expected; 0 σ must be met exactly. */
function deviation(mean: number, expected: number, variance: number, samples: number): number {
  const missed = Math.abs(mean - expected);
  if (missed < 1e-12) return 0;
  return missed / Math.sqrt(variance / samples);
}

describe("noise on a stabilizer state", () => {
  test("has, averaged over 6,000 samples, the expectation values of the exact engine within 5.5 σ", () => {
    const chance = new SeededEntropy(31).stream("noise");
    const reference = exact(3);
    noisyCircuit(reference, never);
    const samples = 6000;
    const strings = allLetters(3);
    const sums = new Map(strings.map((letters) => [letters, 0]));
    for (let sample = 0; sample < samples; sample += 1) {
      const register = fresh(3);
      noisyCircuit(register, chance);
      expect(register.isTrajectory).toBe(true);
      for (const letters of strings) {
        sums.set(letters, (sums.get(letters) ?? 0) + register.expectation(pauliString(letters)));
      }
    }
    for (const letters of strings) {
      const expected = expectationOf(reference.matrix, letters);
      const mean = (sums.get(letters) ?? 0) / samples;
      expect(deviation(mean, expected, 1 - expected * expected, samples), letters).toBeLessThan(5.5);
    }
  });

  test("makes of readout errors and of discarding the mixtures of the exact engine, within 5.5 σ", () => {
    const chance = new SeededEntropy(32).stream("readout");
    const prepare = (register: Register): void => {
      register.apply(0, hadamard);
      register.controlled(0, 1, "x");
      register.controlled(0, 2, "x");
      register.apply(1, hadamard);
      register.controlled(1, 3, "x");
    };
    const reference = exact(4);
    prepare(reference);
    reference.collapse(3, 0.9, 0.2);
    reference.discard(2);
    const samples = 4000;
    const strings = allLetters(2);
    const sums = strings.map(() => 0);
    for (let sample = 0; sample < samples; sample += 1) {
      const register = fresh(4);
      prepare(register);
      register.collapse(3, 0.9, 0.2, chance);
      register.discard(2, chance);
      expect([register.size, register.isTrajectory]).toEqual([2, true]);
      for (const [place, letters] of strings.entries()) {
        sums[place] = (sums[place] ?? 0) + register.expectation(pauliString(letters));
      }
    }
    for (const [place, letters] of strings.entries()) {
      const expected = expectationOf(reference.matrix, letters);
      const mean = (sums[place] ?? 0) / samples;
      expect(deviation(mean, expected, 1 - expected * expected, samples), letters).toBeLessThan(5.5);
    }
  });

  test("draws the Bell states of a pair with their weights, within 5.5 σ of 20,000 draws", () => {
    const chance = new SeededEntropy(33).stream("pairs");
    const weights: BellWeights = [0.7, 0.15, 0.1, 0.05];
    const samples = 20_000;
    const counts = [0, 0, 0, 0];
    for (let sample = 0; sample < samples; sample += 1) {
      const [first, second] = [new Qubit(), new Qubit()];
      const pair = StabilizerRegister.bellPair(first, second, weights, chance);
      const x = pair.expectation(pauliString("ZZ")) < 0 ? 1 : 0;
      const z = pair.expectation(pauliString("XX")) < 0 ? 2 : 0;
      counts[x + z] = (counts[x + z] ?? 0) + 1;
    }
    for (const [k, weight] of weights.entries()) {
      expect(deviation((counts[k] ?? 0) / samples, weight, weight * (1 - weight), samples)).toBeLessThan(5.5);
    }
  });

  test("of probability 0 or 1 draws nothing, and leaves no sample of a mixture", () => {
    const register = fresh(2);
    register.apply(0, hadamard);
    register.controlled(0, 1, "x");
    register.depolarise(0, 0, never);
    register.depolarisePair(0, 1, 0, never);
    register.pauliChannel(1, [0, 1, 0, 0], never);
    register.wait(0, still, never);
    expect(register.expectation(pauliString("ZZ"))).toBe(-1);
    register.collapse(0, 1, 0, never);
    register.collapse(0, 0.3, 0.9, never);
    expect([register.size, register.isTrajectory]).toEqual([0, false]);
  });
});

describe("a stabilizer register", () => {
  test("is the same as the exact engine over random Clifford circuits with measurements", () => {
    const chance = new SeededEntropy(34).stream("engines");
    for (let circuit = 0; circuit < 120; circuit += 1) {
      const [register, reference] = [fresh(4), exact(4)];
      for (let step = 0; step < 25; step += 1) {
        const first = Math.floor(chance.uniform() * 4);
        const second = (first + 1 + Math.floor(chance.uniform() * 3)) % 4;
        const axis = (["x", "y", "z"] as const)[Math.floor(chance.uniform() * 3)] ?? "x";
        const turn = rotation(axis, (Math.PI / 2) * Math.floor(chance.uniform() * 4));
        const applied = bellIndices[Math.floor(chance.uniform() * 4)] as BellIndex;
        for (const engine of [register, reference]) {
          engine.apply(first, turn);
          engine.controlled(first, second, axis === "x" ? "x" : "z");
          engine.pauli(second, applied);
        }
      }
      expect(register.probabilityOfZero(1)).toBeCloseTo(reference.probabilityOfZero(1), 10);
      for (const index of bellIndices) {
        const decay = { x: 0.7, y: 0.7, z: 0.6 };
        const expected = reference.fidelity(2, 0, index, decay, still);
        expect(register.fidelity(2, 0, index, decay, still)).toBeCloseTo(expected, 10);
      }
      const keepZero = register.probabilityOfZero(3) > 0 ? 1 : 0;
      register.collapse(3, keepZero, 1 - keepZero, never);
      reference.collapse(3, keepZero, 1 - keepZero);
      const { real, imaginary } = register.promote().matrix;
      for (const [place, value] of reference.matrix.real.entries()) expect(real[place]).toBeCloseTo(value, 10);
      for (const [at, value] of reference.matrix.imaginary.entries()) expect(imaginary[at]).toBeCloseTo(value, 10);
    }
  });

  test("keeps its qubits and their positions together when some come and go", () => {
    const held = qubits(5);
    const register = new StabilizerRegister([...held], Tableau.zeros(5), false);
    register.pauli(4, { x: true, z: false });
    register.collapse(1, 1, 0, never);
    expect(held[1]?.register).toBeUndefined();
    expect(register.qubits).toEqual([held[0], held[4], held[2], held[3]]);
    expect([held[4]?.position, register.probabilityOfZero(1)]).toEqual([1, 0]);
    const other = fresh(2);
    const [first] = other.qubits;
    register.absorb(other);
    expect([first?.register === register, first?.position, other.size]).toEqual([true, 4, 0]);
    register.grow(new Qubit());
    register.controlled(1, 5, "x");
    const part = register.splitOff([1, 5]);
    expect(part?.qubits[0]).toBe(held[4]);
    expect([part?.probabilityOfZero(1), register.size]).toEqual([0, 5]);
    for (const [position, qubit] of register.qubits.entries()) {
      expect([qubit.register === register, qubit.position]).toEqual([true, position]);
    }
    expect(register.factors()).toEqual([[0], [1], [2], [3], [4]]);
    expect(register.splitOff([2])?.size).toBe(1);
    register.discard(0, never);
    expect([register.size, register.isTrajectory]).toEqual([3, false]);
  });

  test("splits off nothing that is entangled, and says that a sample has no fidelity and no exact state", () => {
    const chance = new SeededEntropy(35).stream("sample");
    const [first, second] = qubits(2);
    const pair = StabilizerRegister.bellPair(first as Qubit, second as Qubit, [0.5, 0.5, 0, 0], chance);
    pair.grow(new Qubit());
    expect(pair.splitOff([0])).toBeUndefined();
    expect(pair.splitOff([0, 2])).toBeUndefined();
    expect(pair.splitOff([1, 0])?.isTrajectory).toBe(true);
    expect(pair.isTrajectory).toBe(true);
    expect(() => pair.promote()).toThrow(EmulatorLimitError);
    pair.grow(new Qubit());
    expect(pair.fidelity(0, 1, { x: false, z: false }, still, still)).toBeUndefined();
    expect(() => fresh(11).promote()).toThrow(EmulatorLimitError);
  });

  test("says beforehand what it cannot do, and does not do it nearly", () => {
    const register = fresh(2);
    const damping = { x: 0.9, y: 0.9, z: 0.95 };
    const controlledT: Matrix4 = Array.from({ length: 32 }, (_, at) =>
      at % 10 === 0 ? (at === 30 ? h : 1) : at === 31 ? h : 0,
    );
    expect([register.canWait(damping), register.canWait({ x: 0.5, y: 0.5, z: 1 })]).toEqual([false, true]);
    expect([register.canApply(tGate), register.canApply(hadamard)]).toEqual([false, true]);
    expect([register.canApplyPair(controlledT), register.canControl()]).toEqual([false, true]);
    expect(() => register.wait(0, damping, never)).toThrow("T1 is infinite");
    expect(() => register.apply(0, tGate)).toThrow("Clifford");
    expect(() => register.applyPair(0, 1, controlledT)).toThrow("Clifford");
    expect(register.expectation(pauliString("ZZ"))).toBe(1);
  });

  test("refuses wrong operands with their names, draws nothing for them and stays as it was", () => {
    const register = fresh(3);
    register.apply(0, hadamard);
    register.controlled(0, 1, "x");
    const bad: (() => unknown)[] = [
      () => register.depolarise(3, 0.1, never),
      () => register.depolarise(0, Number.NaN, never),
      () => register.depolarise(0, 1.1, never),
      () => register.depolarisePair(0, 0, 0.1, never),
      () => register.depolarisePair(0, 1, -0.1, never),
      () => register.pauliChannel(0, [0.5, 0.5, 0.5, 0], never),
      () => register.pauliChannel(0, [Number.NaN, 0, 0, 1], never),
      () => register.pauli(-1, { x: true, z: true }),
      () => register.wait(0, { x: Number.NaN, y: 1, z: 1 }, never),
      () => register.apply(7, hadamard),
      () => register.apply(0, [1, 0, 0, 0, 0, 0, 2, 0]),
      () =>
        register.applyPair(
          1,
          1,
          Array.from({ length: 32 }, (_, at) => (at % 10 === 0 ? 1 : 0)),
        ),
      () => register.controlled(2, 2, "z"),
      () => register.probabilityOfZero(1.5),
      () => register.collapse(2, 0, 1, never),
      () => register.collapse(0, 2, 0, never),
      () => register.collapse(0, 0, 0, never),
      () => register.discard(9, never),
      () => register.fidelity(0, 0, { x: false, z: false }, still, still),
      () => register.reduced([0, 3]),
      () => register.splitOff([4]),
      () => register.splitOff([0, 0]),
      () => register.absorb(register),
      () => new StabilizerRegister(qubits(1), Tableau.zeros(2), false),
      () => StabilizerRegister.bellPair(new Qubit(), new Qubit(), [1, 1, 0, 0], never),
    ];
    for (const call of bad) expect(call).toThrow(OperandError);
    expect([register.size, register.isTrajectory]).toEqual([3, false]);
    for (const letters of ["XXI", "ZZI", "IIZ"]) expect(register.expectation(pauliString(letters))).toBe(1);
  });
});
