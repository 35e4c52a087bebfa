import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DoubleClickParameters, doubleClick, fibreTransmission } from "../index.ts";

const perfect: DoubleClickParameters = {
  etaA: 1,
  etaB: 1,
  darkCountProbability: 0,
  visibility: 1,
  emissionFidelityA: 1,
  emissionFidelityB: 1,
};

describe("doubleClick", () => {
  test.each([
    [0.5, 0.5, 0.1259861, 0.9426621, 0.9],
    [0.1, 0.3, 0.01567812, 0.8702131, 0.8],
  ])(
    "with efficiencies %f and %f agrees with an exact Fock-space simulation",
    (etaA, etaB, success, fidelity, visibility) => {
      const { successProbability, weights } = doubleClick({
        ...perfect,
        etaA,
        etaB,
        visibility,
        darkCountProbability: 1e-3,
      });
      expect(successProbability / success).toBeCloseTo(1, 6);
      expect(weights[0]).toBeCloseTo(fidelity, 7);
    },
  );

  test.each([
    [1, 5.821267e-3, 0.9443317],
    [10, 3.468572e-3, 0.9441187],
    [25, 1.463747e-3, 0.9436152],
    [50, 3.478657e-4, 0.9421062],
  ])("over %f km of the trapped-ion link of Avis et al. 2023", (lengthKm, success, fidelity) => {
    const eta = fibreTransmission(lengthKm / 2, 0.25, 0.889);
    const link = { ...perfect, etaA: eta, etaB: eta, darkCountProbability: 1.4e-5, visibility: 0.89 };
    const { successProbability, weights } = doubleClick(link);
    expect(successProbability / success).toBeCloseTo(1, 6);
    expect(weights[0]).toBeCloseTo(fidelity, 7);
  });

  test.each([
    [1, 1.230724e-7, 0.948309],
    [10, 7.336196e-8, 0.9478102],
    [25, 3.098878e-8, 0.9466325],
    [50, 7.385894e-9, 0.9431148],
  ])("over %f km of the colour-centre link of Avis et al. 2023", (lengthKm, success, fidelity) => {
    const eta = fibreTransmission(lengthKm / 2, 0.25, 0.99949);
    const link = { ...perfect, etaA: eta, etaB: eta, darkCountProbability: 1.5e-7, visibility: 0.9 };
    const { successProbability, weights } = doubleClick(link);
    expect(successProbability / success).toBeCloseTo(1, 6);
    expect(weights[0]).toBeCloseTo(fidelity, 7);
  });

  test("succeeds half of the time and makes perfect pairs when nothing is lost", () => {
    expect(doubleClick(perfect)).toMatchObject({ successProbability: 0.5, weights: [1, 0, 0, 0] });
  });

  test("without interference dephases only: half right, half with the phase flipped", () => {
    expect(doubleClick({ ...perfect, visibility: 0 }).weights).toEqual([0.5, 0, 0.5, 0]);
  });

  test("announces maximally mixed pairs when all clicks are dark", () => {
    const dark = doubleClick({ ...perfect, etaA: 0, etaB: 0, darkCountProbability: 0.01 });
    expect(dark.weights).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(dark.successProbability).toBeCloseTo(4 * 0.01 * 0.01 * 0.99 * 0.99, 15);
  });

  test("never succeeds when neither photons nor dark counts click", () => {
    expect(doubleClick({ ...perfect, etaA: 0 })).toMatchObject({
      successProbability: 0,
      weights: [0.25, 0.25, 0.25, 0.25],
    });
  });

  test("depolarises by the emission fidelities of both ends", () => {
    const { weights } = doubleClick({ ...perfect, emissionFidelityA: 0.97, emissionFidelityB: 0.94 });
    const kept = ((4 * 0.97 - 1) / 3) * ((4 * 0.94 - 1) / 3);
    expect(weights[0]).toBeCloseTo(kept + (1 - kept) / 4, 14);
    expect(weights[1]).toBeCloseTo((1 - kept) / 4, 14);
  });

  test("gives a probability and a state for all parameters, the same when the ends are exchanged", () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    const fidelity = fc.double({ min: 0.25, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          etaA: probability,
          etaB: probability,
          darkCountProbability: probability,
          visibility: probability,
          emissionFidelityA: fidelity,
          emissionFidelityB: fidelity,
        }),
        (link) => {
          const { successProbability, weights } = doubleClick(link);
          expect(successProbability >= 0 && successProbability <= 1).toBe(true);
          expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
          expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
          const exchanged = doubleClick({
            ...link,
            etaA: link.etaB,
            etaB: link.etaA,
            emissionFidelityA: link.emissionFidelityB,
            emissionFidelityB: link.emissionFidelityA,
          });
          expect(exchanged.successProbability).toBeCloseTo(successProbability, 14);
        },
      ),
      { seed: 1 },
    );
  });

  test("refuses parameters outside [0, 1] by name", () => {
    expect(() => doubleClick({ ...perfect, etaB: 1.1 })).toThrow(/etaB/);
    expect(() => doubleClick({ ...perfect, darkCountProbability: -1e-9 })).toThrow(/darkCountProbability/);
    expect(() => doubleClick({ ...perfect, visibility: Number.NaN })).toThrow(/visibility/);
  });
});
