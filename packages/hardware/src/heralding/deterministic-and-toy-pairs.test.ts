import { phiPlus } from "@bellmesh/bell";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitFlippedPair, depolarisedPair, emitAndCatch, multiplexed, ParameterError, perfectPair } from "../index.ts";
import { type Branch, detected } from "./photon-number-simulation.ts";

const probability = fc.double({ min: 0, max: 1, noNaN: true });

describe("emitAndCatch", () => {
  test.each([
    [1, 0.894208],
    [3, 0.72927],
  ])("over a line of %f dB has F = (1 + √η)²/4", (lossDb, fidelity) => {
    const pair = emitAndCatch({ transmission: 10 ** (-lossDb / 10) });
    expect(pair.successProbability).toBe(1);
    expect(Math.abs(pair.weights[0] - fidelity)).toBeLessThan(5e-7);
    expect(pair.isBellDiagonal).toBe(false);
  });

  test("is an excitation behind a beam splitter in photon number space, to 1e-9", () => {
    fc.assert(
      fc.property(probability, fc.double({ min: 0, max: 5, noNaN: true }), (transmission, addedPhotons) => {
        const line = { caught: [Math.sqrt(transmission), 0], lost: [Math.sqrt(1 - transmission), 0] } as const;
        const branches: Branch[] = [
          { qubits: 2, amplitude: Math.SQRT1_2, emissions: [] },
          { qubits: 0, amplitude: Math.SQRT1_2, emissions: [line] },
        ];
        // What is caught excites the second qubit, coherently: the rows of caught photons move from |00⟩ to |01⟩.
        const caught: Branch[] = [
          branches[0] as Branch,
          { qubits: 1, amplitude: Math.sqrt(transmission / 2), emissions: [] },
          { qubits: 0, amplitude: Math.sqrt((1 - transmission) / 2), emissions: [{ lost: [1, 0] }] },
        ];
        expect(detected(branches, (photons) => (photons.get("caught") ? 1 : 0)).re[0]).toBeCloseTo(transmission / 2, 9);
        const { re } = detected(caught, () => 1);
        const kept = 1 / (1 + 2 * addedPhotons);
        const [state] = emitAndCatch({ transmission, addedPhotons }).announced;
        const { p00, p01, p10, p11, innerRe } = state?.matrix ?? expect.fail("Ψ+ is announced");
        for (const [value, entry] of [[p00, 0] as const, [p01, 5] as const, [p10, 10] as const, [p11, 15] as const]) {
          expect(Math.abs(value - (kept * (re[entry] as number) + (1 - kept) / 4))).toBeLessThan(1e-9);
        }
        expect(Math.abs(innerRe - kept * (re[6] as number))).toBeLessThan(1e-9);
      }),
      { seed: 51 },
    );
  });

  test("refuses a gain and a negative number of photons", () => {
    expect(() => emitAndCatch({ transmission: 1.01 })).toThrow(/transmission is 1.01/);
    expect(() => emitAndCatch({ transmission: 1, addedPhotons: -1 })).toThrow(/addedPhotons is -1/);
  });
});

describe("toy pairs", () => {
  test("are announced as Φ+ and have the success probability and fidelity that was asked for", () => {
    fc.assert(
      fc.property(probability, probability, (successProbability, fidelity) => {
        fc.pre(successProbability > 1e-100);
        const toy = { successProbability, fidelity };
        const [perfect, depolarised, flipped] = [perfectPair(toy), depolarisedPair(toy), bitFlippedPair(toy)];
        for (const pair of [perfect, depolarised, flipped]) {
          expect(pair.successProbability).toBe(successProbability);
          expect(pair.announced.map(({ index }) => index)).toEqual([phiPlus]);
          expect(pair.isBellDiagonal).toBe(true);
        }
        expect(perfect.weights).toEqual([1, 0, 0, 0]);
        expect(depolarised.weights[0]).toBe(fidelity);
        expect(new Set(depolarised.weights.slice(1)).size).toBe(1);
        expect(flipped.weights).toEqual([fidelity, 1 - fidelity, 0, 0]);
        const { p01, p10, innerRe, outerRe } = flipped.announced[0]?.matrix ?? expect.fail("one is announced");
        expect([p01, p10, innerRe]).toEqual(new Array(3).fill((1 - fidelity) / 2));
        expect(outerRe).toBe(fidelity / 2);
      }),
      { seed: 52 },
    );
  });

  test("refuse what is no probability", () => {
    expect(() => depolarisedPair({ successProbability: 0.5, fidelity: -0.1 })).toThrow(ParameterError);
    expect(() => bitFlippedPair({ successProbability: 1.5, fidelity: 1 })).toThrow(/successProbability is 1.5/);
    expect(() => perfectPair({ successProbability: Number.NaN })).toThrow(/successProbability is NaN/);
  });
});

describe("multiplexed", () => {
  test("fails only when all modes fail, and keeps the state", () => {
    const pair = depolarisedPair({ successProbability: 0.1, fidelity: 0.9 });
    const many = multiplexed(pair, 62);
    expect(many.successProbability).toBeCloseTo(1 - 0.9 ** 62, 14);
    expect(many.announced).toBe(pair.announced);
    expect(multiplexed(pair, 1)).toBe(pair);
  });

  test("keeps the digits of small probabilities, and certainty", () => {
    const rare = multiplexed(depolarisedPair({ successProbability: 1e-18, fidelity: 0.9 }), 100);
    expect(rare.successProbability / 1e-16).toBeCloseTo(1, 12);
    expect(multiplexed(perfectPair({ successProbability: 1 }), 7).successProbability).toBe(1);
    expect(multiplexed(perfectPair({ successProbability: 0 }), 7).successProbability).toBe(0);
  });

  test("refuses half a mode", () => {
    expect(() => multiplexed(perfectPair({ successProbability: 1 }), 1.5)).toThrow(/modes is 1.5/);
    expect(() => multiplexed(perfectPair({ successProbability: 1 }), 0)).toThrow(ParameterError);
  });
});
