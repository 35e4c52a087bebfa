import { cos, SeededEntropy, sin } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import { OperandError } from "../density-matrix/operand-error.ts";
import type { Amplitudes } from "../density-matrix/pivoted-cholesky.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { StateVector } from "./state-vector.ts";

const chance = new SeededEntropy(24).stream("state-vector.test");
const below = (count: number) => Math.floor(chance.uniform() * count);

/** The textbook: every amplitude of the new state is summed from the old ones, nothing in place, nothing skipped. */
class BruteForce {
  size: number;
  real: number[];
  imaginary: number[];

  constructor(size: number) {
    this.size = size;
    this.real = Array.from({ length: 2 ** size }, (_, index) => (index === 0 ? 1 : 0));
    this.imaginary = this.real.map(() => 0);
  }

  apply(positions: readonly number[], matrix: readonly number[]): void {
    const width = 2 ** positions.length;
    const places = positions.map((position) => 2 ** (this.size - 1 - position));
    const real = this.real.map(() => 0);
    const imaginary = this.real.map(() => 0);
    for (let to = 0; to < real.length; to += 1) {
      const row = places.reduce((sum, place) => 2 * sum + (Math.floor(to / place) % 2), 0);
      const rest = places.reduce((sum, place) => sum - (Math.floor(to / place) % 2) * place, to);
      for (let column = 0; column < width; column += 1) {
        const from = places.reduce(
          (sum, place, index) => sum + (Math.floor(column / 2 ** (places.length - 1 - index)) % 2) * place,
          rest,
        );
        const a = matrix[2 * (row * width + column)] as number;
        const b = matrix[2 * (row * width + column) + 1] as number;
        (real[to] as number) += a * (this.real[from] as number) - b * (this.imaginary[from] as number);
        (imaginary[to] as number) += a * (this.imaginary[from] as number) + b * (this.real[from] as number);
      }
    }
    this.real = real;
    this.imaginary = imaginary;
    this.normalise();
  }

  probability(position: number, found: boolean): number {
    return this.real.reduce((sum, _, index) => sum + (this.has(index, position) === found ? this.weight(index) : 0), 0);
  }

  project(position: number, found: boolean): void {
    const kept = this.real.flatMap((_, index) => (this.has(index, position) === found ? [index] : []));
    this.real = kept.map((index) => this.real[index] as number);
    this.imaginary = kept.map((index) => this.imaginary[index] as number);
    this.size -= 1;
    this.normalise();
  }

  tensor(other: BruteForce): void {
    const real = this.real.flatMap((a, i) => other.real.map((c, j) => a * c - this.im(i) * other.im(j)));
    this.imaginary = this.real.flatMap((a, i) => other.real.map((c, j) => a * other.im(j) + this.im(i) * c));
    this.real = real;
    this.size += other.size;
  }

  private has(index: number, position: number): boolean {
    return Math.floor(index / 2 ** (this.size - 1 - position)) % 2 === 1;
  }

  private im(index: number): number {
    return this.imaginary[index] as number;
  }

  private weight(index: number): number {
    return (this.real[index] as number) ** 2 + this.im(index) ** 2;
  }

  private normalise(): void {
    const norm = Math.sqrt(this.real.reduce((sum, _, index) => sum + this.weight(index), 0));
    this.real = this.real.map((a) => a / norm);
    this.imaginary = this.imaginary.map((a) => a / norm);
  }
}

/** 1 − |⟨a|b⟩|². */
function difference(a: Amplitudes | BruteForce, b: Amplitudes): number {
  let [real, imaginary] = [0, 0];
  for (let index = 0; index < b.real.length; index += 1) {
    const [ar, ai] = [a.real[index] as number, a.imaginary[index] as number];
    const [br, bi] = [b.real[index] as number, b.imaginary[index] as number];
    real += ar * br + ai * bi;
    imaginary += ar * bi - ai * br;
  }
  return Math.abs(1 - real * real - imaginary * imaginary);
}

const angle = () => 2 * Math.PI * chance.uniform();
const phase = (phi: number): readonly [number, number] => [cos(phi), sin(phi)];
const times = (s: number, [re, im]: readonly [number, number]): readonly [number, number] => [s * re, s * im];

function randomGate(): Matrix2 {
  const [theta, phi, lambda, global] = [angle(), angle(), angle(), angle()];
  switch (below(4)) {
    case 0:
      return [...phase(phi), 0, 0, 0, 0, ...phase(lambda)];
    case 1:
      return [0, 0, ...phase(phi), ...phase(lambda), 0, 0];
    default: {
      const [c, s] = [cos(theta), sin(theta)];
      const [a, b] = [times(c, phase(global)), times(-s, phase(global + lambda))];
      return [...a, ...b, ...times(s, phase(global + phi)), ...times(c, phase(global + phi + lambda))];
    }
  }
}

function product4(a: readonly number[], b: readonly number[]): number[] {
  const c = new Array<number>(32).fill(0);
  for (let i = 0; i < 4; i += 1) {
    for (let j = 0; j < 4; j += 1) {
      for (let k = 0; k < 4; k += 1) {
        const [ar, ai] = [a[2 * (4 * i + k)] as number, a[2 * (4 * i + k) + 1] as number];
        const [br, bi] = [b[2 * (4 * k + j)] as number, b[2 * (4 * k + j) + 1] as number];
        (c[2 * (4 * i + j)] as number) += ar * br - ai * bi;
        (c[2 * (4 * i + j) + 1] as number) += ar * bi + ai * br;
      }
    }
  }
  return c;
}

/** I ⊕ U where the first of two qubits is 1. */
function controlledBy(gate: readonly number[]): number[] {
  const matrix = new Array<number>(32).fill(0);
  matrix[0] = 1;
  matrix[10] = 1;
  for (const [entry, at] of [10, 11, 14, 15].entries()) {
    matrix[2 * at] = gate[2 * entry] as number;
    matrix[2 * at + 1] = gate[2 * entry + 1] as number;
  }
  return matrix;
}

const swap: Matrix4 = [0, 2, 1, 3].flatMap((row) => [0, 1, 2, 3].flatMap((column) => [row === column ? 1 : 0, 0]));

function onBoth(a: Matrix2, b: Matrix2): number[] {
  const onSecond = (gate: Matrix2) => product4(swap, product4(onFirst(gate), swap));
  return product4(onFirst(a), onSecond(b));
}

function onFirst(gate: Matrix2): number[] {
  const matrix = new Array<number>(32).fill(0);
  for (const [entry, at] of [0, 2, 8, 10].entries()) {
    for (const shift of [0, 5]) {
      matrix[2 * (at + shift)] = gate[2 * entry] as number;
      matrix[2 * (at + shift) + 1] = gate[2 * entry + 1] as number;
    }
  }
  return matrix;
}

function randomPair(): Matrix4 {
  switch (below(5)) {
    case 0:
      return swap;
    case 1:
      return [0, 1, 2, 3].flatMap((row) => [0, 1, 2, 3].flatMap((col) => (row === col ? phase(angle()) : [0, 0])));
    case 2:
      return controlledBy(randomGate());
    case 3:
      return product4(swap, product4(controlledBy(randomGate()), swap));
    default:
      return product4(
        onBoth(randomGate(), randomGate()),
        product4(controlledBy(randomGate()), onBoth(randomGate(), randomGate())),
      );
  }
}

const x: Matrix2 = [0, 0, 1, 0, 1, 0, 0, 0];
const z: Matrix2 = [1, 0, 0, 0, 0, 0, -1, 0];

/** One random operation on both, by the same operands. */
function step(state: StateVector, brute: BruteForce, sizeMost: number): void {
  const first = below(state.size);
  const second = state.size > 1 ? (first + 1 + below(state.size - 1)) % state.size : first;
  const gate = randomGate();
  const kind = below(state.size > 1 ? 11 : 6);
  if (kind === 0 && state.size < sizeMost) {
    state.grow();
    brute.tensor(new BruteForce(1));
  } else if (kind === 1) {
    const [flip, sign] = [below(2) === 1, below(2) === 1];
    state.pauli(first, { x: flip, z: sign });
    if (flip) brute.apply([first], x);
    if (sign) brute.apply([first], z);
  } else if (kind === 2) {
    const factor = 2 * chance.uniform() - 1;
    state.weaken(first, factor);
    brute.apply([first], [1, 0, 0, 0, 0, 0, factor, 0]);
  } else if (kind === 3 && brute.probability(first, true) > 1e-3) {
    state.jump(first);
    brute.apply([first], [0, 0, 1, 0, 0, 0, 0, 0]);
  } else if (kind < 6) {
    state.apply(first, gate);
    brute.apply([first], gate);
  } else if (kind === 6) {
    const axis = below(2) === 0 ? "x" : "z";
    state.controlled(first, second, axis);
    brute.apply([first, second], controlledBy(axis === "x" ? x : z));
  } else if (kind === 7) {
    state.applyPair(first, second, controlledBy(gate));
    brute.apply([first, second], controlledBy(gate));
  } else if (kind === 8) {
    state.swap(first, second);
    brute.apply([first, second], swap);
  } else if (kind === 9 && state.size > 2) {
    const found = chance.uniform() < brute.probability(first, true);
    state.project(first, found);
    brute.project(first, found);
  } else {
    const matrix = randomPair();
    state.applyPair(first, second, matrix);
    brute.apply([first, second], matrix);
  }
}

describe("a state vector", () => {
  test("does what matrices do, over 2,000 random circuits of every operation", () => {
    let worst = 0;
    for (let circuit = 0; circuit < 2_000; circuit += 1) {
      const size = 1 + below(5);
      const [state, brute] = [new StateVector(size), new BruteForce(size)];
      for (let gate = 0; gate < 12; gate += 1) step(state, brute, 6);
      if (circuit % 4 === 0) {
        const [other, otherBrute] = [new StateVector(1 + below(3)), new BruteForce(0)];
        for (let qubit = 0; qubit < other.size; qubit += 1) otherBrute.tensor(new BruteForce(1));
        for (let gate = 0; gate < 6; gate += 1) step(other, otherBrute, 3);
        state.absorb(other);
        brute.tensor(otherBrute);
        expect(other.size).toBe(0);
        for (let gate = 0; gate < 4; gate += 1) step(state, brute, 9);
      }
      worst = Math.max(worst, difference(brute, state.amplitudes()));
      for (let position = 0; position < state.size; position += 1) {
        worst = Math.max(worst, Math.abs(state.probabilityOfZero(position) - brute.probability(position, false)));
      }
      state.release();
    }
    expect(worst).toBeLessThan(1e-11);
  });

  test("gives back the amplitudes it was made of, but for their norm", () => {
    const real = Float64Array.from({ length: 16 }, () => chance.uniform() - 0.5);
    const imaginary = Float64Array.from({ length: 16 }, () => chance.uniform() - 0.5);
    const norm = Math.sqrt(real.reduce((sum, a, i) => sum + a * a + (imaginary[i] as number) ** 2, 0));
    const state = StateVector.ofAmplitudes({ real, imaginary });
    const given = { real: real.map((a) => a / norm), imaginary: imaginary.map((a) => a / norm) };
    expect(difference(given, state.amplitudes())).toBeLessThan(1e-14);
  });

  test("splits off qubits that are entangled with no others, and refuses to split others", () => {
    for (let trial = 0; trial < 60; trial += 1) {
      const [left, right] = [new StateVector(3), new StateVector(2)];
      const [leftBrute, rightBrute] = [new BruteForce(3), new BruteForce(2)];
      for (let gate = 0; gate < 20; gate += 1) step(left, leftBrute, 3);
      for (let gate = 0; gate < 20; gate += 1) step(right, rightBrute, 2);
      const [leftSize, rightSize] = [left.size, right.size];
      left.absorb(right);
      const positions = Array.from({ length: rightSize }, (_, place) => leftSize + place);
      const part = left.splitOff(positions) as StateVector;
      expect(difference(rightBrute, part.amplitudes())).toBeLessThan(1e-11);
      expect(difference(leftBrute, left.amplitudes())).toBeLessThan(1e-11);
    }
    const bell = new StateVector(2);
    const h = Math.SQRT1_2;
    bell.apply(0, [h, 0, h, 0, h, 0, -h, 0]);
    bell.controlled(0, 1, "x");
    expect(bell.splitOff([1])).toBeUndefined();
    expect(bell.size).toBe(2);
  });

  test("its reduced state is the partial trace", () => {
    const [state, brute] = [new StateVector(5), new BruteForce(5)];
    for (let gate = 0; gate < 80; gate += 1) step(state, brute, 5);
    while (state.size < 4) {
      state.grow();
      brute.tensor(new BruteForce(1));
    }
    const full = state.reduced([2, 0]);
    for (let row = 0; row < 4; row += 1) {
      const projected = new BruteForce(state.size);
      projected.real = [...brute.real];
      projected.imaginary = [...brute.imaginary];
      const first = projected.probability(2, row >= 2);
      let expected = 0;
      if (first > 1e-12) {
        projected.project(2, row >= 2);
        expected = first * projected.probability(0, row % 2 === 1);
      }
      expect(full.real[5 * row]).toBeCloseTo(expected, 11);
    }
    expect(full.real[0 * 4 + 3]).toBeCloseTo(full.real[3 * 4 + 0] as number, 15);
  });

  test("does not lose its norm over ten thousand gates that divide an entry out", () => {
    const [state, brute] = [new StateVector(3), new BruteForce(3)];
    for (let gate = 0; gate < 10_000; gate += 1) {
      const [position, matrix] = [below(3), randomGate()];
      state.apply(position, matrix);
      brute.apply([position], matrix);
    }
    expect(difference(brute, state.amplitudes())).toBeLessThan(1e-9);
  });
});

describe("a large state vector", () => {
  const circuit = (state: StateVector, steps: number, seed: number): void => {
    const draws = new SeededEntropy(seed).stream("circuit");
    const own = (count: number) => Math.floor(draws.uniform() * count);
    for (let gate = 0; gate < steps; gate += 1) {
      const [a, theta] = [own(state.size), 6 * draws.uniform()];
      const b = (a + 1 + own(state.size - 1)) % state.size;
      if (own(5) === 0) state.controlled(a, b, own(2) === 0 ? "x" : "z");
      else if (own(9) === 0) state.weaken(a, 0.9);
      else state.apply(a, [cos(theta), 0, 0, -sin(theta), 0, -sin(theta), cos(theta), 0]);
    }
  };

  test("is the same with gates fused, to rounding", () => {
    const [fused, plain] = [new StateVector(15, { fusion: true }), new StateVector(15)];
    circuit(fused, 150, 1);
    circuit(plain, 150, 1);
    expect(difference(fused.amplitudes(), plain.amplitudes())).toBeLessThan(1e-11);
    fused.release();
    plain.release();
  });

  test("applies the phases of all its qubits together, each to the amplitudes of its |1⟩", () => {
    const [size, h] = [13, Math.SQRT1_2];
    const angles = Array.from({ length: size }, () => 2 * Math.PI * chance.uniform());
    const state = new StateVector(size);
    for (const [position, phi] of angles.entries()) {
      state.apply(position, [h, 0, h, 0, h, 0, -h, 0]);
      state.apply(position, [1, 0, 0, 0, 0, 0, ...phase(phi)]);
    }
    const sums = Array.from({ length: 2 ** size }, (_, basis) =>
      angles.reduce((sum, phi, position) => sum + ((basis >> (size - 1 - position)) & 1) * phi, 0),
    );
    const expected = { real: Float64Array.from(sums, cos), imaginary: Float64Array.from(sums, sin) };
    const norm = 2 ** (-size / 2);
    const normalised = { real: expected.real.map((a) => a * norm), imaginary: expected.imaginary.map((a) => a * norm) };
    expect(difference(normalised, state.amplitudes())).toBeLessThan(1e-12);
    state.release();
  });

  test.each([false, true])("is the same on several threads, bit by bit (fusion: %s)", (fusion) => {
    const several = new StateVector(18, { fusion, severalThreads: true });
    const single = new StateVector(18, { fusion });
    circuit(several, 60, 2);
    circuit(single, 60, 2);
    expect(several.probabilityOfZero(3)).toBe(single.probabilityOfZero(3));
    several.project(5, true);
    single.project(5, true);
    const [a, b] = [several.amplitudes(), single.amplitudes()];
    expect(a.real.every((value, index) => Object.is(value, b.real[index]))).toBe(true);
    expect(a.imaginary.every((value, index) => Object.is(value, b.imaginary[index]))).toBe(true);
    several.release();
    single.release();
  });
});

describe("a wrong operand of a state vector", () => {
  const notUnitary: Matrix2 = [1, 0, 1, 0, 0, 0, 1, 0];
  const cases: readonly [string, (state: StateVector) => void, string][] = [
    ["a position out of range", (state) => state.apply(3, x), "outside-range"],
    ["a position that is no number", (state) => state.probabilityOfZero(Number.NaN), "not-a-number"],
    ["one qubit twice", (state) => state.controlled(1, 1, "x"), "repeated"],
    ["one qubit twice in a pair", (state) => state.applyPair(2, 2, swap), "repeated"],
    ["NaN in a gate", (state) => state.apply(0, [Number.NaN, 0, 0, 0, 0, 0, 1, 0]), "not-a-number"],
    ["a gate that is not unitary", (state) => state.apply(0, notUnitary), "not-unitary"],
    ["a gate of another size", (state) => state.applyPair(0, 1, x), "wrong-size"],
    ["a factor above 1", (state) => state.weaken(0, 1.5), "outside-range"],
    ["an outcome that never is", (state) => state.project(2, true), "impossible-outcome"],
    ["a jump from |0⟩", (state) => state.jump(2), "impossible-outcome"],
    ["too many qubits", (state) => state.absorb(new StateVector(22)), "too-many-qubits"],
    ["itself", (state) => state.absorb(state), "repeated"],
    ["five qubits' ρ", (state) => state.reduced([0, 1, 2, 3, 4]), "outside-range"],
  ];

  test.each(cases)("%s is refused with its name, and the state is as it was", (_, operation, reason) => {
    const state = new StateVector(3);
    state.apply(0, [0.6, 0, -0.8, 0, 0.8, 0, 0.6, 0]);
    state.controlled(0, 1, "x");
    const before = state.amplitudes();
    let refusal: unknown;
    try {
      operation(state);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(OperandError);
    expect((refusal as OperandError).reason).toBe(reason);
    expect(state.size).toBe(3);
    expect(difference(before, state.amplitudes())).toBeLessThan(1e-14);
  });
});
