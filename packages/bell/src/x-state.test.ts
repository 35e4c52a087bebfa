import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BellWeights,
  bellIndices,
  checkXState,
  depolariseBoth,
  depolariseHalf,
  fidelityOfXState,
  pauliEigenvaluesOf,
  phiPlus,
  psiPlus,
  rotateHalf,
  StateError,
  shifted,
  swapXStates,
  twirlDistance,
  waitHalf,
  weightsOfXState,
  type XMatrix,
  type XState,
  xMatrixOf,
  xStateOf,
  xStateOfWeights,
} from "./index.ts";

const mixed: XMatrix = {
  ...{ p00: 0.4, p01: 0.3, p10: 0.2, p11: 0.1 },
  ...{ outerRe: 0.1, outerIm: -0.05, innerRe: 0.02, innerIm: 0.2 },
};

describe("X-states", () => {
  test("turn from populations and coherences into expectation values and back", () => {
    const back = xMatrixOf(xStateOf(mixed));
    for (const key of Object.keys(mixed) as (keyof XMatrix)[]) expect(back[key]).toBeCloseTo(mixed[key], 15);
  });

  test("of Bell weights have these weights, and nothing else but them", () => {
    const weights: BellWeights = [0.7, 0.15, 0.1, 0.05];
    const state = xStateOfWeights(weights);
    for (const [k, weight] of weightsOfXState(state).entries()) expect(weight).toBeCloseTo(weights[k] as number, 15);
    expect(twirlDistance(state)).toBe(0);
    for (const k of [0, 1, 2, 3] as const) {
      expect(fidelityOfXState(state, bellIndices[k] ?? phiPlus)).toBeCloseTo(weights[k], 15);
    }
  });

  test("stand apart from their twirl by half the trace norm of the difference", () => {
    // |01⟩ is apart from (|01⟩⟨01| + |10⟩⟨10|)/2, its twirl, by one half.
    const product = { p00: 0, p01: 1, p10: 0, p11: 0, outerRe: 0, outerIm: 0, innerRe: 0, innerIm: 0 };
    expect(twirlDistance(xStateOf(product))).toBeCloseTo(0.5, 15);
    // Ψ+ after S on one half is twirled to an even mixture of Ψ+ and Ψ−.
    const turned = xStateOfWeights([0, 1, 0, 0]);
    rotateHalf(turned, 0, Math.PI / 2);
    expect(twirlDistance(turned)).toBeCloseTo(0.5, 15);
    expect(weightsOfXState(turned)[1]).toBeCloseTo(0.5, 15);
  });

  test("stay states: trace 1 and positive after any sequence of operations", () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const step = fc.tuple(fc.nat(4), fc.nat(3), unit);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const state = xStateOf(mixed);
        for (const [kind, k, p] of steps) {
          const half = (k & 1) as 0 | 1;
          if (kind === 0) waitHalf(state, half, { x: p, y: p, z: p * p + (1 - p * p) * 0.5 });
          else if (kind === 1) depolariseHalf(state, half, p / 4);
          else if (kind === 2) depolariseBoth(state, p / 4);
          else if (kind === 3) rotateHalf(state, half, 6 * p);
          else {
            const noise = { twoQubitDepolarising: p / 4, p01: p / 5, p10: p / 3 };
            swapXStates(state, state, half, xStateOf(mixed), 0, bellIndices[k] ?? phiPlus, noise);
          }
          expect(() => checkXState(state)).not.toThrow();
        }
        const { p00, p01, p10, p11 } = xMatrixOf(state);
        expect(p00 + p01 + p10 + p11).toBeCloseTo(1, 14);
      }),
      { seed: 1 },
    );
  });

  test("an outcome that cannot be reported has probability 0 and leaves nothing known", () => {
    const state: XState = xStateOfWeights([1, 0, 0, 0]);
    const stuck = { twoQubitDepolarising: 0, p01: 1, p10: 0 };
    expect(swapXStates(state, state, 1, xStateOfWeights([1, 0, 0, 0]), 0, phiPlus, stuck)).toBe(0);
    expect(weightsOfXState(state)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe("conventions", () => {
  test("a depolarising parameter is the probability of replacement: half a Bell pair keeps 1 − 3p/4", () => {
    const state = xStateOfWeights([1, 0, 0, 0]);
    depolariseHalf(state, 0, 0.08);
    expect(fidelityOfXState(state, phiPlus)).toBeCloseTo(1 - 0.06, 15);
    const both = xStateOfWeights([1, 0, 0, 0]);
    depolariseBoth(both, 0.08);
    expect(fidelityOfXState(both, phiPlus)).toBeCloseTo(1 - 0.06, 15);
    depolariseHalf(state, 1, 0.08);
    expect(fidelityOfXState(state, phiPlus)).toBeCloseTo(0.25 + 0.75 * 0.92 * 0.92, 15);
  });

  test("T2 is the total coherence time: a coherence keeps x, whatever T1 does to the populations", () => {
    const state = xStateOf(mixed);
    waitHalf(state, 1, { x: 0.5, y: 0.5, z: 0.3 });
    const { outerRe, innerIm, p01 } = xMatrixOf(state);
    expect(outerRe).toBeCloseTo(0.05, 15);
    expect(innerIm).toBeCloseTo(0.1, 15);
    expect(p01).toBeCloseTo(0.3 * 0.3, 15);
  });

  test("weights stand in the order Φ+, Ψ+, Φ−, Ψ−: an X on either half exchanges 0 and 1", () => {
    expect(xMatrixOf(xStateOfWeights([0, 1, 0, 0]))).toMatchObject({ p01: 0.5, p10: 0.5, innerRe: 0.5 });
    expect(xMatrixOf(xStateOfWeights([0, 0, 1, 0]))).toMatchObject({ p00: 0.5, p11: 0.5, outerRe: -0.5 });
    expect(xMatrixOf(xStateOfWeights([0, 0, 0, 1]))).toMatchObject({ p01: 0.5, p10: 0.5, innerRe: -0.5 });
    expect(shifted([1, 0, 0, 0], psiPlus)).toEqual([0, 1, 0, 0]);
  });

  test("Pauli weights stand in the order I, X, Y, Z", () => {
    expect(pauliEigenvaluesOf([0, 1, 0, 0])).toEqual({ x: 1, y: -1, z: -1 });
    expect(pauliEigenvaluesOf([0, 0, 1, 0])).toEqual({ x: -1, y: 1, z: -1 });
    expect(pauliEigenvaluesOf([0, 0, 0, 1])).toEqual({ x: -1, y: -1, z: 1 });
  });
});

describe("what is no state is refused by name, and nothing changes", () => {
  test.each([
    ["weights[1]", "not-a-number", () => xStateOfWeights([1, Number.NaN, 0, 0])],
    ["weights[2]", "outside-range", () => xStateOfWeights([0.6, 0.5, -0.1, 0])],
    ["the sum of weights", "sum-is-not-one", () => xStateOfWeights([0.5, 0.2, 0.2, 0.2])],
    ["populations[0]", "outside-range", () => xStateOf({ ...mixed, p00: 1.5 })],
    ["the sum of populations", "sum-is-not-one", () => xStateOf({ ...mixed, p00: 0.5 })],
    ["the size of outer", "not-positive", () => xStateOf({ ...mixed, outerRe: 0.21 })],
    ["the size of inner", "not-positive", () => xStateOf({ ...mixed, innerIm: 0.25 })],
    ["the real part of inner", "not-a-number", () => xStateOf({ ...mixed, innerRe: Number.NaN })],
    ["zFirst", "outside-range", () => checkXState({ ...xStateOf(mixed), zFirst: Number.POSITIVE_INFINITY })],
    ["p11", "not-positive", () => checkXState({ ...xStateOf(mixed), zFirst: 1, zSecond: 1 })],
    ["Pauli weights (I, X, Y, Z)[3]", "outside-range", () => pauliEigenvaluesOf([1, 0, 0, 2])],
  ] as const)("%s: %s", (operand, reason, act) => {
    expect(act).toThrow(StateError);
    expect(act).toThrow(expect.objectContaining({ operand, reason }));
  });

  test.each([-0.1, 1.1, Number.NaN])("a channel with %f leaves the state as it was", (wrong) => {
    const state = xStateOf(mixed);
    expect(() => depolariseHalf(state, 0, wrong)).toThrow(StateError);
    expect(() => depolariseBoth(state, wrong)).toThrow(StateError);
    expect(() => rotateHalf(state, 0, Number.NaN)).toThrow(StateError);
    expect(state).toEqual(xStateOf(mixed));
  });
});
