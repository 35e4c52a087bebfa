import {
  type BellIndex,
  type BellMeasurementNoise,
  type BellWeights,
  bellIndices,
  equal,
  memoryDecay,
  ordinal,
  phiPlus,
  shifted,
  swapWeights,
} from "@bellmesh/bell";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bellMeasure } from "./bell-measurement.ts";
import { type Chance, undrawn } from "./chance.ts";
import { DensityRegister } from "./density-matrix/density-register.ts";
import { EmulatorLimitError } from "./emulator-limit-error.ts";
import { joined, promoted } from "./engine-choice.ts";
import { controlledGate, correct, rotate } from "./gates.ts";
import { measure } from "./measurement.ts";
import { PairRegister } from "./pair/pair-register.ts";
import { Qubit } from "./qubit.ts";
import { discard, wait } from "./waiting.ts";

const still = { x: 1, y: 1, z: 1 };
const perfect: BellMeasurementNoise = { twoQubitDepolarising: 0, p01: 0, p10: 0 };

const weights = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3))
  .map(
    ([a, b, k]): BellWeights =>
      shifted([1 - 0.4 * a - 0.3 * b, 0.4 * a, 0.2 * b, 0.1 * b], bellIndices[k] as BellIndex),
  );
const probability = fc.double({ min: 0, max: 0.3, noNaN: true });
const unit = fc.double({ min: 0, max: 0.999999, noNaN: true });
const noise = fc.record({ twoQubitDepolarising: probability, p01: probability, p10: probability });
const decay = fc
  .tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0.5, max: 5, noNaN: true }))
  .map(([ageS, t1S]) => memoryDecay(t1S, 0.8 * t1S, ageS));

/** Chance that gives these draws in turn. */
function drawing(...draws: number[]): Chance {
  let next = 0;
  return { uniform: () => draws[next++ % draws.length] as number };
}

function pairOf(bellWeights: BellWeights): [Qubit, Qubit] {
  const first = new Qubit();
  const second = new Qubit();
  new PairRegister(first, second, bellWeights);
  return [first, second];
}

function pureBell(index: BellIndex): BellWeights {
  return shifted([1, 0, 0, 0], index);
}

function matrixOf(qubit: Qubit): number[] {
  const { matrix } = promoted(qubit);
  return [...matrix.real, ...matrix.imaginary];
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-10): void {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of actual.entries())
    expect(Math.abs(value - (expected[index] as number))).toBeLessThan(tolerance);
}

function fidelities(first: Qubit, second: Qubit): number[] {
  return bellIndices.map(
    (index) => first.register?.fidelity(first.position, second.position, index, still, still) ?? -1,
  );
}

describe("Bell indices", () => {
  test.each(bellIndices)("a Bell measurement of |B(x,z)⟩ reports (m_x, m_z) = (x, z): %o", (index) => {
    const [first, second] = pairOf(pureBell(index));
    expect(bellMeasure(first, second, perfect, drawing(0.37, 0.81))).toEqual(index);
    expect(first.register).toBeUndefined();
    expect(second.register).toBeUndefined();
  });

  test("a swap of perfect pairs leaves the XOR of both indices and the outcome, in either engine", () => {
    for (const left of bellIndices) {
      for (const right of bellIndices) {
        for (const draws of [
          [0.1, 0.1],
          [0.1, 0.9],
          [0.9, 0.1],
          [0.9, 0.9],
        ]) {
          for (const dense of [false, true]) {
            const [a, b] = pairOf(pureBell(left));
            const [c, d] = pairOf(pureBell(right));
            if (dense) promoted(b);
            const outcome = bellMeasure(b, c, perfect, drawing(...draws));
            const k = ordinal(left) ^ ordinal(right) ^ ordinal(outcome);
            expect(a.register).toBe(d.register);
            expect(fidelities(a, d)[k]).toBeCloseTo(1, 12);
          }
        }
      }
    }
  });

  test("a correction X^x then Z^z moves the index by XOR, at either half and in either engine", () => {
    for (const index of bellIndices) {
      for (const applied of bellIndices) {
        for (const half of [0, 1]) {
          for (const dense of [false, true]) {
            const pair = pairOf(pureBell(index));
            if (dense) promoted(pair[0]);
            correct(pair[half] as Qubit, applied, 0);
            expect(fidelities(...pair)[ordinal(index) ^ ordinal(applied)]).toBeCloseTo(1, 12);
          }
        }
      }
    }
  });
});

describe("the pair engine is exact", () => {
  test("its promotion has the Bell weights it was made of", () => {
    fc.assert(
      fc.property(weights, (bellWeights) => {
        const [first, second] = pairOf(bellWeights);
        expectClose(fidelities(first, second), bellWeights);
        promoted(first);
        expectClose(fidelities(first, second), bellWeights);
      }),
    );
  });

  test("waiting, Paulis and depolarising give the same state as on a density matrix", () => {
    const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(1), decay, fc.nat(3), probability), { maxLength: 8 });
    fc.assert(
      fc.property(weights, steps, (bellWeights, operations) => {
        const pair = pairOf(bellWeights);
        const dense = pairOf(bellWeights);
        promoted(dense[0]);
        for (const [kind, half, waited, k, p] of operations) {
          for (const qubit of [pair[half] as Qubit, dense[half] as Qubit]) {
            if (kind === 0) wait(qubit, waited);
            else if (kind === 1) correct(qubit, bellIndices[k] as BellIndex, p);
            else qubit.register?.depolarise(qubit.position, p, undrawn);
          }
        }
        expect(pair[0].register?.engine).toBe("pair");
        expectClose(fidelities(...pair), fidelities(...dense));
        expectClose(matrixOf(pair[0]), matrixOf(dense[0]));
      }),
    );
  });

  test("a noisy Bell measurement of two aged pairs reports and leaves what a density matrix does", () => {
    fc.assert(
      fc.property(
        fc.tuple(weights, weights),
        fc.tuple(decay, decay, decay, decay),
        fc.tuple(fc.nat(1), fc.nat(1)),
        noise,
        fc.tuple(unit, unit),
        ([left, right], decays, [measuredLeft, measuredRight], errors, draws) => {
          const results = [false, true].map((dense) => {
            const qubits = [...pairOf(left), ...pairOf(right)];
            for (const [index, qubit] of qubits.entries()) {
              wait(qubit, decays[index] as (typeof decays)[number]);
            }
            const first = qubits[measuredLeft] as Qubit;
            const second = qubits[2 + measuredRight] as Qubit;
            if (dense) promoted(first);
            const outcome = bellMeasure(first, second, errors, drawing(...draws));
            const far = [qubits[1 - measuredLeft] as Qubit, qubits[3 - measuredRight] as Qubit] as const;
            expect(far[0].register).toBe(far[1].register);
            expect(far[0].register?.engine).toBe(dense ? "density-matrix" : "pair");
            return { outcome, matrix: matrixOf(far[0]) };
          });
          const [pair, dense] = results;
          expect(pair?.outcome).toEqual(dense?.outcome);
          expectClose(pair?.matrix ?? [], dense?.matrix ?? [1]);
        },
      ),
    );
  });

  test("a noisy Bell measurement of Bell-diagonal pairs gives the weights of swapWeights", () => {
    fc.assert(
      fc.property(weights, weights, noise, unit, unit, (left, right, errors, u, v) => {
        const [a, b] = pairOf(left);
        const [c, d] = pairOf(right);
        const outcome = bellMeasure(b, c, errors, drawing(u, v));
        expectClose(fidelities(a, d), swapWeights(left, right, outcome, errors).weights);
      }),
    );
  });

  test("the fidelity after a wait is foretold without changing the state", () => {
    fc.assert(
      fc.property(weights, decay, decay, decay, fc.boolean(), (bellWeights, before, first, second, dense) => {
        const [a, b] = pairOf(bellWeights);
        if (dense) promoted(a);
        wait(a, before);
        const foretold = bellIndices.map(
          (index) => b.register?.fidelity(b.position, a.position, index, second, first) ?? -1,
        );
        wait(a, first);
        wait(b, second);
        expectClose(foretold, fidelities(a, b));
      }),
    );
  });
});

describe("physics", () => {
  // Closed forms for a pair whose halves wait separately, and for a chain of four noisy swaps averaged over outcomes.
  test("storage of Φ and Ψ loses fidelity as the closed forms of amplitude damping and dephasing say", () => {
    const first = memoryDecay(10, 1, 0.2);
    const second = memoryDecay(3, 0.5, 0.35);
    for (const [index, expected] of [0.6718951845, 0.6708049409, 0.6718951845, 0.6708049409].entries()) {
      const [a, b] = pairOf(pureBell(bellIndices[index] as BellIndex));
      const fidelity = a.register?.fidelity(0, 1, bellIndices[index] as BellIndex, first, second);
      expect(b.register).toBe(a.register);
      expect(fidelity).toBeCloseTo(expected, 9);
    }
  });

  test("a chain of four pairs with noisy swaps has the closed-form mean fidelity over all reported outcomes", () => {
    const chain: BellWeights[] = [
      [0.9, 0.04, 0.03, 0.03],
      [0.85, 0.05, 0.08, 0.02],
      [0.92, 0.01, 0.05, 0.02],
      [0.88, 0.06, 0.03, 0.03],
    ];
    const errors = { twoQubitDepolarising: 0.03, p01: 0.05, p10: 0.005 };
    const report0 = (1 + errors.p10 - errors.p01) / 2;
    let mean = 0;
    for (let bits = 0; bits < 64; bits += 1) {
      const pairs = chain.map(pairOf);
      const draws = Array.from({ length: 6 }, (_, bit) => ((bits >> bit) & 1 ? 0.999999 : 0));
      const chance = drawing(...draws);
      let k = 0;
      for (let hop = 0; hop < 3; hop += 1) {
        k ^= ordinal(
          bellMeasure((pairs[hop] as Qubit[])[1] as Qubit, (pairs[hop + 1] as Qubit[])[0] as Qubit, errors, chance),
        );
      }
      const probability = draws.reduce((product, draw) => product * (draw === 0 ? report0 : 1 - report0), 1);
      mean += probability * (fidelities(pairs[0]?.[0] as Qubit, pairs[3]?.[1] as Qubit)[k] as number);
    }
    expect(mean).toBeCloseTo(0.5369842757, 9);
  });

  test("teleporting half of a pair through a pair is a swap: ten-qubit registers hold, eleven do not join", () => {
    const pairs = Array.from({ length: 6 }, () => pairOf([1, 0, 0, 0]));
    const near = pairs.map((pair) => pair[0]);
    controlledGate(near[0] as Qubit, near[1] as Qubit, "x", 0);
    for (const next of [2, 3, 4]) controlledGate(near[next - 1] as Qubit, near[next] as Qubit, "z", 0);
    expect(promoted(near[0] as Qubit).qubits.length).toBe(10);
    expect(() => joined(near[0] as Qubit, near[5] as Qubit)).toThrow(EmulatorLimitError);
    expect(near[5]?.register?.engine).toBe("pair");
  });

  test.each(["x", "y", "z"] as const)("both ends of each Bell state read its correlation in %s", (axis) => {
    for (const index of bellIndices) {
      for (const u of [0.2, 0.7]) {
        const [a, b] = pairOf(pureBell(index));
        const first = measure(a, axis, { p01: 0, p10: 0 }, drawing(u));
        const second = measure(b, axis, { p01: 0, p10: 0 }, drawing(0.5));
        const opposite = axis === "x" ? index.z : axis === "z" ? index.x : index.x === index.z;
        expect(first).toBe(u >= 0.5);
        expect(second).toBe(first !== opposite);
        expect(b.register).toBeUndefined();
      }
    }
  });

  test("rotations by π are the Paulis", () => {
    for (const [axis, index] of [
      ["x", 1],
      ["z", 2],
      ["y", 3],
    ] as const) {
      const [a, b] = pairOf([1, 0, 0, 0]);
      rotate(b, axis, Math.PI, 0);
      expect(fidelities(a, b)[index]).toBeCloseTo(1, 12);
    }
  });

  test("one-qubit depolarising p on half a Bell pair leaves F = 1 − 3p/4, two-qubit replaces both halves", () => {
    const [a, b] = pairOf([1, 0, 0, 0]);
    rotate(a, "x", 0, 0.08);
    expect(fidelities(a, b)[0]).toBeCloseTo(1 - 0.06, 12);
    const [c, d] = pairOf([1, 0, 0, 0]);
    controlledGate(c, d, "z", 0.2);
    expect(promoted(c).matrix.real[0]).toBeCloseTo(0.8 * 0.5 + 0.2 * 0.25, 12);
    expect(promoted(c).matrix.real[3]).toBeCloseTo(-0.8 * 0.5, 12);
  });

  test("a misread bit mixes both truths: the rest is the average over what is hidden", () => {
    const readout = { p01: 0.1, p10: 0.3 };
    const [a, b] = pairOf([1, 0, 0, 0]);
    // P(report 0) = ½(0.9 + 0.3) = 0.6, and then the other half is 0 with probability 0.45/0.6.
    expect(measure(a, "z", readout, drawing(0.59))).toBe(false);
    expect(b.register?.probabilityOfZero(b.position)).toBeCloseTo(0.75, 12);
    const [c, d] = pairOf([1, 0, 0, 0]);
    expect(measure(c, "z", readout, drawing(0.61))).toBe(true);
    expect(d.register?.probabilityOfZero(d.position)).toBeCloseTo(0.05 / 0.4, 12);
  });
});

test("a half whose partner was discarded swaps on, and what it swapped with is left mixed", () => {
  const [a, b] = pairOf(pureBell(phiPlus));
  const [c, d] = pairOf(pureBell(phiPlus));
  discard(a);
  const outcome = bellMeasure(b, c, perfect, drawing(0.5, 0.2));
  expect(equal(outcome, { x: true, z: false })).toBe(true);
  expect(d.register?.engine).toBe("pair");
  expect(promoted(d).matrix.qubits).toBe(1);
  expect(promoted(d).probabilityOfZero(d.position)).toBeCloseTo(0.5, 12);
});

test("a controlled-X between two nodes: one pair, one bit each way, over all Bell states and outcomes", () => {
  for (const index of bellIndices) {
    for (const draws of [
      [0.1, 0.1],
      [0.1, 0.9],
      [0.9, 0.1],
      [0.9, 0.9],
    ]) {
      const [control, target] = [new Qubit(), new Qubit()];
      DensityRegister.initialised(control);
      DensityRegister.initialised(target);
      rotate(control, "y", Math.PI / 2, 0);
      const [near, far] = pairOf(pureBell(index));
      const chance = drawing(...draws);
      // Eisert et al. 2000: extend the control over the pair, act locally, measure the copy away in X.
      controlledGate(control, near, "x", 0);
      const m1 = measure(near, "z", { p01: 0, p10: 0 }, chance);
      correct(far, { x: m1 !== index.x, z: false }, 0);
      controlledGate(far, target, "x", 0);
      const m2 = measure(far, "x", { p01: 0, p10: 0 }, chance);
      correct(control, { x: false, z: m2 !== index.z }, 0);
      expect(fidelities(control, target)[0]).toBeCloseTo(1, 12);
    }
  }
});
