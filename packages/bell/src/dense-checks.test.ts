import { cos, sin } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BellMeasurementNoise,
  bbpssw,
  bellIndices,
  dejmps,
  depolariseBoth,
  depolariseHalf,
  epl,
  exchangeHalves,
  fidelityOfXState,
  type Half,
  measureHalf,
  memoryDecay,
  ordinal,
  parityCheck,
  pauliEigenvaluesOf,
  pauliHalf,
  rotateHalf,
  scaleHalf,
  swapXStates,
  waitHalf,
  type XState,
  xMatrixOf,
  xStateOf,
} from "./index.ts";

/**
 * The reference: density matrices of up to four qubits, multiplied out as the textbook writes it. Flat, row by row,
 * real and imaginary part of each entry in turn; qubit 0 is the most significant.
 */
type Flat = readonly number[];
const h = Math.SQRT1_2;
const cnot: Flat = square([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]);
const hadamard: Flat = square([h, h], [h, -h]);
const paulis: readonly Flat[] = [
  [1, 0, 0, 0, 0, 0, 1, 0],
  [0, 0, 1, 0, 1, 0, 0, 0],
  [0, 0, 0, -1, 0, 1, 0, 0],
  [1, 0, 0, 0, 0, 0, -1, 0],
];

function square(...rows: readonly number[][]): Flat {
  return rows.flat().flatMap((entry) => [entry, 0]);
}

class Dense {
  readonly qubits: number;
  entries: number[];

  constructor(qubits: number, entries: Flat) {
    this.qubits = qubits;
    this.entries = [...entries];
  }

  static of(state: XState): Dense {
    const { p00, p01, p10, p11, outerRe, outerIm, innerRe, innerIm } = xMatrixOf(state);
    return new Dense(2, [
      ...[p00, 0, 0, 0, 0, 0, outerRe, outerIm],
      ...[0, 0, p01, 0, innerRe, innerIm, 0, 0],
      ...[0, 0, innerRe, -innerIm, p10, 0, 0, 0],
      ...[outerRe, -outerIm, 0, 0, 0, 0, p11, 0],
    ]);
  }

  tensor(other: Dense): Dense {
    const [a, b] = [1 << this.qubits, 1 << other.qubits];
    const joint = new Dense(this.qubits + other.qubits, new Array(2 * a * a * b * b).fill(0));
    for (let row = 0; row < a * b; row += 1) {
      for (let column = 0; column < a * b; column += 1) {
        const one = 2 * (Math.floor(row / b) * a + Math.floor(column / b));
        const two = 2 * ((row % b) * b + (column % b));
        const [re, im] = times(this.entries, one, other.entries, two);
        joint.entries[2 * (row * a * b + column)] = re;
        joint.entries[2 * (row * a * b + column) + 1] = im;
      }
    }
    return joint;
  }

  /** ρ → Σ w·KρK† of operators on these qubits, each with its weight. */
  mix(positions: readonly number[], operators: readonly (readonly [number, Flat])[]): Dense {
    const sum = new Array<number>(this.entries.length).fill(0);
    for (const [weight, operator] of operators) {
      if (weight === 0) continue;
      const once = adjoint(this.#from(this.entries, positions, operator));
      const twice = this.#from(once, positions, operator);
      for (const [place, value] of twice.entries()) sum[place] = (sum[place] as number) + weight * value;
    }
    return new Dense(this.qubits, sum);
  }

  apply(positions: readonly number[], gate: Flat): Dense {
    return this.mix(positions, [[1, gate]]);
  }

  /** The even mixture of all Paulis on these qubits with probability p. */
  depolarise(positions: readonly number[], p: number): Dense {
    return positions.length === 1
      ? this.mix(
          positions,
          paulis.map((pauli, k) => [p / 4 + (k === 0 ? 1 - p : 0), pauli] as const),
        )
      : this.mix(
          positions,
          paulis.flatMap((one, k) =>
            paulis.map((two, l) => [p / 16 + (k + l === 0 ? 1 - p : 0), kron(one, two)] as const),
          ),
        );
  }

  /** Not normalised: what a reported bit leaves, the qubit still there. */
  report(position: number, reported: boolean, { p01, p10 }: { p01: number; p10: number }): Dense {
    return this.mix(
      [position],
      [
        [reported ? p01 : 1 - p01, [1, 0, 0, 0, 0, 0, 0, 0]],
        [reported ? 1 - p10 : p10, [0, 0, 0, 0, 0, 0, 1, 0]],
      ],
    );
  }

  trace(): number {
    const size = 1 << this.qubits;
    return Array.from({ length: size }, (_, n) => this.entries[2 * n * (size + 1)] as number).reduce((a, b) => a + b);
  }

  /** ⟨P ⊗ Q ⊗ …⟩ of Paulis 0..3 by position, unnormalised. */
  expectation(word: readonly number[]): number {
    const applied = word.reduce((entries, pauli, position) => {
      return pauli === 0 ? entries : this.#from(entries, [position], paulis[pauli] as Flat);
    }, this.entries);
    return new Dense(this.qubits, applied).trace();
  }

  /** The seven expectation values of two of the qubits, normalised, and what no X-state has. */
  xState(first: number, second: number): { state: number[]; outside: number } {
    const of = (one: number, two: number): number => {
      const word = new Array<number>(this.qubits).fill(0);
      word[first] = one;
      word[second] = two;
      return this.expectation(word) / this.trace();
    };
    const outside = [of(1, 0), of(2, 0), of(0, 1), of(0, 2), of(1, 3), of(2, 3), of(3, 1), of(3, 2)];
    return {
      state: [of(1, 1), of(1, 2), of(2, 1), of(2, 2), of(3, 3), of(3, 0), of(0, 3)],
      outside: Math.max(...outside.map(Math.abs)),
    };
  }

  /** The operator times each column of ρ. */
  #from(entries: Flat, positions: readonly number[], operator: Flat): number[] {
    const size = 1 << this.qubits;
    const shifts = positions.map((position) => this.qubits - 1 - position);
    const order = 1 << positions.length;
    const local = (row: number): number => shifts.reduce((value, shift) => 2 * value + ((row >> shift) & 1), 0);
    const result = new Array<number>(entries.length).fill(0);
    for (let row = 0; row < size; row += 1) {
      for (let from = 0; from < order; from += 1) {
        const source = shifts.reduce(
          (value, shift, k) => (value & ~(1 << shift)) | (((from >> (order === 4 ? 1 - k : 0)) & 1) << shift),
          row,
        );
        for (let column = 0; column < size; column += 1) {
          const place = 2 * (row * size + column);
          const [re, im] = times(operator, 2 * (local(row) * order + from), entries, 2 * (source * size + column));
          result[place] = (result[place] as number) + re;
          result[place + 1] = (result[place + 1] as number) + im;
        }
      }
    }
    return result;
  }
}

function times(a: Flat, one: number, b: Flat, two: number): [number, number] {
  const [re, im, re2, im2] = [a[one], a[one + 1], b[two], b[two + 1]] as [number, number, number, number];
  return [re * re2 - im * im2, re * im2 + im * re2];
}

function adjoint(entries: Flat): number[] {
  const size = Math.round(Math.sqrt(entries.length / 2));
  return entries.map((_, place) => {
    const [row, column] = [Math.floor(place / 2 / size), (place >> 1) % size];
    return (place % 2 === 0 ? 1 : -1) * (entries[2 * (column * size + row) + (place % 2)] as number);
  });
}

function kron(a: Flat, b: Flat): Flat {
  return new Dense(1, a).tensor(new Dense(1, b)).entries;
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const small = fc.double({ min: 0, max: 0.4, noNaN: true });
/** Any X-state: populations by ratios, coherences anywhere within their bounds. */
const xState = fc
  .tuple(fc.tuple(unit, unit, unit, unit), unit, unit, fc.nat(62), fc.nat(62))
  .map(([ratios, outer, inner, outerTurn, innerTurn]): XState => {
    const sum = ratios.reduce((a, b) => a + b) + 0.01;
    const [p00, p01, p10] = ratios.map((ratio) => ratio / sum) as [number, number, number, number];
    const p11 = 1 - p00 - p01 - p10;
    const [o, i] = [outer * Math.sqrt(p00 * p11), inner * Math.sqrt(p01 * p10)];
    return xStateOf({
      ...{ p00, p01, p10, p11 },
      ...{ outerRe: o * cos(outerTurn / 10), outerIm: o * sin(outerTurn / 10) },
      ...{ innerRe: i * cos(innerTurn / 10), innerIm: i * sin(innerTurn / 10) },
    });
  });
const noise: fc.Arbitrary<BellMeasurementNoise> = fc.record({
  twoQubitDepolarising: small,
  p01: small,
  p10: small,
  oneQubitDepolarising: small,
});
const half = fc.constantFrom<Half>(0, 1);

function values({ xx, xy, yx, yy, zz, zFirst, zSecond }: XState): number[] {
  return [xx, xy, yx, yy, zz, zFirst, zSecond];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  for (const [place, value] of actual.entries()) {
    expect(Math.abs(value - (expected[place] as number))).toBeLessThan(1e-10);
  }
}

function expectSame(state: XState, dense: Dense, first = 0, second = 1): void {
  const exact = dense.xState(first, second);
  expectClose(values(state), exact.state);
  expect(exact.outside).toBeLessThan(1e-10);
}

describe("one X-state against its density matrix", () => {
  test("waits with T1 and T2 are those of the Kraus operators of damping, then dephasing", () => {
    fc.assert(
      fc.property(xState, half, unit, unit, (state, which, ratio, ageS) => {
        const decay = memoryDecay(1.5, 3 * Math.max(0.01, ratio), ageS);
        const gamma = 1 - decay.z;
        const flip = 0.5 * (1 - decay.x / Math.sqrt(decay.z));
        const dense = Dense.of(state)
          .mix(
            [which],
            [
              [1, square([1, 0], [0, Math.sqrt(1 - gamma)])],
              [1, square([0, Math.sqrt(gamma)], [0, 0])],
            ],
          )
          .mix(
            [which],
            [
              [1 - flip, paulis[0] as Flat],
              [flip, paulis[3] as Flat],
            ],
          );
        waitHalf(state, which, decay);
        expectSame(state, dense);
      }),
      { seed: 1 },
    );
  });

  test("Paulis, Pauli channels, depolarising of one and of both, turns about Z and exchanges keep the form", () => {
    fc.assert(
      fc.property(xState, half, fc.nat(5), unit, fc.nat(3), (state, which, kind, p, k) => {
        let dense = Dense.of(state);
        const index = bellIndices[k] as (typeof bellIndices)[number];
        if (kind === 0) {
          pauliHalf(state, which, index);
          dense = dense.apply([which], [paulis[0], paulis[1], paulis[3], paulis[2]][k] as Flat);
        } else if (kind === 1) {
          const weights = [1 - p, p / 2, p / 3, p / 6] as const;
          scaleHalf(state, which, pauliEigenvaluesOf(weights));
          dense = dense.mix(
            [which],
            paulis.map((pauli, place) => [weights[place] as number, pauli] as const),
          );
        } else if (kind === 2) {
          depolariseHalf(state, which, p);
          dense = dense.depolarise([which], p);
        } else if (kind === 3) {
          depolariseBoth(state, p);
          dense = dense.depolarise([0, 1], p);
        } else if (kind === 4) {
          rotateHalf(state, which, 7 * p);
          dense = dense.apply([which], [1, 0, 0, 0, 0, 0, cos(7 * p), sin(7 * p)]);
        } else {
          exchangeHalves(state);
          dense = dense.apply([0, 1], square([1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]));
        }
        expectSame(state, dense);
      }),
      { seed: 2 },
    );
  });

  test("fidelities are ⟨B_k|ρ|B_k⟩: 00, 01, 10, 11 with amplitudes (I ⊗ X^x Z^z)|Φ+⟩", () => {
    const amplitudes = [
      [h, 0, 0, h],
      [0, h, h, 0],
      [h, 0, 0, -h],
      [0, h, -h, 0],
    ];
    fc.assert(
      fc.property(xState, (state) => {
        const { entries } = Dense.of(state);
        for (const index of bellIndices) {
          const bell = amplitudes[ordinal(index)] as number[];
          let fidelity = 0;
          for (let n = 0; n < 16; n += 1) {
            fidelity += (bell[n >> 2] as number) * (bell[n & 3] as number) * (entries[2 * n] as number);
          }
          expect(fidelityOfXState(state, index)).toBeCloseTo(fidelity, 12);
        }
      }),
      { seed: 3 },
    );
  });

  test("one half measured along X, Y or Z leaves the other as the reported bit says", () => {
    const turns = { x: hadamard, y: [h, 0, 0, -h, h, 0, 0, h], z: paulis[0] as Flat } as const;
    const axis = fc.constantFrom("x", "y", "z");
    fc.assert(
      fc.property(xState, half, axis, fc.boolean(), small, small, (state, which, along, bit, p01, p10) => {
        const left = Dense.of(state).apply([which], turns[along]).report(which, bit, { p01, p10 });
        const { probability, other } = measureHalf(state, which, along, bit, { p01, p10 });
        expect(probability).toBeCloseTo(left.trace(), 12);
        if (probability < 1e-6) return;
        const bloch = [1, 2, 3].map((pauli) => left.expectation(which === 0 ? [0, pauli] : [pauli, 0]) / probability);
        expectClose([other.x, other.y, other.z], bloch);
      }),
      { seed: 4 },
    );
  });
});

describe("two X-states against four qubits", () => {
  test("a noisy swap leaves, per reported outcome, what CNOT, H and two readouts leave", () => {
    const outcome = fc.constantFrom(...bellIndices);
    fc.assert(
      fc.property(xState, xState, half, half, outcome, noise, (left, right, leftNear, rightNear, m, errors) => {
        const [near, other] = [leftNear, 2 + rightNear];
        const dense = Dense.of(left)
          .tensor(Dense.of(right))
          .apply([near, other], cnot)
          .depolarise([near, other], errors.twoQubitDepolarising)
          .apply([near], hadamard)
          .depolarise([near], errors.oneQubitDepolarising ?? 0)
          .report(other, m.x, errors)
          .report(near, m.z, errors);
        const target = { ...left };
        const probability = swapXStates(target, left, leftNear, right, rightNear, m, errors);
        expect(probability).toBeCloseTo(dense.trace(), 12);
        if (probability > 1e-6) expectSame(target, dense, 1 - leftNear, 3 - rightNear);
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  test("a noisy parity check leaves, per reported bits, what two CNOTs and two readouts leave", () => {
    fc.assert(
      fc.property(xState, xState, fc.boolean(), fc.boolean(), noise, noise, (kept, measured, a, b, first, second) => {
        const dense = parityOf(Dense.of(kept).tensor(Dense.of(measured)), first, second)
          .report(2, a, first)
          .report(3, b, second);
        const { probability, state } = parityCheck(kept, measured, a, b, { first, second });
        expect(probability).toBeCloseTo(dense.trace(), 12);
        if (probability > 1e-6) expectSame(state, dense);
      }),
      { seed: 6, numRuns: 40 },
    );
  });

  test("BBPSSW keeps equal bits, EPL keeps two ones, whatever the X-states", () => {
    fc.assert(
      fc.property(xState, xState, noise, noise, (kept, measured, first, second) => {
        const checks = [0, 1].map((bit) => parityCheck(kept, measured, bit === 1, bit === 1, { first, second }));
        const both = bbpssw(kept, measured, { first, second });
        const sum = (checks[0]?.probability ?? 0) + (checks[1]?.probability ?? 0);
        expect(both.probability).toBeCloseTo(sum, 14);
        expect(epl(kept, measured, { first, second })).toEqual(checks[1]);
        const mean = checks.reduce((total, check) => total + check.probability * check.state.zz, 0) / sum;
        if (sum > 1e-9) expect(both.state.zz).toBeCloseTo(mean, 12);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  test("DEJMPS is exact for Bell-diagonal pairs, and off by no more than it says for any other", () => {
    const exact = (kept: XState, measured: XState, first: BellMeasurementNoise, second: BellMeasurementNoise) => {
      const turn = (sign: number): Flat => [h, 0, 0, -sign * h, 0, -sign * h, h, 0];
      let dense = Dense.of(kept).tensor(Dense.of(measured));
      for (const [position, sign, errors] of [
        [0, 1, first],
        [1, -1, second],
        [2, 1, first],
        [3, -1, second],
      ] as const) {
        dense = dense.apply([position], turn(sign)).depolarise([position], errors.oneQubitDepolarising ?? 0);
      }
      const checked = parityOf(dense, first, second);
      const both = [false, true].map((bit) => checked.report(2, bit, first).report(3, bit, second));
      return { probability: both.reduce((sum, each) => sum + each.trace(), 0), both };
    };
    fc.assert(
      fc.property(xState, xState, noise, noise, fc.boolean(), (one, two, first, second, isTwirled) => {
        const [kept, measured] = [one, two].map((state) =>
          isTwirled ? { ...state, xy: 0, yx: 0, zFirst: 0, zSecond: 0 } : state,
        ) as [XState, XState];
        const ours = dejmps(kept, measured, { first, second });
        const { probability, both } = exact(kept, measured, first, second);
        expect(Math.abs(ours.probability - probability)).toBeLessThanOrEqual(ours.probabilityError + 1e-12);
        if (isTwirled) expect(ours.fidelityError).toBe(0);
        if (probability < 1e-6) return;
        const pair = (a: number, b: number) => both.reduce((sum, each) => sum + each.expectation([a, b, 0, 0]), 0);
        const fidelity = 0.25 * (1 + (pair(1, 1) - pair(2, 2) + pair(3, 3)) / probability);
        const off = Math.abs(fidelityOfXState(ours.state, { x: false, z: false }) - fidelity);
        expect(off).toBeLessThanOrEqual(ours.fidelityError + 1e-10);
      }),
      { seed: 8, numRuns: 30 },
    );
  });
});

function parityOf(joint: Dense, first: BellMeasurementNoise, second: BellMeasurementNoise): Dense {
  return joint
    .apply([0, 2], cnot)
    .depolarise([0, 2], first.twoQubitDepolarising)
    .apply([1, 3], cnot)
    .depolarise([1, 3], second.twoQubitDepolarising);
}
