import { heraldedPair, type LinkParameters, type LinkScheme, ParameterError } from "@bellmesh/hardware";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { announcedMatrix, clockCost, heraldBudget, type LinkEnd, linkFigures } from "../index.ts";

const perfectEnd: LinkEnd = {
  ...{ t1S: Number.POSITIVE_INFINITY, t2S: Number.POSITIVE_INFINITY },
  ...{ oneQubitDepolarising: 0, p01: 0, p10: 0 },
};
const nv2019: LinkScheme = {
  scheme: "single-click",
  ...{ etaA: 3.5e-4, etaB: 3.5e-4, darkCountProbability: -Math.expm1(-5e-7), visibility: 0.9 },
  ...{ phaseStdRad: Math.PI / 12, doubleExcitationA: 0.04, doubleExcitationB: 0.04 },
};
const timing = { armDelaysS: [0, 0], minimumS: 5.5e-6 } as const;
const perfectEnds = [perfectEnd, perfectEnd] as const;

describe("heraldBudget", () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  const small = fc.double({ min: 0, max: 0.2, noNaN: true });
  const clicks = { etaA: probability, etaB: probability, darkCountProbability: small, visibility: probability };
  const anyScheme: fc.Arbitrary<LinkScheme> = fc.oneof(
    fc.record({
      scheme: fc.constant("single-click" as const),
      ...{ ...clicks, alpha: probability, phaseStdRad: probability },
      ...{ doubleExcitationA: probability, doubleExcitationB: probability },
    }),
    fc.record({ scheme: fc.constant("dahlberg-single-click" as const), ...clicks, alpha: probability }),
    fc.record({
      scheme: fc.constant("double-click" as const),
      ...{ ...clicks, emissionFidelityA: probability, emissionFidelityB: probability },
    }),
    fc.record({
      scheme: fc.constant("midpoint-source" as const),
      ...{ etaA: probability, etaB: probability, darkCountProbability: small, meanPairs: small, misalignment: small },
    }),
    fc.record({ scheme: fc.constant("deterministic" as const), transmission: probability, addedPhotons: small }),
    fc.record({
      scheme: fc.constantFrom("depolarise" as const, "bit-flip" as const),
      ...{ successProbability: fc.constant(0.1), fidelity: probability },
    }),
  );

  test("terms add up to what is missing from 1, for every scheme", () => {
    fc.assert(
      fc.property(anyScheme, (link) => {
        const { successProbability, weights } = heraldedPair(link);
        fc.pre(successProbability > 0);
        const lost = heraldBudget(link).reduce((sum, term) => sum + term.lost, 0);
        expect(lost).toBeCloseTo(1 - weights[0], 12);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test("of a single click without any imperfection but α is α, for small η", () => {
    const clean: LinkScheme = {
      scheme: "single-click",
      ...{ alpha: 0.1, etaA: 1e-6, etaB: 1e-6, darkCountProbability: 0, visibility: 1 },
    };
    expect(heraldBudget(clean)[0]).toMatchObject({ term: "alpha", lost: expect.closeTo(0.1, 6) });
  });

  test("says what mending one imperfection alone would bring", () => {
    const terms = heraldBudget(nv2019, 0.1);
    expect(terms.map(({ term }) => term)).toEqual(["alpha", "dark-counts", "visibility", "double-excitation", "phase"]);
    const sharp = heraldedPair({ ...nv2019, visibility: 1 } as LinkScheme, 0.1).weights[0];
    expect(terms.find(({ term }) => term === "visibility")?.fidelityWithout).toBe(sharp);
  });

  test("puts everything down to dark counts where only they click", () => {
    const dark = { ...nv2019, etaA: 0, etaB: 0 } as LinkScheme;
    expect(heraldBudget(dark, 0.1)[0]).toMatchObject({ term: "dark-counts", lost: expect.closeTo(0.91, 10) });
  });
});

describe("clockCost", () => {
  const photon = { shape: "exponential", lengthS: 12e-9 } as const;

  test.each([
    [1, 0.3173105],
    [2, 0.0455003],
    [3, 0.0026998],
  ])("loses what is beyond %d standard deviations: %d of the windows", (sigmas, share) => {
    const cost = clockCost({ differenceStdS: 12.5e-9 / sigmas, boundS: 0, photon, windowS: 25e-9 });
    expect(cost.windowsLost).toBeCloseTo(share, 7);
    expect(cost.rateFactor).toBeCloseTo(1 - share, 7);
  });

  test("is nothing for perfect clocks, and everything when the bound exceeds half the window", () => {
    const window = { photon, windowS: 25e-9 };
    expect(clockCost({ differenceStdS: 0, ...window })).toEqual({
      ...{ boundS: 0, isTrusted: true, visibilityFactor: 1, windowsLost: 0, rateFactor: 1 },
    });
    expect(clockCost({ differenceStdS: 3.2e-9, ...window })).toMatchObject({ isTrusted: false, rateFactor: 0 });
    expect(clockCost({ differenceStdS: 3.1e-9, ...window }).isTrusted).toBe(true);
    expect(clockCost({ differenceStdS: 1e-12, boundS: 13e-9, ...window }).isTrusted).toBe(false);
  });

  test("refuses what cannot be", () => {
    expect(() => clockCost({ differenceStdS: 1e-9, photon, windowS: 0 })).toThrow(/windowS is 0/);
    expect(() => clockCost({ differenceStdS: -1e-9, photon, windowS: 1 })).toThrow(ParameterError);
    expect(() => clockCost({ differenceStdS: 0, boundS: -1, photon, windowS: 1 })).toThrow(/boundS is -1/);
  });
});

describe("linkFigures", () => {
  test("says of waiting, gates and readout what the pair would be without each of them alone", () => {
    const far = { ...timing, armDelaysS: [1e-3, 2e-3] } as const;
    const parameters: LinkParameters = { heralding: { ...nv2019, alpha: 0.1 } as LinkScheme, timing: far };
    const end: LinkEnd = { t1S: 0.2, t2S: 0.05, oneQubitDepolarising: 0.1, p01: 0.05, p10: 0.01 };
    const of = (mended: Partial<LinkEnd>) => {
      const both = { ...end, ...mended };
      return linkFigures({ parameters, ends: [both, both] });
    };
    const without = Object.fromEntries(of({}).budget.map(({ part, fidelityWithout }) => [part, fidelityWithout]));
    const never = { t1S: Number.POSITIVE_INFINITY, t2S: Number.POSITIVE_INFINITY };
    expect(without.waiting).toBeCloseTo(of(never).deliveredFidelity, 12);
    expect(without.gates).toBeCloseTo(of({ oneQubitDepolarising: 0 }).deliveredFidelity, 12);
    expect(without.readout).toBeCloseTo(of({ p01: 0, p10: 0 }).measuredFidelity, 12);
  });

  const parameters: LinkParameters = { heralding: nv2019, timing };

  test("are those of the heralded pair when nothing happens to it", () => {
    const figures = linkFigures({ parameters, alpha: 0.3, ends: perfectEnds });
    expect(figures.fidelity).toBeCloseTo(0.6436689, 7);
    expect(figures.rateHz).toBeCloseTo(38.36, 2);
    expect(figures.measuredFidelity).toBeCloseTo(figures.fidelity, 14);
    const { matrix, coherence } = announcedMatrix(figures.pair);
    expect((matrix.p01 + matrix.p10) / 2 + coherence).toBeCloseTo(figures.fidelity, 14);
  });

  test("the whole budget adds up to what readouts see", () => {
    const end: LinkEnd = { t1S: 1e-3, t2S: 1e-3, oneQubitDepolarising: 0.01, p01: 0.05, p10: 0.005 };
    const far: LinkParameters = { heralding: nv2019, timing: { armDelaysS: [5e-5, 2e-5], minimumS: 1e-3 } };
    const figures = linkFigures({ parameters: far, alpha: 0.1, ends: [end, end] });
    const lost = (parts: readonly string[]) =>
      figures.budget.reduce((sum, term) => sum + (parts.includes(term.part) ? term.lost : 0), 0);
    expect(lost(["herald"])).toBeCloseTo(1 - figures.fidelity, 12);
    expect(lost(["herald", "waiting", "gates"])).toBeCloseTo(1 - figures.deliveredFidelity, 12);
    expect(lost(["herald", "waiting", "gates", "readout"])).toBeCloseTo(1 - figures.measuredFidelity, 12);
    expect(figures.agesS).toEqual([1e-4, 4e-5]);
    // Ψ: ¼(e^−ta/T1 + e^−tb/T1 + 2c) of a perfect pair bounds what T1 and T2 leave of a worse one.
    expect(figures.deliveredFidelity).toBeLessThan(figures.fidelity);
  });

  test("readouts that err err as often as two misreadings that differ", () => {
    const heralding: LinkScheme = { scheme: "perfect", successProbability: 0.1 };
    const end = { ...perfectEnd, p01: 0.03, p10: 0.03 };
    const { key } = linkFigures({ parameters: { heralding, timing }, ends: [end, end] });
    for (const rate of Object.values(key.errorRates)) expect(rate).toBeCloseTo(2 * 0.03 * 0.97, 14);
  });

  test("a bias of readout counts by the populations, in Z only", () => {
    const heralding: LinkScheme = { scheme: "deterministic", transmission: 0.5 };
    const end = { ...perfectEnd, p01: 0.2, p10: 0 };
    const { key } = linkFigures({ parameters: { heralding, timing }, ends: [end, end] });
    // Populations ¼ of |00⟩, ¼ of |01⟩, ½ of |10⟩; Ψ+ wants different bits.
    expect(key.errorRates.z).toBeCloseTo(0.25 * (0.8 * 0.8 + 0.2 * 0.2) + 0.75 * 0.2, 14);
  });

  test("clocks cost visibility and windows; while they are not trusted there is no pair", () => {
    const clock = clockCost({
      ...{ differenceStdS: 2e-9, windowS: 25e-9, photon: { shape: "exponential", lengthS: 12e-9 } },
    });
    const figures = linkFigures({ parameters, alpha: 0.1, ends: perfectEnds, clock });
    const blurred = { ...nv2019, visibility: 0.9 * clock.visibilityFactor } as LinkScheme;
    expect(figures.fidelity).toBe(heraldedPair(blurred, 0.1).weights[0]);
    const clocks = figures.budget.find(({ term }) => term === "clocks");
    expect(clocks?.fidelityWithout).toBe(heraldedPair(nv2019, 0.1).weights[0]);
    const untrusted = { ...clock, isTrusted: false, rateFactor: 0 };
    const none = linkFigures({ parameters, alpha: 0.1, ends: perfectEnds, clock: untrusted });
    expect(none).toMatchObject({ successProbability: 0, rateHz: 0, waiting: undefined });
  });

  test("there is a state but no rate where nothing takes time", () => {
    const untimed: LinkParameters = { heralding: nv2019, timing: { armDelaysS: [0, 0] } };
    const figures = linkFigures({ parameters: untimed, alpha: 0.1, ends: perfectEnds });
    expect(figures).toMatchObject({ attemptPeriodS: undefined, rateHz: undefined, waiting: undefined });
    expect(figures.fidelity).toBeGreaterThan(0.8);
  });
});
