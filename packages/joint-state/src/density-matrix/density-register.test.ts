import { bellIndices, memoryDecay, phiPlus } from "@bellmesh/bell";
import { SeededEntropy } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Qubit } from "../qubit.ts";
import { Channel } from "./channel.ts";
import { DensityMatrix } from "./density-matrix.ts";
import { DensityRegister } from "./density-register.ts";
import { OperandError } from "./operand-error.ts";

const h = Math.sqrt(0.5);
const hadamard = [h, 0, h, 0, h, 0, -h, 0] as const;
const identity4 = Array.from({ length: 32 }, (_, at) => (at % 10 === 0 ? 1 : 0));
const still = { x: 1, y: 1, z: 1 };

/** So many qubits in |0⟩ in one register. */
function fresh(count: number): DensityRegister {
  const registers = Array.from({ length: count }, () => DensityRegister.initialised(new Qubit()));
  const [register] = registers as [DensityRegister];
  for (const other of registers.slice(1)) register.absorb(other);
  return register;
}

/** (|0…0⟩ + |1…1⟩)/√2. */
function ghz(count: number): DensityRegister {
  const register = fresh(count);
  register.apply(0, hadamard);
  for (let next = 1; next < count; next += 1) register.controlled(next - 1, next, "x");
  return register;
}

function entriesOf({ matrix }: DensityRegister): number[] {
  return [...matrix.real, ...matrix.imaginary];
}

function refusal(act: () => unknown): OperandError {
  try {
    act();
  } catch (error) {
    if (error instanceof OperandError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a wrong operand is refused by name, and the register is as it was", () => {
  const nan = Number.NaN;
  const wrong: readonly [what: string, operand: string, reason: string, act: (register: DensityRegister) => unknown][] =
    [
      ["a qubit that is gone", "qubit", "gone", (r) => r.wait(3, still)],
      ["a position that is no integer", "qubit", "gone", (r) => r.depolarise(0.5, 0.1)],
      ["a position below 0", "control", "gone", (r) => r.controlled(-1, 0, "x")],
      ["one qubit twice in a gate", "target", "repeated", (r) => r.controlled(1, 1, "x")],
      ["one qubit twice in a controlled-Z", "second", "repeated", (r) => r.controlled(1, 1, "z")],
      ["one qubit twice in a pair's gate", "second", "repeated", (r) => r.applyPair(2, 2, identity4)],
      ["one qubit twice in a pair", "second", "repeated", (r) => r.fidelity(0, 0, phiPlus, still, still)],
      ["one qubit twice in a partial trace", "qubits[1]", "repeated", (r) => r.reduced([1, 1])],
      ["a probability that is NaN", "probability", "not-a-number", (r) => r.depolarise(0, nan)],
      ["a probability above 1", "probability", "outside-range", (r) => r.depolarisePair(0, 1, 1.01)],
      ["depolarising of a gate below 0", "depolarising", "outside-range", (r) => r.controlled(0, 1, "x", -0.1)],
      ["a weight below 0", "weights[1]", "outside-range", (r) => r.pauliChannel(0, [1, -0.1, 0.1, 0])],
      ["weights that miss 1", "the sum of weights", "sum-is-not-one", (r) => r.pauliChannel(0, [0.9, 0, 0, 0])],
      ["T2 above 2·T1", "decay.x", "outside-range", (r) => r.wait(0, { x: 0.9, y: 0.9, z: 0.5 })],
      ["a wait by NaN", "decay.z", "not-a-number", (r) => r.wait(0, { x: 1, y: 1, z: nan })],
      [
        "a gate that is not unitary",
        "the entry (0, 0) of U†U − 1 for gate",
        "not-unitary",
        (r) => r.apply(0, [1, 0, 0, 0, 1, 0, 1, 0]),
      ],
      [
        "a gate of NaN",
        "the entry (0, 0) of U†U − 1 for gate",
        "not-a-number",
        (r) => r.apply(0, [nan, 0, 0, 0, 0, 0, 1, 0]),
      ],
      ["a gate of another size", "the length of gate", "wrong-size", (r) => r.applyPair(0, 1, [...hadamard])],
      [
        "a report that cannot be",
        "the probability of the report",
        "impossible-outcome",
        (r) => r.collapse(3 - 1, 0, 0),
      ],
      [
        "a direction that is no unit vector",
        "the square of the direction",
        "outside-range",
        (r) => r.collapseAlong(0, [1, 1, 0], 1, 0),
      ],
      [
        "a channel of one qubit on two",
        "the number of qubits",
        "wrong-size",
        (r) => r.applyChannel([0, 1], new Channel([hadamard])),
      ],
      ["a register that absorbs itself", "other", "repeated", (r) => r.absorb(r)],
      ["an eleventh qubit", "the number of qubits", "too-many-qubits", (r) => r.absorb(fresh(8))],
    ];

  test.each(wrong)("%s: %s, %s", (_what, operand, reason, act) => {
    const register = ghz(3);
    const before = entriesOf(register);
    const qubits = [...register.qubits];
    const error = refusal(() => act(register));
    expect([error.operand, error.reason]).toEqual([operand, reason]);
    expect(error.message.startsWith(`${operand} is `)).toBe(true);
    expect(entriesOf(register)).toEqual(before);
    expect(register.qubits).toEqual(qubits);
    expect(qubits.map((qubit) => qubit.register)).toEqual([register, register, register]);
  });

  test("Kraus operators that lose probability, are none, or differ in size make no channel", () => {
    const damped = [1, 0, 0, 0, 0, 0, 0.9, 0];
    expect(refusal(() => new Channel([damped])).reason).toBe("not-complete");
    expect(refusal(() => new Channel([])).operand).toBe("the number of operators");
    expect(refusal(() => new Channel([hadamard, identity4])).operand).toBe("the length of operators[1]");
    expect(refusal(() => new Channel([[Number.NaN, ...damped.slice(1)]])).reason).toBe("not-a-number");
  });
});

describe("known closed forms", () => {
  test("|+⟩ that waits keeps e^(−t/T2) of its coherence and falls by e^(−t/T1) towards |0⟩", () => {
    const register = fresh(1);
    register.apply(0, hadamard);
    const decay = memoryDecay(2, 1, 0.5);
    register.wait(0, decay);
    const [x, y, z] = register.matrix.blochVector(0);
    expect(x).toBeCloseTo(decay.x, 14);
    expect(y).toBe(0);
    expect(z).toBeCloseTo(1 - decay.z, 14);
  });

  test("depolarising p leaves F = 1 − p/2 of |0⟩ and, on both halves of a Bell pair at once, 1 − 3p/4", () => {
    const one = fresh(1);
    one.depolarise(0, 0.2);
    expect(one.probabilityOfZero(0)).toBeCloseTo(0.9, 15);
    const pair = ghz(2);
    pair.depolarisePair(0, 1, 0.2);
    expect(pair.fidelity(0, 1, phiPlus, still, still)).toBeCloseTo(1 - (3 * 0.2) / 4, 15);
    expect(pair.matrix.purity()).toBeCloseTo(0.8 * 0.8 + (2 * 0.8 * 0.2) / 4 + (0.2 * 0.2) / 4, 15);
  });

  test("depolarising is the Pauli channel with 1 − 3p/4 and thrice p/4, and a Channel with those operators", () => {
    const p = 0.3;
    const [one, two, three] = [ghz(2), ghz(2), ghz(2)];
    one.depolarise(1, p);
    two.pauliChannel(1, [1 - 0.75 * p, p / 4, p / 4, p / 4]);
    const [w, v] = [Math.sqrt(1 - 0.75 * p), Math.sqrt(p / 4)];
    three.applyChannel(
      [1],
      new Channel([
        [w, 0, 0, 0, 0, 0, w, 0],
        [0, 0, v, 0, v, 0, 0, 0],
        [0, 0, 0, -v, 0, v, 0, 0],
        [v, 0, 0, 0, 0, 0, -v, 0],
      ]),
    );
    for (const other of [two, three]) {
      for (const [at, value] of entriesOf(other).entries()) expect(value).toBeCloseTo(entriesOf(one)[at] as number, 15);
    }
  });

  test("half a Bell pair measured along any direction leaves the other half along its mirror in y", () => {
    const direction = [0.48, 0.6, 0.64] as const;
    const register = ghz(2);
    expect(register.probabilityAlong(0, direction)).toBeCloseTo(0.5, 15);
    register.collapseAlong(0, direction, 1, 0);
    for (const [axis, part] of register.matrix.blochVector(0).entries()) {
      expect(part).toBeCloseTo(axis === 1 ? -direction[1] : (direction[axis] as number), 14);
    }
  });

  test.each(["x", "y", "z"] as const)("a readout that errs mixes both truths along %s as along z", (axis) => {
    const register = ghz(2);
    register.collapseAlong(0, axis, 0.9, 0.3);
    const sign = axis === "y" ? -1 : 1;
    expect(register.probabilityAlong(0, axis)).toBeCloseTo(0.5 + (sign * (0.9 - 0.3)) / (2 * (0.9 + 0.3)), 14);
  });
});

describe("registers shrink", () => {
  test("a measured qubit is gone, and those after it move up", () => {
    const register = ghz(4);
    const [a, b, c, d] = register.qubits as [Qubit, Qubit, Qubit, Qubit];
    register.collapse(1, 1, 0);
    expect(b.register).toBeUndefined();
    expect([a, c, d].map((qubit) => qubit.position)).toEqual([0, 1, 2]);
    expect(register.size).toBe(3);
    expect(register.matrix.real[0]).toBeCloseTo(1, 15);
  });

  test("a GHZ state is one factor; after one of it was read in Z all are alone, in X none is", () => {
    const register = ghz(4);
    expect(register.factors()).toEqual([[0, 1, 2, 3]]);
    expect(register.splitOff([2])).toBeUndefined();
    register.collapse(0, 1, 0);
    expect(register.factors()).toEqual([[0], [1], [2]]);
    const other = ghz(4);
    other.collapseAlong(0, "x", 0, 1);
    expect(other.factors()).toEqual([[0, 1, 2]]);
  });

  test("classical correlation holds qubits together as entanglement does, and three without any two", () => {
    const dephased = ghz(3);
    dephased.pauliChannel(0, [0.5, 0, 0, 0.5]);
    expect(dephased.factors()).toEqual([[0, 1, 2]]);
    // Even parity, otherwise random: any two of the three are independent.
    const even = new DensityMatrix(3);
    for (const basis of [0, 3, 5, 6]) even.real[9 * basis] = 0.25;
    const register = new DensityRegister([new Qubit(), new Qubit(), new Qubit()], even);
    register.absorb(fresh(1));
    expect(register.factors()).toEqual([[0, 1, 2], [3]]);
  });

  test("two pairs that met in a register part again, whatever the order of their qubits", () => {
    const halves = [ghz(2), ghz(2)] as const;
    const [a, b] = halves[0].qubits as [Qubit, Qubit];
    const [c, d] = halves[1].qubits as [Qubit, Qubit];
    const [register, other] = halves;
    register.depolarise(0, 0.1);
    other.wait(1, memoryDecay(1, 1, 0.1));
    const before = [entriesOf(register), entriesOf(other)];
    register.absorb(other);
    expect(other.size).toBe(0);
    // An exchange of b and c, as three controlled gates.
    for (const [control, target] of [
      [1, 2],
      [2, 1],
      [1, 2],
    ] as const)
      register.controlled(control, target, "x");
    expect(register.factors()).toEqual([
      [0, 2],
      [1, 3],
    ]);
    const split = register.splitOff([1, 3]);
    expect(split?.qubits).toEqual([b, d]);
    expect(register.qubits).toEqual([a, c]);
    expect([a, b, c, d].map((qubit) => [qubit.register, qubit.position])).toEqual([
      [register, 0],
      [split, 0],
      [register, 1],
      [split, 1],
    ]);
    for (const [which, now] of [register, split as DensityRegister].entries()) {
      for (const [at, value] of entriesOf(now).entries()) expect(value).toBeCloseTo(before[which]?.[at] as number, 14);
    }
  });

  test("any grouping of seven qubits is found again", () => {
    const groupings = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(groupings, (labels) => {
        const register = fresh(7);
        for (let qubit = 0; qubit < 7; qubit += 1) {
          register.apply(qubit, [0.6, 0, 0, 0.8, 0, 0.8, 0.6, 0]);
          const before = labels.lastIndexOf(labels[qubit] as number, qubit - 1);
          if (qubit > 0 && before >= 0) register.controlled(before, qubit, "z");
        }
        const expected = [...new Set(labels)].map((label) =>
          labels.flatMap((each, at) => (each === label ? [at] : [])),
        );
        expect(register.factors()).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

describe("a pure state drawn from a density matrix", () => {
  test("of a pure state is that state", () => {
    const register = ghz(3);
    const { real, imaginary } = register.sampleColumn({ uniform: () => 0.999 });
    expect(register.matrix.fidelityWith({ real, imaginary })).toBeCloseTo(1, 14);
  });

  test("the ensemble of all that can be drawn is ρ: swept over the draw, states mix to it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const chance = new SeededEntropy(seed).stream("test.pivoted-cholesky");
        const register = fresh(3);
        for (let step = 0; step < 6; step += 1) {
          register.apply(step % 3, [0.6, 0, 0, 0.8, 0, 0.8, 0.6, 0]);
          register.controlled(step % 3, (step + 1) % 3, step % 2 === 0 ? "x" : "z");
          if (seed % 2 === 0 || step < 1) register.wait(step % 3, memoryDecay(2, 2, chance.uniform()));
        }
        const ensemble = sweep(register);
        expect(ensemble.length).toBeLessThanOrEqual(8);
        for (const [at, value] of register.matrix.real.entries()) {
          const [row, column] = [at >> 3, at & 7];
          let [real, imaginary] = [0, 0];
          for (const { weight, state } of ensemble) {
            const [a, b] = [state.real[row] as number, state.imaginary[row] as number];
            const [c, d] = [state.real[column] as number, state.imaginary[column] as number];
            real += weight * (a * c + b * d);
            imaginary += weight * (b * c - a * d);
          }
          expect(real).toBeCloseTo(value, 11);
          expect(imaginary).toBeCloseTo(register.matrix.imaginary[at] as number, 11);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("mean fidelity of 20,000 drawn states with each Bell state is ρ's, within 5.5 standard errors (seed 4)", () => {
    const chance = new SeededEntropy(4).stream("test.pivoted-cholesky");
    const pair = ghz(2);
    pair.wait(0, memoryDecay(1, 0.8, 0.4));
    pair.pauliChannel(1, [0.7, 0.15, 0.1, 0.05]);
    const draws = 20_000;
    const sums = [0, 0, 0, 0];
    const squares = [0, 0, 0, 0];
    for (let draw = 0; draw < draws; draw += 1) {
      const state = DensityMatrix.ofAmplitudes(pair.sampleColumn(chance));
      for (const [k, index] of bellIndices.entries()) {
        const fidelity = state.fidelity(0, 1, index, still, still);
        sums[k] = (sums[k] as number) + fidelity;
        squares[k] = (squares[k] as number) + fidelity * fidelity;
      }
    }
    for (const [k, index] of bellIndices.entries()) {
      const mean = (sums[k] as number) / draws;
      const error = Math.sqrt(((squares[k] as number) / draws - mean * mean) / draws);
      expect(Math.abs(mean - pair.fidelity(0, 1, index, still, still))).toBeLessThan(5.5 * error + 1e-12);
    }
  });
});

/** All states that can be drawn, with their probabilities to 2^−50: halving finds where the drawn state changes. */
function sweep(register: DensityRegister) {
  const at = (draw: number) => register.sampleColumn({ uniform: () => draw });
  const isSame = (one: number, other: number) =>
    at(one).real.join() === at(other).real.join() && at(one).imaginary.join() === at(other).imaginary.join();
  const ensemble: { weight: number; state: ReturnType<typeof at> }[] = [];
  for (let from = 0; from < 1; ) {
    let [same, different] = [from, 1];
    while (different - same > 2 ** -50) {
      const middle = (same + different) / 2;
      if (isSame(from, middle)) same = middle;
      else different = middle;
    }
    ensemble.push({ weight: different - from, state: at(from) });
    from = different;
  }
  return ensemble;
}
