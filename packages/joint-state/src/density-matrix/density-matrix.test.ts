import { type BellIndex, bellIndices, fromOrdinal } from "@bellmesh/bell";
import { cos, type EntropyStream, exp, SeededEntropy, sin } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Matrix2 } from "../unitary.ts";
import { Channel } from "./channel.ts";
import { DensityMatrix } from "./density-matrix.ts";
import type { Direction } from "./direction.ts";

/**
 * The reference: square complex matrices of the whole register, multiplied as the textbook writes it. A matrix is flat,
 * row by row, real and imaginary part of each entry in turn.
 */
type Flat = readonly number[];

const paulis: readonly Flat[] = [
  [1, 0, 0, 0, 0, 0, 1, 0],
  [0, 0, 1, 0, 1, 0, 0, 0],
  [0, 0, 0, -1, 0, 1, 0, 0],
  [1, 0, 0, 0, 0, 0, -1, 0],
];
const still = { x: 1, y: 1, z: 1 };

function sizeOf(matrix: Flat): number {
  return Math.round(Math.sqrt(matrix.length / 2));
}

function product(left: Flat, right: Flat): number[] {
  const size = sizeOf(left);
  const result = new Array<number>(left.length).fill(0);
  for (let at = 0; at < left.length; at += 2) {
    const [re, im] = [left[at] as number, left[at + 1] as number];
    if (re === 0 && im === 0) continue;
    const to = 2 * size * Math.floor(at / 2 / size);
    const from = 2 * size * ((at / 2) % size);
    for (let column = 0; column < 2 * size; column += 2) {
      const [otherRe, otherIm] = [right[from + column] as number, right[from + column + 1] as number];
      result[to + column] = (result[to + column] as number) + re * otherRe - im * otherIm;
      result[to + column + 1] = (result[to + column + 1] as number) + re * otherIm + im * otherRe;
    }
  }
  return result;
}

function adjoint(matrix: Flat): number[] {
  const size = sizeOf(matrix);
  return matrix.map((_part, at) => {
    const entry = at >> 1;
    const mirrored = (entry % size) * size + Math.floor(entry / size);
    return at % 2 === 0 ? (matrix[2 * mirrored] as number) : -(matrix[2 * mirrored + 1] as number);
  });
}

function sum(terms: readonly (readonly [weight: number, matrix: Flat])[]): number[] {
  const [[, first] = [0, []]] = terms;
  return first.map((_part, at) =>
    terms.reduce((total, [weight, matrix]) => total + weight * (matrix[at] as number), 0),
  );
}

function traceOf(matrix: Flat): number {
  const size = sizeOf(matrix);
  return Array.from({ length: size }, (_, row) => matrix[2 * row * (size + 1)] as number).reduce((a, b) => a + b, 0);
}

/** The values of some qubits in a basis state, as the number of a basis state of theirs. */
function valueAt(basis: number, qubits: readonly number[], all: number): number {
  return qubits.reduce((value, qubit) => 2 * value + ((basis >> (all - 1 - qubit)) & 1), 0);
}

/** An operator of some qubits as one of the whole register. */
function embedded(operator: Flat, qubits: readonly number[], all: number): number[] {
  const size = 1 << all;
  const others = Array.from({ length: all }, (_, qubit) => qubit).filter((qubit) => !qubits.includes(qubit));
  const result = new Array<number>(2 * size * size).fill(0);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (valueAt(row, others, all) !== valueAt(column, others, all)) continue;
      const from = valueAt(row, qubits, all) * sizeOf(operator) + valueAt(column, qubits, all);
      result[2 * (row * size + column)] = operator[2 * from] as number;
      result[2 * (row * size + column) + 1] = operator[2 * from + 1] as number;
    }
  }
  return result;
}

function conjugated(state: Flat, operator: Flat): number[] {
  return product(product(operator, state), adjoint(operator));
}

function tensor(left: Flat, right: Flat): number[] {
  const size = sizeOf(left) * sizeOf(right);
  const width = sizeOf(right);
  return Array.from({ length: 2 * size * size }, (_, at) => {
    const [row, column] = [Math.floor((at >> 1) / size), (at >> 1) % size];
    const one = 2 * (Math.floor(row / width) * sizeOf(left) + Math.floor(column / width));
    const other = 2 * ((row % width) * width + (column % width));
    const [a, b, c, d] = [left[one], left[one + 1], right[other], right[other + 1]] as [number, number, number, number];
    return at % 2 === 0 ? a * c - b * d : a * d + b * c;
  });
}

/** The state of some qubits: entries summed over all basis states in which the others are alike. */
function partOf(state: Flat, qubits: readonly number[], all: number): number[] {
  const others = Array.from({ length: all }, (_, qubit) => qubit).filter((qubit) => !qubits.includes(qubit));
  const size = 1 << qubits.length;
  const result = new Array<number>(2 * size * size).fill(0);
  for (let entry = 0; entry < state.length / 2; entry += 1) {
    const [row, column] = [entry >> all, entry % (1 << all)];
    if (valueAt(row, others, all) !== valueAt(column, others, all)) continue;
    const to = 2 * (valueAt(row, qubits, all) * size + valueAt(column, qubits, all));
    result[to] = (result[to] as number) + (state[2 * entry] as number);
    result[to + 1] = (result[to + 1] as number) + (state[2 * entry + 1] as number);
  }
  return result;
}

/** What is drawn at random in a case. */
class Draw {
  readonly #chance: EntropyStream;

  constructor(seed: number) {
    this.#chance = new SeededEntropy(seed).stream("test.density-matrix");
  }

  number(): number {
    return this.#chance.uniform();
  }

  below(count: number): number {
    return Math.floor(count * this.number());
  }

  /** So many different qubits. */
  qubits(count: number, all: number): number[] {
    const left = Array.from({ length: all }, (_, qubit) => qubit);
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0] as number);
  }

  flat(size: number): number[] {
    return Array.from({ length: 2 * size * size }, () => this.number() - 0.5);
  }

  /** A mixed state of full rank: GG† over its trace. */
  state(qubits: number): number[] {
    const root = this.flat(1 << qubits);
    const square = product(root, adjoint(root));
    return sum([[1 / traceOf(square), square]]);
  }

  /** The rows of a random matrix made orthonormal one after another. */
  unitary(size: number): number[] {
    return orthonormalRows(this.flat(size), size);
  }

  /** Kraus operators: the blocks of one block column of a unitary, whose columns are orthonormal. */
  kraus(size: number, count: number): number[][] {
    const unitary = this.unitary(size * count);
    const operators = Array.from({ length: count }, (): number[] => []);
    for (let row = 0; row < size * count; row += 1) {
      operators[Math.floor(row / size)]?.push(
        ...unitary.slice(2 * row * size * count, 2 * (row * size * count + size)),
      );
    }
    return operators;
  }

  direction(): Direction {
    const z = 2 * this.number() - 1;
    const angle = 2 * Math.PI * this.number();
    const radius = Math.sqrt(1 - z * z);
    return [radius * cos(angle), radius * sin(angle), z];
  }

  decay(): { x: number; y: number; z: number } {
    const z = exp(-2 * this.number());
    const x = Math.sqrt(z) * this.number();
    return { x, y: x, z };
  }

  /** Four probabilities that sum to 1. */
  weights(): [number, number, number, number] {
    const parts = [this.number(), this.number(), this.number(), this.number()] as const;
    const total = parts.reduce((a, b) => a + b, 0);
    return [parts[0] / total, parts[1] / total, parts[2] / total, parts[3] / total];
  }
}

function orthonormalRows(matrix: readonly number[], size: number): number[] {
  const rows: number[][] = [];
  for (let row = 0; row < size; row += 1) {
    let vector = matrix.slice(2 * row * size, 2 * (row + 1) * size);
    // Twice over: one pass leaves what its own rounding lets through.
    for (const before of [...rows, ...rows]) {
      let [re, im] = [0, 0];
      for (let k = 0; k < 2 * size; k += 2) {
        const [a, b, c, d] = [before[k], before[k + 1], vector[k], vector[k + 1]] as [number, number, number, number];
        re += a * c + b * d;
        im += a * d - b * c;
      }
      vector = vector.map((value, k) =>
        k % 2 === 0
          ? value - re * (before[k] as number) + im * (before[k + 1] as number)
          : value - re * (before[k] as number) - im * (before[k - 1] as number),
      );
    }
    const norm = Math.sqrt(vector.reduce((total, value) => total + value * value, 0));
    rows.push(vector.map((value) => value / norm));
  }
  return rows.flat();
}

function engineState(state: Flat): DensityMatrix {
  const matrix = new DensityMatrix(Math.round(31 - Math.clz32(sizeOf(state))));
  for (let entry = 0; entry < matrix.real.length; entry += 1) {
    matrix.real[entry] = state[2 * entry] as number;
    matrix.imaginary[entry] = state[2 * entry + 1] as number;
  }
  return matrix;
}

function flatOf({ real, imaginary }: DensityMatrix): number[] {
  return [...real].flatMap((value, entry) => [value, imaginary[entry] as number]);
}

function expectSame(actual: DensityMatrix, expected: Flat, tolerance = 1e-12): void {
  expect(actual.real.length).toBe(expected.length / 2);
  let worst = 0;
  for (const [at, value] of flatOf(actual).entries())
    worst = Math.max(worst, Math.abs(value - (expected[at] as number)));
  expect(worst).toBeLessThan(tolerance);
}

/** An operation on the engine's state, and what it makes of the reference's. */
type Operation = (draw: Draw, matrix: DensityMatrix, state: Flat) => number[];

const oneQubit: Readonly<Record<string, Operation>> = {
  gate(draw, matrix, state) {
    const [qubit = 0] = draw.qubits(1, matrix.qubits);
    const unitary = draw.unitary(2);
    matrix.apply(qubit, unitary as unknown as Matrix2);
    return conjugated(state, embedded(unitary, [qubit], matrix.qubits));
  },
  channel(draw, matrix, state) {
    const [qubit = 0] = draw.qubits(1, matrix.qubits);
    const operators = draw.kraus(2, 1 + draw.below(5));
    matrix.applyChannel([qubit], new Channel(operators));
    return sum(operators.map((operator) => [1, conjugated(state, embedded(operator, [qubit], matrix.qubits))]));
  },
  wait(draw, matrix, state) {
    const [qubit = 0] = draw.qubits(1, matrix.qubits);
    const { x, y, z } = draw.decay();
    matrix.wait(qubit, { x, y, z });
    const flipped = (1 - x / Math.sqrt(z)) / 2;
    const [kept, fallen] = [
      [1, 0, 0, 0, 0, 0, Math.sqrt(z), 0],
      [0, 0, Math.sqrt(1 - z), 0, 0, 0, 0, 0],
    ].map((operator) => conjugated(state, embedded(operator, [qubit], matrix.qubits))) as [number[], number[]];
    const damped = sum([
      [1, kept],
      [1, fallen],
    ]);
    const dephased = conjugated(damped, embedded(paulis[3] as Flat, [qubit], matrix.qubits));
    return sum([
      [1 - flipped, damped],
      [flipped, dephased],
    ]);
  },
  pauli(draw, matrix, state) {
    const [qubit = 0] = draw.qubits(1, matrix.qubits);
    const index = fromOrdinal(draw.below(4));
    matrix.pauli(qubit, index);
    const turned = index.x ? conjugated(state, embedded(paulis[1] as Flat, [qubit], matrix.qubits)) : state;
    return index.z ? conjugated(turned, embedded(paulis[3] as Flat, [qubit], matrix.qubits)) : [...turned];
  },
  pauliChannel(draw, matrix, state) {
    const [qubit = 0] = draw.qubits(1, matrix.qubits);
    const weights = draw.weights();
    matrix.pauliChannel(qubit, weights);
    return sum(
      weights.map((weight, k) => [weight, conjugated(state, embedded(paulis[k] as Flat, [qubit], matrix.qubits))]),
    );
  },
  depolarise(draw, matrix, state) {
    const [qubit = 0] = draw.qubits(1, matrix.qubits);
    const probability = draw.number();
    matrix.depolarise(qubit, probability);
    return sum([
      [1 - probability, state],
      ...paulis.map((pauli): [number, Flat] => [
        probability / 4,
        conjugated(state, embedded(pauli, [qubit], matrix.qubits)),
      ]),
    ]);
  },
};

const twoQubits: Readonly<Record<string, Operation>> = {
  gate(draw, matrix, state) {
    const qubits = draw.qubits(2, matrix.qubits);
    const unitary = draw.unitary(4);
    matrix.applyPair(qubits[0] as number, qubits[1] as number, unitary);
    return conjugated(state, embedded(unitary, qubits, matrix.qubits));
  },
  channel(draw, matrix, state) {
    const qubits = draw.qubits(2, matrix.qubits);
    const operators = draw.kraus(4, 1 + draw.below(3));
    matrix.applyChannel(qubits, new Channel(operators));
    return sum(operators.map((operator) => [1, conjugated(state, embedded(operator, qubits, matrix.qubits))]));
  },
  controlledX(draw, matrix, state) {
    const qubits = draw.qubits(2, matrix.qubits);
    matrix.controlledX(qubits[0] as number, qubits[1] as number);
    return conjugated(state, embedded(controlled(paulis[1] as Flat), qubits, matrix.qubits));
  },
  controlledZ(draw, matrix, state) {
    const qubits = draw.qubits(2, matrix.qubits);
    matrix.controlledZ(qubits[0] as number, qubits[1] as number);
    return conjugated(state, embedded(controlled(paulis[3] as Flat), qubits, matrix.qubits));
  },
  depolarise(draw, matrix, state) {
    const qubits = draw.qubits(2, matrix.qubits);
    const probability = draw.number();
    matrix.depolarisePair(qubits[0] as number, qubits[1] as number, probability);
    const pairs = paulis.flatMap((one) => paulis.map((other) => tensor(one, other)));
    return sum([
      [1 - probability, state],
      ...pairs.map((pauli): [number, Flat] => [
        probability / 16,
        conjugated(state, embedded(pauli, qubits, matrix.qubits)),
      ]),
    ]);
  },
};

function controlled(gate: Flat): number[] {
  return [
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    ...gate.slice(0, 4),
    0,
    0,
    0,
    0,
    ...gate.slice(4),
  ];
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe("against full matrices multiplied out", () => {
  const operations = [
    ...Object.entries(oneQubit),
    ...Object.entries(twoQubits).map(([name, does]) => [`two ${name}`, does]),
  ];

  test.each(operations as [string, Operation][])("%s: the same entries, on any qubits of 1 to 4", (name, does) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draw = new Draw(seed);
        const qubits = name.startsWith("two") ? 2 + draw.below(3) : 1 + draw.below(4);
        const state = draw.state(qubits);
        const matrix = engineState(state);
        const expected = does(draw, matrix, state);
        expectSame(matrix, expected);
        expect(traceOf(flatOf(matrix))).toBeCloseTo(1, 12);
        expectSame(matrix, adjoint(flatOf(matrix)), 1e-15);
      }),
      { numRuns: 150 },
    );
  });

  test("circuits of all of them in turn, then measured along any direction", () => {
    const all = [...Object.values(oneQubit), ...Object.values(twoQubits)];
    fc.assert(
      fc.property(seeds, (seed) => {
        const draw = new Draw(seed);
        const qubits = 2 + draw.below(2);
        let state = draw.state(qubits);
        const matrix = engineState(state);
        for (let step = 0; step < 5; step += 1) state = (all[draw.below(all.length)] as Operation)(draw, matrix, state);
        const qubit = draw.below(qubits);
        const direction = draw.direction();
        const [zero, one] = [draw.number(), draw.number()];
        const outcomes = [1, -1].map((sign) => {
          const projector = sum([
            [0.5, paulis[0] as Flat],
            ...direction.map((part, axis): [number, Flat] => [(sign * part) / 2, paulis[axis + 1] as Flat]),
          ]);
          return conjugated(state, embedded(projector, [qubit], qubits));
        }) as [number[], number[]];
        expect(matrix.probabilityAlong(qubit, direction)).toBeCloseTo(traceOf(outcomes[0]), 12);
        const others = Array.from({ length: qubits }, (_, other) => other).filter((other) => other !== qubit);
        const mixed = partOf(
          sum([
            [zero, outcomes[0]],
            [one, outcomes[1]],
          ]),
          others,
          qubits,
        );
        expectSame(matrix.collapsed(qubit, zero, one, direction), sum([[1 / traceOf(mixed), mixed]]));
      }),
      { numRuns: 400 },
    );
  });

  test("partial traces of any qubits in any order, tensor products, purity and fidelity", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draw = new Draw(seed);
        const all = 1 + draw.below(4);
        const state = draw.state(all);
        const matrix = engineState(state);
        const kept = draw.qubits(draw.below(all + 1), all);
        expectSame(matrix.reduced(kept), partOf(state, kept, all));
        const other = draw.state(1);
        expectSame(matrix.tensor(engineState(other)), tensor(state, other));
        expectSame(engineState(other).tensor(matrix), tensor(other, state));
        expect(matrix.purity()).toBeCloseTo(traceOf(product(state, state)), 12);
        const ket = draw.unitary(1 << all).slice(0, 2 << all);
        const pure = {
          real: Float64Array.from(ket.filter((_part, at) => at % 2 === 0)),
          imaginary: Float64Array.from(ket.filter((_part, at) => at % 2 === 1)),
        };
        const projector = flatOf(DensityMatrix.ofAmplitudes(pure));
        expect(matrix.fidelityWith(pure)).toBeCloseTo(traceOf(product(projector, state)), 12);
      }),
      { numRuns: 300 },
    );
  });
});

describe("rules of quantum mechanics", () => {
  test("a gate, then its inverse, changes nothing, and no gate changes the purity", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draw = new Draw(seed);
        const state = draw.state(3);
        const matrix = engineState(state);
        const purity = matrix.purity();
        const [first = 0, second = 0] = draw.qubits(2, 3);
        const unitary = draw.unitary(4);
        matrix.applyPair(first, second, unitary);
        expect(matrix.purity()).toBeCloseTo(purity, 13);
        matrix.applyPair(first, second, adjoint(unitary));
        expectSame(matrix, state, 1e-14);
      }),
    );
  });

  test("what is done to different qubits commutes, and leaves the marginal of every other qubit alone", () => {
    fc.assert(
      fc.property(seeds, fc.nat(), fc.nat(), (seed, one, other) => {
        const draw = new Draw(seed);
        const local = Object.values(oneQubit);
        const state = draw.state(3);
        const before = engineState(state).reduced([2]);
        const results = [false, true].map((reversed) => {
          const matrix = engineState(state);
          const steps = [
            () => local[one % local.length]?.(new OnQubit(seed, 0), matrix, state),
            () => local[other % local.length]?.(new OnQubit(seed + 1, 1), matrix, state),
          ];
          for (const step of reversed ? steps.reverse() : steps) step();
          return matrix;
        }) as [DensityMatrix, DensityMatrix];
        expectSame(results[0], flatOf(results[1]), 1e-14);
        expectSame(results[0].reduced([2]), flatOf(before), 1e-14);
      }),
    );
  });

  test("a state stays positive through anything: no pure state has a negative probability", () => {
    const all = [...Object.values(oneQubit), ...Object.values(twoQubits)];
    fc.assert(
      fc.property(seeds, (seed) => {
        const draw = new Draw(seed);
        const matrix = engineState(draw.state(3));
        for (let step = 0; step < 4; step += 1)
          (all[draw.below(all.length)] as Operation)(draw, matrix, flatOf(matrix));
        const kets = draw.unitary(8);
        for (let ket = 0; ket < 8; ket += 1) {
          const parts = kets.slice(16 * ket, 16 * (ket + 1));
          const real = Float64Array.from(parts.filter((_part, at) => at % 2 === 0));
          const imaginary = Float64Array.from(parts.filter((_part, at) => at % 2 === 1));
          expect(matrix.fidelityWith({ real, imaginary })).toBeGreaterThan(-1e-15);
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** Draws, but always the same qubit. */
class OnQubit extends Draw {
  readonly #qubit: number;

  constructor(seed: number, qubit: number) {
    super(seed);
    this.#qubit = qubit;
  }

  override qubits(): number[] {
    return [this.#qubit];
  }
}

test.each(bellIndices)(
  "ten qubits: five Bell pairs %o entangled across, disentangled again, keep fidelity 1",
  (index) => {
    const matrix = fiveBellPairs(index);
    const h = Math.sqrt(0.5);
    const crossed = tensor([h, 0, h, 0, h, 0, -h, 0], [1, 0, 0, 0, 0, 0, 0, 1]);
    const links = [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ] as const;
    for (const [first, second] of links)
      matrix.applyPair(first, second, product(controlled(paulis[1] as Flat), crossed));
    expect(matrix.fidelity(0, 1, index, still, still)).toBeCloseTo(0.25, 12);
    expect(matrix.purity()).toBeCloseTo(1, 12);
    for (const [first, second] of links) {
      matrix.applyPair(first, second, product(adjoint(crossed), controlled(paulis[1] as Flat)));
    }
    for (const first of [0, 2, 4, 6, 8])
      expect(matrix.fidelity(first, first + 1, index, still, still)).toBeCloseTo(1, 12);
  },
);

function fiveBellPairs(index: BellIndex): DensityMatrix {
  const pair = DensityMatrix.ofAmplitudes({
    real: Float64Array.of(Math.sqrt(0.5), 0, 0, Math.sqrt(0.5)),
    imaginary: new Float64Array(4),
  });
  pair.pauli(1, { x: false, z: index.z });
  pair.pauli(1, { x: index.x, z: false });
  let all = pair;
  for (let more = 0; more < 4; more += 1) all = all.tensor(pair);
  return all;
}
