import { SeededEntropy } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Chance } from "../chance.ts";
import { OperandError } from "../density-matrix/operand-error.ts";
import { rotation } from "../gates.ts";
import type { Matrix2, Matrix4 } from "../unitary.ts";
import { factorsOf, productParts, splitOne } from "./canonical-form.ts";
import { cliffordOf, cliffordOfPair } from "./clifford-map.ts";
import { expectation, measure, project, remove } from "./pauli-measurement.ts";
import { parityOf } from "./pauli-rows.ts";
import { type PauliFactor, pauliString } from "./pauli-string.ts";
import { reducedState } from "./reduced-state.ts";
import { amplitudesOf, type MaskedPauli, maskedStabilizers, writeAmplitudes } from "./stabilizer-amplitudes.ts";
import { drawSyndrome, syndromeProbabilities } from "./syndrome.ts";
import { Tableau } from "./tableau.ts";

/** A state vector multiplied out entry by entry, that shares no line with what it checks. */
interface Dense {
  size: number;
  re: number[];
  im: number[];
}

const h = Math.sqrt(0.5);
const oneQubit: Record<string, Matrix2> = {
  x: [0, 0, 1, 0, 1, 0, 0, 0],
  y: [0, 0, 0, -1, 0, 1, 0, 0],
  z: [1, 0, 0, 0, 0, 0, -1, 0],
  h: [h, 0, h, 0, h, 0, -h, 0],
  s: [1, 0, 0, 0, 0, 0, 0, 1],
  sDagger: [1, 0, 0, 0, 0, 0, 0, -1],
  sqrtX: [0.5, 0.5, 0.5, -0.5, 0.5, -0.5, 0.5, 0.5],
  sqrtXDagger: [0.5, -0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -0.5],
  sqrtY: [h, 0, -h, 0, h, 0, h, 0],
  sqrtYDagger: [h, 0, h, 0, -h, 0, h, 0],
};
const twoQubits: Record<string, Matrix4> = {
  cx: matrix4([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]),
  cz: matrix4([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, -1]),
  swap: matrix4([1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]),
};
const oneNames = ["x", "y", "z", "h", "s", "sDagger", "sqrtX", "sqrtXDagger", "sqrtY", "sqrtYDagger"] as const;
const twoNames = ["cx", "cz", "swap"] as const;

function matrix4(...rows: number[][]): Matrix4 {
  return rows.flat().flatMap((value) => [value, 0]);
}

function zeros(size: number): Dense {
  const re = new Array<number>(2 ** size).fill(0);
  re[0] = 1;
  return { size, re, im: new Array<number>(2 ** size).fill(0) };
}

/** A gate on one or two qubits of a state vector. */
function act(state: Dense, positions: readonly number[], gate: readonly number[]): void {
  const { size, re, im } = state;
  const dimension = 2 ** positions.length;
  const bitOf = (basis: number, position: number): number => (basis >> (size - 1 - position)) & 1;
  const before = { re: [...re], im: [...im] };
  re.fill(0);
  im.fill(0);
  for (let from = 0; from < re.length; from += 1) {
    const column = positions.reduce((sum, position) => 2 * sum + bitOf(from, position), 0);
    for (let row = 0; row < dimension; row += 1) {
      let to = from;
      for (const [place, position] of positions.entries()) {
        const bit = (row >> (positions.length - 1 - place)) & 1;
        to = (to & ~(1 << (size - 1 - position))) | (bit << (size - 1 - position));
      }
      const a = gate[2 * (row * dimension + column)] ?? 0;
      const b = gate[2 * (row * dimension + column) + 1] ?? 0;
      re[to] = (re[to] ?? 0) + a * (before.re[from] ?? 0) - b * (before.im[from] ?? 0);
      im[to] = (im[to] ?? 0) + a * (before.im[from] ?? 0) + b * (before.re[from] ?? 0);
    }
  }
}

function withPauli(state: Dense, pauli: readonly PauliFactor[]): Dense {
  const image = { size: state.size, re: [...state.re], im: [...state.im] };
  for (const { position, axis } of pauli) act(image, [position], oneQubit[axis] as Matrix2);
  return image;
}

function inner(one: Dense, other: Dense): readonly [number, number] {
  let re = 0;
  let im = 0;
  for (let place = 0; place < one.re.length; place += 1) {
    const [a, b] = [one.re[place] ?? 0, one.im[place] ?? 0];
    const [c, d] = [other.re[place] ?? 0, other.im[place] ?? 0];
    re += a * c + b * d;
    im += a * d - b * c;
  }
  return [re, im];
}

/** Projects onto an eigenspace of a Pauli string and normalises; gives the probability. */
function projected(state: Dense, pauli: readonly PauliFactor[], outcome: boolean): number {
  const image = withPauli(state, pauli);
  const sign = outcome ? -1 : 1;
  const re = state.re.map((value, place) => (value + sign * (image.re[place] ?? 0)) / 2);
  const im = state.im.map((value, place) => (value + sign * (image.im[place] ?? 0)) / 2);
  const probability = inner({ size: state.size, re, im }, { size: state.size, re, im })[0];
  if (probability < 1e-9) return 0;
  state.re = re.map((value) => value / Math.sqrt(probability));
  state.im = im.map((value) => value / Math.sqrt(probability));
  return probability;
}

function overlapOf(tableau: Tableau, state: Dense): number {
  const { real, imaginary } = amplitudesOf(tableau);
  const [re, im] = inner({ size: state.size, re: [...real], im: [...imaginary] }, state);
  return re * re + im * im;
}

function below(chance: Chance, bound: number): number {
  return Math.floor(chance.uniform() * bound);
}

function distinct(chance: Chance, size: number): readonly [number, number] {
  const first = below(chance, size);
  return [first, (first + 1 + below(chance, size - 1)) % size];
}

function randomPauli(chance: Chance, size: number): PauliFactor[] {
  const letters = Array.from({ length: size }, () => "IXYZ"[below(chance, 4)]).join("");
  const factors = pauliString(letters);
  return factors.length > 0 ? factors : [{ position: 0, axis: "z" }];
}

function randomGate(chance: Chance, tableau: Tableau, state?: Dense): void {
  const { size } = tableau;
  if (size > 1 && chance.uniform() < 0.5) {
    const name = twoNames[below(chance, twoNames.length)] ?? "cx";
    const [first, second] = distinct(chance, size);
    tableau[name](first, second);
    if (state) act(state, [first, second], twoQubits[name] as Matrix4);
  } else {
    const name = oneNames[below(chance, oneNames.length)] ?? "h";
    const position = below(chance, size);
    tableau[name](position);
    if (state) act(state, [position], oneQubit[name] as Matrix2);
  }
}

function scrambled(chance: Chance, size: number, gates: number): Tableau {
  const tableau = Tableau.zeros(size);
  for (let gate = 0; gate < gates; gate += 1) randomGate(chance, tableau);
  return tableau;
}

/** Every row of the tableau, stabilizers first, with bits as whole numbers. */
function commutationErrors({ rows }: Tableau): number {
  const row = (index: number, half: number): readonly [bigint, bigint] => {
    let [x, z] = [0n, 0n];
    for (let qubit = 0; qubit < rows.size; qubit += 1) {
      x = 2n * x + BigInt(rows.bit(qubit, 0, 2 * (index >> 5) + half, index & 31));
      z = 2n * z + BigInt(rows.bit(qubit, 1, 2 * (index >> 5) + half, index & 31));
    }
    return [x, z];
  };
  const odd = (bits: bigint): boolean => [...bits.toString(2)].filter((bit) => bit === "1").length % 2 === 1;
  const stabilizers = Array.from({ length: rows.size }, (_, index) => row(index, 0));
  const destabilizers = Array.from({ length: rows.size }, (_, index) => row(index, 1));
  let errors = 0;
  for (const [index, [x, z]] of stabilizers.entries()) {
    for (const [other, [a, b]] of stabilizers.entries()) {
      if (other < index && odd(x & b) !== odd(z & a)) errors += 1;
    }
    for (const [other, [a, b]] of destabilizers.entries()) {
      if ((odd(x & b) !== odd(z & a)) !== (other === index)) errors += 1;
    }
    const low = ((rows.low[2 * (index >> 5)] ?? 0) >>> (index & 31)) & 1;
    if ((low === 1) !== odd(x & z)) errors += 1;
  }
  return errors;
}

describe("a tableau against a state vector multiplied out", () => {
  test("is the same state after random Clifford circuits with measurements of Pauli strings", () => {
    const chance = new SeededEntropy(2004).stream("circuits");
    let worst = 0;
    for (let circuit = 0; circuit < 2200; circuit += 1) {
      const size = circuit < 2000 ? 1 + (circuit % 6) : 7 + (circuit % 2);
      const [tableau, state] = [Tableau.zeros(size), zeros(size)];
      for (let step = 0; step < 8 * size; step += 1) {
        if (chance.uniform() < 0.85) {
          randomGate(chance, tableau, state);
          continue;
        }
        const pauli = chance.uniform() < 0.5 ? randomPauli(chance, size) : pauliString("Z".padStart(size, "I"));
        const expected = inner(state, withPauli(state, pauli))[0];
        expect(expectation(tableau, pauli)).toBe(Math.round(expected) + 0);
        const outcome = expected > 0.5 ? false : expected < -0.5 ? true : chance.uniform() < 0.5;
        expect(project(tableau, pauli, outcome)).toBeCloseTo(projected(state, pauli, outcome), 10);
      }
      worst = Math.max(worst, Math.abs(1 - overlapOf(tableau, state)));
    }
    expect(worst).toBeLessThan(1e-10);
  });

  test("takes qubits out, in and apart and stays the same state, its rows as they have to be", () => {
    const chance = new SeededEntropy(8).stream("removal");
    for (let circuit = 0; circuit < 400; circuit += 1) {
      const size = 2 + below(chance, 4);
      const [tableau, state] = [Tableau.zeros(size), zeros(size)];
      for (let gate = 0; gate < 6 * size; gate += 1) randomGate(chance, tableau, state);
      const position = below(chance, size);
      const z: PauliFactor[] = [{ position, axis: "z" }];
      const outcome = measure(tableau, z, chance);
      expect(projected(state, z, outcome)).toBeGreaterThan(0.4);
      // The last qubit takes the removed one's position.
      if (position !== size - 1) act(state, [position, size - 1], twoQubits.swap as Matrix4);
      remove(tableau, position);
      const offset = outcome ? 1 : 0;
      const rest: Dense = {
        size: size - 1,
        re: state.re.filter((_, basis) => (basis & 1) === offset),
        im: state.im.filter((_, basis) => (basis & 1) === offset),
      };
      expect(overlapOf(tableau, rest)).toBeCloseTo(1, 10);
      expect(commutationErrors(tableau)).toBe(0);
    }
  });

  test("recognises every Clifford gate from its matrix, whatever its global phase, and does the same", () => {
    const chance = new SeededEntropy(24).stream("recognition");
    for (let round = 0; round < 400; round += 1) {
      const size = 2 + below(chance, 2);
      const [tableau, state] = [Tableau.zeros(size), zeros(size)];
      for (let gate = 0; gate < 12; gate += 1) randomGate(chance, tableau, state);
      const [first, second] = distinct(chance, size);
      // A two-qubit matrix by its columns: a random circuit applied to each basis state.
      const columns = [0, 1, 2, 3].map((basis) => {
        const column = zeros(2);
        [column.re[0], column.re[basis]] = [0, 1];
        return column;
      });
      for (let gate = 0; gate < 15; gate += 1) {
        const name = oneNames[below(chance, oneNames.length)] ?? "h";
        const [a, b] = distinct(chance, 2);
        const two = twoNames[below(chance, twoNames.length)] ?? "cx";
        for (const column of columns) {
          act(column, [a], oneQubit[name] as Matrix2);
          act(column, [a, b], twoQubits[two] as Matrix4);
        }
      }
      const angle = 2 * Math.PI * chance.uniform();
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const gate = [0, 1, 2, 3].flatMap((row) =>
        columns.flatMap(({ re, im }) => {
          const [a, b] = [re[row] ?? 0, im[row] ?? 0];
          return [c * a - s * b, c * b + s * a];
        }),
      );
      const map = cliffordOfPair(gate);
      expect(map).toBeDefined();
      tableau.two(first, second, map ?? []);
      act(state, [first, second], gate);
      const turns = [1, 2, 3, 4].map(() => rotation((["x", "y", "z"] as const)[below(chance, 3)] ?? "x", Math.PI / 2));
      for (const turn of turns) {
        tableau.one(second, cliffordOf(turn) ?? []);
        act(state, [second], turn);
      }
      expect(overlapOf(tableau, state)).toBeCloseTo(1, 10);
      expect(commutationErrors(tableau)).toBe(0);
    }
  });

  test("has the reduced states of its state vector, qubits in the order asked for", () => {
    const chance = new SeededEntropy(3).stream("reduced");
    for (let round = 0; round < 60; round += 1) {
      const [tableau, state] = [Tableau.zeros(4), zeros(4)];
      for (let gate = 0; gate < 20; gate += 1) randomGate(chance, tableau, state);
      const [first, second] = distinct(chance, 4);
      const matrix = reducedState(tableau, [first, second]);
      for (let row = 0; row < 4; row += 1) {
        for (let column = 0; column < 4; column += 1) {
          // ⟨row|ρ|column⟩ = ⟨ψ| (|column⟩⟨row|) |ψ⟩ on these two qubits.
          const unit = new Array<number>(32).fill(0);
          unit[2 * (4 * column + row)] = 1;
          const image = { size: 4, re: [...state.re], im: [...state.im] };
          act(image, [first, second], unit);
          const [re, im] = inner(state, image);
          expect(matrix.real[4 * row + column]).toBeCloseTo(re, 10);
          expect(matrix.imaginary[4 * row + column]).toBeCloseTo(im, 10);
        }
      }
    }
  });
});

test("amplitudes are the same written in place, whatever was there", () => {
  const tableau = scrambled(new SeededEntropy(6).stream("amplitudes"), 6, 60);
  const { real, imaginary } = amplitudesOf(tableau);
  const into = new Float64Array(128).fill(7);
  writeAmplitudes(tableau, into);
  expect([...into]).toEqual([...real].flatMap((value, basis) => [value, imaginary[basis]]));
});

describe("the rows of a tableau", () => {
  test("keep their commutation relations under gates, measurements, growth, absorption and removal", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 70 }), (seed, size) => {
        const chance = new SeededEntropy(seed).stream("rows");
        const tableau = scrambled(chance, size, 6 * size);
        for (let step = 0; step < 5; step += 1) measure(tableau, randomPauli(chance, size), chance);
        tableau.absorb(scrambled(chance, 1 + below(chance, 40), 100));
        tableau.grow(below(chance, 3));
        for (let step = 0; step < 50; step += 1) randomGate(chance, tableau);
        const position = below(chance, tableau.size);
        measure(tableau, [{ position, axis: "z" }], chance);
        remove(tableau, position);
        expect(commutationErrors(tableau)).toBe(0);
        factorsOf(tableau);
        expect(commutationErrors(tableau)).toBe(0);
      }),
      { numRuns: 12 },
    );
  });

  test("are those of a copy that nothing else changes", () => {
    const tableau = scrambled(new SeededEntropy(1).stream("copy"), 40, 200);
    const copy = tableau.copy();
    const before = expectation(copy, pauliString("Z"));
    tableau.x(0);
    expect(expectation(copy, pauliString("Z"))).toBe(before);
  });
});

describe("a state that is a product", () => {
  test("is split into its finest factors, and each part is what it was", () => {
    const chance = new SeededEntropy(11).stream("factors");
    for (let round = 0; round < 60; round += 1) {
      const part = scrambled(chance, 3, 25);
      const rest = scrambled(chance, 4, 40);
      const tableau = part.copy();
      tableau.absorb(rest);
      const groups = factorsOf(tableau);
      expect(groups.every((group) => group.every((at) => at < 3) || group.every((at) => at >= 3))).toBe(true);
      const expected = [...factorsOf(part), ...factorsOf(rest).map((group) => group.map((at) => at + 3))];
      expect(groups).toEqual(expected);
      const parts = productParts(tableau, [2, 0, 1]);
      const moved = reducedState(part, [2, 0, 1]);
      expect([...reducedState(parts?.part ?? part, [0, 1, 2]).real]).toEqual([...moved.real]);
      expect([...reducedState(parts?.rest ?? part, [0, 1, 2, 3]).imaginary]).toEqual([
        ...reducedState(rest, [0, 1, 2, 3]).imaginary,
      ]);
      expect(parts && commutationErrors(parts.part) + commutationErrors(parts.rest)).toBe(0);
    }
  });

  test("gives a single qubit away along whichever axis it points, and no entangled one", () => {
    for (const [name, letter] of [
      ["x", "Z"],
      ["h", "X"],
      ["sqrtX", "Y"],
      ["sqrtXDagger", "Y"],
      ["sqrtYDagger", "X"],
    ] as const) {
      const tableau = Tableau.zeros(3);
      tableau.h(0);
      tableau.cx(0, 2);
      tableau[name](1);
      const expected = expectation(tableau, pauliString(`I${letter}`));
      expect(splitOne(tableau, 0)).toBeUndefined();
      const single = splitOne(tableau, 1);
      expect(single && expectation(single, pauliString(letter))).toBe(expected);
      expect(expected).not.toBe(0);
      expect(expectation(tableau, pauliString("XX"))).toBe(1);
      expect(expectation(tableau, pauliString("ZZ"))).toBe(1);
      expect(commutationErrors(tableau)).toBe(0);
    }
  });
});

describe("a GHZ state of 2,000 qubits", () => {
  test("is equal in Z everywhere, and the parity of all X is even until one is measured", () => {
    const chance = new SeededEntropy(2000).stream("ghz");
    const size = 2000;
    const tableau = Tableau.zeros(size);
    tableau.h(0);
    for (let target = 1; target < size; target += 1) tableau.cx(target - 1, target);
    const all = Array.from({ length: size }, (_, position) => ({ position, axis: "x" as const }));
    expect(expectation(tableau, all)).toBe(1);
    expect(expectation(tableau, pauliString("ZIIIIZ"))).toBe(1);
    tableau.z(1234);
    expect(expectation(tableau, all)).toBe(-1);
    const outcome = measure(tableau, [{ position: 777, axis: "z" }], chance);
    for (const position of [0, 1, 31, 32, 776, 1999]) {
      expect(measure(tableau, [{ position, axis: "z" }], chance)).toBe(outcome);
    }
    expect(expectation(tableau, all)).toBe(0);
    expect(() => tableau.grow(1)).toThrow(OperandError);
  });
});

describe("the syndromes of a density matrix", () => {
  function sumOfSquares(values: Float64Array): number {
    return values.reduce((sum, value) => sum + value * value, 0);
  }

  /** Σ_s p_s |s⟩⟨s| of states that are this tableau's after Paulis, entry by entry. */
  function mixture(tableau: Tableau, chance: Chance, size: number, terms: number) {
    const dimension = 2 ** size;
    const real = new Float64Array(dimension * dimension);
    const imaginary = new Float64Array(dimension * dimension);
    for (let term = 0; term < terms; term += 1) {
      const one = tableau.copy();
      for (const { position, axis } of randomPauli(chance, size)) one[axis](position);
      const { real: re, imaginary: im } = amplitudesOf(one);
      for (let row = 0; row < dimension; row += 1) {
        for (let column = 0; column < dimension; column += 1) {
          const at = row * dimension + column;
          const [a, b] = [re[row] ?? 0, im[row] ?? 0];
          const [c, d] = [re[column] ?? 0, im[column] ?? 0];
          real[at] = (real[at] ?? 0) + (a * c + b * d) / terms;
          imaginary[at] = (imaginary[at] ?? 0) + (b * c - a * d) / terms;
        }
      }
    }
    return { dimension, real, imaginary };
  }

  test("have the probabilities ⟨s|ρ|s⟩, and ρ after Paulis is diagonal in their basis", () => {
    const chance = new SeededEntropy(10).stream("syndromes");
    for (let round = 0; round < 40; round += 1) {
      const size = 1 + below(chance, 4);
      const tableau = scrambled(chance, size, 8 * size);
      const matrix = mixture(tableau, chance, size, 5);
      const probabilities = syndromeProbabilities(tableau, matrix);
      expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
      expect(sumOfSquares(probabilities)).toBeCloseTo(sumOfSquares(matrix.real) + sumOfSquares(matrix.imaginary), 12);
      const drawn = tableau.copy();
      const syndrome = drawSyndrome(drawn, matrix, chance);
      const { real, imaginary } = amplitudesOf(drawn);
      let weight = 0;
      for (let row = 0; row < matrix.dimension; row += 1) {
        for (let column = 0; column < matrix.dimension; column += 1) {
          const [a, b] = [real[row] ?? 0, imaginary[row] ?? 0];
          const [c, d] = [real[column] ?? 0, imaginary[column] ?? 0];
          const at = row * matrix.dimension + column;
          weight += (matrix.real[at] ?? 0) * (a * c + b * d) - (matrix.imaginary[at] ?? 0) * (a * d - b * c);
        }
      }
      expect(probabilities[syndrome]).toBeCloseTo(weight, 12);
      expect(weight).toBeGreaterThan(0.1);
    }
  });

  test("are refused of a ρ of another number of qubits", () => {
    const tableau = Tableau.zeros(1);
    expect(() => syndromeProbabilities(tableau, { dimension: 4, real: [], imaginary: [] })).toThrow(OperandError);
  });
});

describe("what a tableau is given", () => {
  test("is refused with the operand's name, and the state is as it was", () => {
    const chance = new SeededEntropy(5).stream("refusals");
    const tableau = scrambled(chance, 5, 40);
    const before = maskedStabilizers(tableau).map((pauli: MaskedPauli) => ({ ...pauli }));
    const bad: (() => unknown)[] = [
      () => tableau.h(5),
      () => tableau.h(-1),
      () => tableau.s(0.5),
      () => tableau.sqrtY(Number.NaN),
      () => tableau.cx(1, 1),
      () => tableau.cz(0, 7),
      () => tableau.swap(3, 3),
      () => tableau.grow(1996),
      () => tableau.grow(-1),
      () => tableau.absorb(tableau),
      () => measure(tableau, [{ position: 9, axis: "x" }], chance),
      () => expectation(tableau, [...pauliString("X"), ...pauliString("Z")]),
      () => pauliString("XA"),
      () => productParts(tableau, [0, 0]),
      () => reducedState(tableau, [1, 1]),
      () => writeAmplitudes(tableau, new Float64Array(2)),
      () => amplitudesOf(Tableau.zeros(25)),
      () => Tableau.zeros(2001),
    ];
    for (const call of bad) expect(call).toThrow(OperandError);
    expect(maskedStabilizers(tableau)).toEqual(before);
  });

  test("is refused as an outcome that has probability 0", () => {
    const tableau = Tableau.zeros(2);
    expect(() => project(tableau, pauliString("ZZ"), true)).toThrow("probability 0");
    tableau.h(0);
    expect(() => remove(tableau, 0)).toThrow("measure it first");
    expect(expectation(tableau, pauliString("XZ"))).toBe(1);
  });

  test("is no Clifford gate when it is a little off, or T, or no unitary at all", () => {
    expect(cliffordOf(rotation("z", Math.PI / 2 + 1e-9))).toBeUndefined();
    expect(cliffordOf(rotation("z", Math.PI / 4))).toBeUndefined();
    expect(cliffordOf([2, 0, 0, 0, 0, 0, 0.5, 0])).toBeUndefined();
    expect(cliffordOf([Number.NaN, 0, 0, 0, 0, 0, 1, 0])).toBeUndefined();
    expect(cliffordOf([0, 0, 0, 0, 0, 0, 0, 0])).toBeUndefined();
    expect(cliffordOfPair(matrix4([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, h, h], [0, 0, h, -h]))).toBeUndefined();
    expect(cliffordOfPair([1, 0])).toBeUndefined();
    expect(parityOf(-1)).toBe(0);
  });
});
