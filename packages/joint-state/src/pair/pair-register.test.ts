import {
  type BellIndex,
  type BlochVector,
  bellIndices,
  memoryDecay,
  StateError,
  type XState,
  xStateOf,
} from "@bellmesh/bell";
import { cos, exp, sin } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bellMeasure } from "../bell-measurement.ts";
import type { Chance } from "../chance.ts";
import { OperandError } from "../density-matrix/operand-error.ts";
import { joined, promoted } from "../engine-choice.ts";
import { Qubit } from "../qubit.ts";
import type { Register } from "../register.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { PairRegister } from "./pair-register.ts";
import { swapPairs } from "./pair-swap.ts";

const still = { x: 1, y: 1, z: 1 };
const never: Chance = { uniform: () => Number.NaN };
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const small = fc.double({ min: 0, max: 0.4, noNaN: true });
const angle = fc.double({ min: -7, max: 7, noNaN: true });
const draw = fc.double({ min: 0, max: 0.999999, noNaN: true });
const half = fc.constantFrom<0 | 1>(0, 1);

/** Any X-state that is not quite pure: populations by ratios, coherences anywhere within their bounds. */
const xState = fc
  .tuple(fc.tuple(unit, unit, unit, unit), unit, unit, angle, angle)
  .map(([ratios, outer, inner, outerTurn, innerTurn]): XState => {
    const sum = ratios.reduce((a, b) => a + b) + 0.2;
    const [p00, p01, p10] = ratios.map((ratio) => (ratio + 0.05) / sum) as [number, number, number, number];
    const p11 = 1 - p00 - p01 - p10;
    const [o, i] = [0.99 * outer * Math.sqrt(p00 * p11), 0.99 * inner * Math.sqrt(p01 * p10)];
    return xStateOf({
      ...{ p00, p01, p10, p11 },
      ...{ outerRe: o * cos(outerTurn), outerIm: o * sin(outerTurn) },
      ...{ innerRe: i * cos(innerTurn), innerIm: i * sin(innerTurn) },
    });
  });
const bloch = fc.tuple(unit, angle, angle).map(([length, turn, lift]): BlochVector => {
  const r = 0.99 * length;
  return { x: r * cos(turn) * cos(lift), y: r * sin(turn) * cos(lift), z: r * sin(lift) };
});
const noise = fc.record({ twoQubitDepolarising: small, p01: small, p10: small, oneQubitDepolarising: small });

function pairOf(state: XState): [Qubit, Qubit] {
  const pair: [Qubit, Qubit] = [new Qubit(), new Qubit()];
  new PairRegister(...pair, state);
  return pair;
}

function aloneIn(vector: BlochVector): Qubit {
  const qubit = new Qubit();
  PairRegister.single(qubit, vector);
  return qubit;
}

function drawing(...draws: number[]): Chance {
  let next = 0;
  return { uniform: () => draws[next++ % draws.length] as number };
}

function entriesOf(qubit: Qubit): number[] {
  const { matrix } = promoted(qubit);
  return [...matrix.real, ...matrix.imaginary];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [place, value] of actual.entries()) {
    expect(Math.abs(value - (expected[place] as number))).toBeLessThan(1e-10);
  }
}

function phase(turn: number): Matrix2 {
  return [cos(turn), -sin(turn), 0, 0, 0, 0, cos(turn), sin(turn)];
}

/** Any unitary, up to a global phase: turns about Z, Y and Z. */
function anyGate(a: number, b: number, c: number): Matrix2 {
  const [p, q] = [a + c, a - c];
  const [co, si] = [cos(b), sin(b)];
  return [co * cos(p), -co * sin(p), -si * cos(q), si * sin(q), si * cos(q), si * sin(q), co * cos(p), co * sin(p)];
}

/** A gate that keeps parity: one unitary on |00⟩, |11⟩ and one on |01⟩, |10⟩. */
function parityGate(even: Matrix2, odd: Matrix2): Matrix4 {
  const gate = new Array<number>(32).fill(0);
  for (const [block, low, high] of [
    [even, 0, 3],
    [odd, 1, 2],
  ] as const) {
    for (const [place, value] of block.entries()) {
      const row = place < 4 ? low : high;
      const column = place % 4 < 2 ? low : high;
      gate[2 * (4 * row + column) + (place % 2)] = value;
    }
  }
  return gate;
}

describe("the pair engine does what the density matrix does", () => {
  const operation = fc.tuple(fc.nat(7), half, angle, small, fc.nat(3));

  function operate(register: Register, [kind, position, turn, p, k]: [number, 0 | 1, number, number, number]): void {
    const index = bellIndices[k] as BellIndex;
    if (kind === 0) register.wait(position, memoryDecay(1, 0.5 + p, 2 * p), never);
    else if (kind === 1) register.pauli(position, index);
    else if (kind === 2) register.depolarise(position, p, never);
    else if (kind === 3) register.depolarisePair(position, 1 - position, p, never);
    else if (kind === 4) register.pauliChannel(position, [1 - p, p / 2, p / 3, p / 6], never);
    else if (kind === 5) register.apply(position, phase(turn));
    else if (kind === 6) register.controlled(position, 1 - position, "z");
    else register.applyPair(position, 1 - position, parityGate(anyGate(turn, 3 * p, k), anyGate(k, turn, p)));
  }

  test("to X-states: waits, channels, phases, flips and gates that keep parity, in any order", () => {
    fc.assert(
      fc.property(xState, fc.array(operation, { maxLength: 8 }), (state, operations) => {
        const [pair] = pairOf(state);
        const [dense] = pairOf(state);
        promoted(dense);
        for (const one of operations) {
          operate(pair.register as Register, one);
          operate(dense.register as Register, one);
        }
        expect(pair.register?.engine).toBe("pair");
        const register = pair.register as PairRegister;
        for (const positions of [[0], [1], [0, 1], [1, 0]]) {
          const [ours, theirs] = [register.reduced(positions), (dense.register as Register).reduced(positions)];
          expectClose([...ours.real, ...ours.imaginary], [...theirs.real, ...theirs.imaginary]);
        }
        expectClose(entriesOf(pair), entriesOf(dense));
      }),
      { seed: 1 },
    );
  });

  test("when one half is measured along any axis or traced out: the other lives on alone, and takes any gate", () => {
    const axis = fc.constantFrom("x", "y", "z", "gone");
    const turns = fc.tuple(angle, angle, angle);
    fc.assert(
      fc.property(xState, half, axis, small, small, turns, small, (state, which, along, p01, p10, gate, p) => {
        const results = [pairOf(state), pairOf(state)].map((pair, isDense) => {
          if (isDense) promoted(pair[0]);
          const [gone, left] = [pair[which] as Qubit, pair[1 - which] as Qubit];
          const exact = gone.register as PairRegister;
          if (along === "gone") exact.discard(gone.position);
          else exact.collapseAlong(gone.position, along, 1 - p01, p10);
          expect(gone.register).toBeUndefined();
          const register = left.register as PairRegister;
          expect(register.size).toBe(1);
          register.apply(left.position, anyGate(...gate));
          register.wait(left.position, memoryDecay(1, 1.5, p));
          register.pauliChannel(left.position, [1 - p, 0, p / 2, p / 2]);
          register.apply(left.position, phase(gate[0]));
          const along3 = (["x", "y", "z"] as const).map((each) => register.probabilityAlong(left.position, each));
          return [...along3, ...entriesOf(left)];
        });
        expectClose(results[0] as number[], results[1] as number[]);
      }),
      { seed: 2 },
    );
  });

  test("to Bell measurements of pairs and of qubits alone, which are teleported: same outcome, same state", () => {
    const operand = fc.oneof(
      fc.tuple(xState, half).map(([state, near]) => () => {
        const pair = pairOf(state);
        return { near: pair[near] as Qubit, far: pair[1 - near] as Qubit };
      }),
      bloch.map((vector) => () => ({ near: aloneIn(vector), far: undefined })),
      // A half whose partner was measured along X stands in its old place, and may be the second.
      fc.tuple(xState, half).map(([state, near]) => () => {
        const pair = pairOf(state);
        (pair[0].register as PairRegister).collapseAlong(1 - near, "x", 0.9, 0.2);
        return { near: pair[near] as Qubit, far: undefined };
      }),
    );
    fc.assert(
      fc.property(operand, operand, noise, draw, draw, (left, right, errors, u, v) => {
        const results = [false, true].map((isDense) => {
          const [one, other] = [left(), right()];
          if (isDense) for (const { near } of [one, other]) promoted(near);
          const outcome = bellMeasure(one.near, other.near, errors, drawing(u, v));
          expect([one.near.register, other.near.register]).toEqual([undefined, undefined]);
          const far = one.far ?? other.far;
          // The density matrix may have seen that the far halves are a product, and set them apart.
          if (one.far && other.far && isDense) joined(one.far, other.far);
          if (one.far && other.far && !isDense) expect(one.far.register).toBe(other.far.register);
          const reduced = far?.register?.reduced([one.far, other.far].flatMap((each) => (each ? [each.position] : [])));
          return { outcome, entries: [...(reduced?.real ?? []), ...(reduced?.imaginary ?? [])] };
        });
        const [pair, dense] = results;
        expect(pair?.outcome).toEqual(dense?.outcome);
        expectClose(pair?.entries ?? [], dense?.entries ?? [0]);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test("fidelity after a wait is foretold, coherences complex or not", () => {
    fc.assert(
      fc.property(xState, small, small, (state, a, b) => {
        const [first, second] = pairOf(state);
        const decays = [memoryDecay(1, 1.2, a), memoryDecay(3, 0.5, b)] as const;
        const register = first.register as PairRegister;
        const foretold = bellIndices.map((index) => register.fidelity(1, 0, index, decays[1], decays[0]));
        register.wait(0, decays[0]);
        register.wait(1, decays[1]);
        expectClose(
          foretold,
          bellIndices.map((index) => register.fidelity(0, 1, index, still, still)),
        );
        expect(second.register).toBe(register);
      }),
      { seed: 4 },
    );
  });
});

describe("a register of the pair engine", () => {
  test("says what it cannot do exactly: a half no H, a pair no controlled-X; a qubit alone takes any", () => {
    const register = pairOf(xStateOf(someState))[0].register as PairRegister;
    const h = Math.SQRT1_2;
    const hadamard: Matrix2 = [h, 0, h, 0, h, 0, -h, 0];
    expect(register.canApply(hadamard)).toBe(false);
    expect(register.canApply(phase(0.3))).toBe(true);
    expect(register.canApply([0, 0, 0, -1, 0, 1, 0, 0])).toBe(true);
    expect(register.canControl("x")).toBe(false);
    expect(register.canControl("z")).toBe(true);
    expect(register.canApplyPair(parityGate(hadamard, phase(1)))).toBe(true);
    const before = { ...register };
    expect(() => register.apply(0, hadamard)).toThrow("canApply");
    expect(() => register.controlled(0, 1, "x")).toThrow("canControl");
    expect({ ...register }).toEqual(before);
    register.discard(0);
    expect(register.canApply(hadamard)).toBe(true);
    expect(register.canControl("z")).toBe(false);
    expect(register.qubits[0]).toBeUndefined();
  });

  test("holds what a single-click herald leaves, and its bright |11⟩ relaxes while |00⟩ does not", () => {
    const herald = { p00: 0, p01: 0.45, p10: 0.45, p11: 0.1, outerRe: 0, outerIm: 0, innerRe: 0.42, innerIm: 0.02 };
    const register = pairOf(xStateOf(herald))[0].register as PairRegister;
    const psi = bellIndices[1] as BellIndex;
    expect(register.fidelity(0, 1, psi, still, still)).toBeCloseTo(0.87, 14);
    register.wait(0, memoryDecay(1, 2, 1));
    const kept = exp(-1);
    expect(register.probabilityOfZero(0)).toBeCloseTo(1 - 0.55 * kept, 14);
    expect(register.probabilityOfZero(1)).toBeCloseTo(0.45, 14);
  });

  test.each([
    ["a probability", OperandError, (r: PairRegister) => r.depolarise(0, Number.NaN)],
    ["both", OperandError, (r: PairRegister) => r.depolarisePair(0, 0, 0.1)],
    ["weights", OperandError, (r: PairRegister) => r.pauliChannel(0, [0.5, 0.5, 0.1, 0])],
    ["a decay", OperandError, (r: PairRegister) => r.wait(0, { x: 1, y: 1, z: 0.5 })],
    ["a position", OperandError, (r: PairRegister) => r.pauli(2, bellIndices[1] as BellIndex)],
    ["a gate", OperandError, (r: PairRegister) => r.apply(0, [1, 0, 0, 0, 0, 0, 2, 0])],
    ["an angle", OperandError, (r: PairRegister) => r.apply(0, [1, 0, 0, 0, 0, 0, Number.NaN, 0])],
    ["halves", OperandError, (r: PairRegister) => r.fidelity(1, 1, bellIndices[0] as BellIndex, still, still)],
    ["an outcome", OperandError, (r: PairRegister) => r.collapse(0, 0, 0)],
    ["a state", StateError, (r: PairRegister) => new PairRegister(r.first as Qubit, r.second, [1, 1, 0, 0])],
    ["a vector", OperandError, (r: PairRegister) => PairRegister.single(r.first as Qubit, { x: 1, y: 1, z: 0 })],
    ["noise", OperandError, (r: PairRegister) => swapWithAnother(r)],
  ] as const)("refuses %s that cannot be, by name, and is as it was", (_, kind, act) => {
    const [first] = pairOf(xStateOf(someState));
    const register = first.register as PairRegister;
    const before = { ...register };
    expect(() => act(register)).toThrow(kind);
    expect({ ...register }).toEqual(before);
    expect(first.register).toBe(register);
  });

  test("refuses a half that is gone", () => {
    const register = pairOf(xStateOf(someState))[0].register as PairRegister;
    register.collapse(0, 1, 0);
    expect(() => register.wait(0, still)).toThrow(expect.objectContaining({ reason: "gone", value: 0 }));
    register.collapse(1, 1, 0.5);
    expect(register.size).toBe(0);
    expect(() => register.promote()).toThrow(OperandError);
  });
});

const someState = {
  ...{ p00: 0.3, p01: 0.3, p10: 0.2, p11: 0.2 },
  ...{ outerRe: 0.1, outerIm: -0.05, innerRe: 0.02, innerIm: 0.2 },
};

function swapWithAnother(register: PairRegister): void {
  const [other] = pairOf(xStateOf(someState));
  swapPairs(register.second as Qubit, other, { twoQubitDepolarising: 0, p01: 1.5, p10: 0 }, drawing(0.1));
}
