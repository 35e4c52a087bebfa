import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  estimateLink,
  heraldedPair,
  type LinkParameters,
  type LinkScheme,
  largestAlpha,
  ParameterError,
  schemeNames,
} from "../index.ts";

const nv2019: LinkScheme = {
  scheme: "single-click",
  ...{ etaA: 3.5e-4, etaB: 3.5e-4, darkCountProbability: -Math.expm1(-5e-7), visibility: 0.9 },
  ...{ phaseStdRad: Math.PI / 12, doubleExcitationA: 0.04, doubleExcitationB: 0.04 },
};

/** The link of the fidelity sweep of Dahlberg et al. 2019. */
const dahlberg: LinkScheme = {
  scheme: "dahlberg-single-click",
  ...{ etaA: 4e-4, etaB: 4e-4, darkCountProbability: 5e-7, visibility: 0.9 },
};

const timing = { armDelaysS: [0, 0], minimumS: 5.5e-6 } as const;

/** 100 values from 0 to 0.5, both included. */
const sweep = Array.from({ length: 100 }, (_, place) => (0.5 * place) / 99);

describe("estimateLink", () => {
  test("gives 38.36 Hz for the NV centres of 2019 at α = 0.3, within 15 % of the 39 Hz that were measured", () => {
    const { rateHz, fidelity, attemptPeriodS } = estimateLink({ heralding: nv2019, timing }, 0.3);
    expect(rateHz).toBeCloseTo(38.36, 2);
    expect(Math.abs(rateHz / 39 - 1)).toBeLessThan(0.15);
    expect(fidelity).toBeCloseTo(0.6436689, 7);
    expect(attemptPeriodS).toBe(5.5e-6);
  });

  test("uses the scheme's own α unless another is chosen", () => {
    const own = { heralding: { ...nv2019, alpha: 0.2 } as LinkScheme, timing };
    expect(estimateLink(own)).toEqual(estimateLink({ heralding: nv2019, timing }, 0.2));
    expect(estimateLink(own, 0.1).successProbability).toBeCloseTo(7.09986e-5, 9);
  });

  test("counts modes in the probability and pauses in the rate, not in the state", () => {
    const link: LinkParameters = { heralding: nv2019, timing };
    const busy: LinkParameters = { ...link, modes: 62, pauses: { stabilisation: { everyS: 3, durationS: 1 } } };
    const [one, many] = [estimateLink(link, 0.1), estimateLink(busy, 0.1)];
    expect(many.successProbability).toBeCloseTo(1 - (1 - one.successProbability) ** 62, 12);
    expect(many.meanAttemptPeriodS).toBeCloseTo((one.attemptPeriodS * 4) / 3, 15);
    expect(many.rateHz).toBeCloseTo(many.successProbability / many.meanAttemptPeriodS, 9);
    expect(many.fidelity).toBe(one.fidelity);
  });

  test("knows every scheme by its name", () => {
    const probability = { successProbability: 0.3 };
    const links: readonly LinkScheme[] = [
      { ...nv2019, alpha: 0.1 } as LinkScheme,
      { ...dahlberg, alpha: 0.1 } as LinkScheme,
      {
        scheme: "double-click",
        ...{ etaA: 0.1, etaB: 0.3, darkCountProbability: 1e-3, visibility: 0.8 },
        ...{ emissionFidelityA: 1, emissionFidelityB: 1 },
      },
      { scheme: "midpoint-source", meanPairs: 0.02, etaA: 0.1, etaB: 0.2, darkCountProbability: 0 },
      { scheme: "deterministic", transmission: 0.8 },
      { scheme: "perfect", ...probability },
      { scheme: "depolarise", ...probability, fidelity: 0.9 },
      { scheme: "bit-flip", ...probability, fidelity: 0.9 },
    ];
    expect(links.map(({ scheme }) => scheme)).toEqual([...schemeNames]);
    for (const heralding of links) {
      const { successProbability, fidelity, pair } = estimateLink({ heralding, timing });
      expect(successProbability).toBeGreaterThan(0);
      expect(fidelity).toBeGreaterThan(0.8);
      expect(pair.announced.reduce((sum, { probability: share }) => sum + share, 0)).toBeCloseTo(1, 15);
    }
  });

  test("takes a bright-state population of its own for either end", () => {
    const own = { ...nv2019, alpha: 1, secondAlpha: 0 } as LinkScheme;
    expect(heraldedPair(own).successProbability).toBeCloseTo(3.5e-4, 5);
    expect(() => heraldedPair({ ...nv2019, alpha: 1, secondAlpha: -0.1 } as LinkScheme)).toThrow(/secondAlpha is -0.1/);
  });

  test("refuses an unknown scheme, an α without place or missing, and says what would be right", () => {
    const unknown = { scheme: "triple-click" } as unknown as LinkScheme;
    expect(() => heraldedPair(unknown)).toThrow(/scheme is "triple-click": give single-click, dahlberg-single-click/);
    expect(() => heraldedPair(nv2019)).toThrow(/alpha is missing/);
    expect(() => heraldedPair(nv2019, 1.5)).toThrow(expect.objectContaining({ field: "alpha", value: 1.5 }));
    expect(() => heraldedPair({ scheme: "deterministic", transmission: 1 }, 0.1)).toThrow(/leave it out/);
    const third = { ...nv2019, secondAlpha: "half" } as unknown as LinkScheme;
    expect(() => heraldedPair(third, 0.1)).toThrow(/secondAlpha is "half"/);
  });
});

describe("largestAlpha", () => {
  test.each([
    [0.6, 0.37879, 0.604836, 3.0401e-4],
    [0.65, 0.32828, 0.653672, 2.6361e-4],
    [0.7, 0.27778, 0.702329, 2.2321e-4],
    [0.75, 0.22727, 0.750688, 1.8281e-4],
    [0.8, 0.17172, 0.803229, 1.3837e-4],
    [0.85, 0.11616, 0.854142, 9.3927e-5],
  ])("for F ≥ %f on the grid of Dahlberg et al. 2019 is %f, with F %f and p %f", (minimum, alpha, fidelity, p) => {
    const chosen = largestAlpha(dahlberg, minimum, sweep) ?? Number.NaN;
    expect(chosen).toBeCloseTo(alpha, 5);
    const pair = heraldedPair(dahlberg, chosen);
    expect(Math.abs(pair.weights[0] - fidelity)).toBeLessThanOrEqual(5.001e-7);
    expect(Math.abs(pair.successProbability - p)).toBeLessThanOrEqual(p < 1e-4 ? 5.001e-10 : 5.001e-9);
  });

  test.each([
    [0.9, undefined],
    [0.8, 0.1],
    [0.7, 0.1],
    [0.6, 0.3],
  ])("for F ≥ %f among 0.1 and 0.3 is %s, by the estimate and by the exact model", (minimum, alpha) => {
    const parameters = { etaA: 3.5e-4, etaB: 3.5e-4, darkCountProbability: 5e-7, visibility: 0.9 };
    for (const scheme of ["single-click", "dahlberg-single-click"] as const) {
      expect(largestAlpha({ scheme, ...parameters }, minimum, [0.3, 0.1])).toBe(alpha);
    }
  });

  const eta = fc.double({ min: 1e-6, max: 0.9, noNaN: true });
  const anyLink = fc.record({
    scheme: fc.constantFrom("single-click" as const, "dahlberg-single-click" as const),
    ...{ etaA: eta, etaB: eta, darkCountProbability: fc.double({ min: 0, max: 1e-3, noNaN: true }) },
    visibility: fc.double({ min: 0, max: 1, noNaN: true }),
    secondAlpha: fc.constantFrom("equal" as const, "balanced" as const),
  });

  test("without a grid fulfils the minimum, and nothing larger on a fine grid does", () => {
    fc.assert(
      fc.property(anyLink, fc.double({ min: 0.3, max: 1, noNaN: true }), (link, minimum) => {
        const fidelity = (alpha: number) => heraldedPair(link, alpha).weights[0];
        const chosen = largestAlpha(link, minimum);
        const larger = Array.from({ length: 300 }, (_, place) => Math.exp(-15 + place / 20));
        if (chosen !== undefined) expect(fidelity(chosen)).toBeGreaterThanOrEqual(minimum);
        const beyond = larger.filter((alpha) => alpha > (chosen ?? 0) * (1 + 1e-9));
        expect(beyond.every((alpha) => fidelity(alpha) < minimum)).toBe(true);
      }),
      { seed: 81, numRuns: 60 },
    );
  });

  test("falls as the minimum rises, until there is none", () => {
    const alphas = [0.5, 0.6, 0.7, 0.8, 0.84].map((minimum) => largestAlpha(nv2019, minimum) ?? 0);
    expect(alphas).toEqual(alphas.toSorted((a, b) => b - a));
    expect(alphas.every((alpha) => alpha > 0)).toBe(true);
    expect(largestAlpha(nv2019, 0.95)).toBeUndefined();
    expect(largestAlpha(nv2019, 0)).toBe(1);
  });

  test("is none when nothing ever clicks, whatever the maximally mixed state would pass", () => {
    const dead: LinkScheme = { scheme: "single-click", etaA: 0, etaB: 0, darkCountProbability: 0, visibility: 1 };
    expect(largestAlpha(dead, 0.2)).toBeUndefined();
    expect(largestAlpha(dead, 0.2, [0.1, 0.2])).toBeUndefined();
  });

  test("refuses a scheme without α and a minimum outside [0, 1]", () => {
    expect(() => largestAlpha({ scheme: "perfect", successProbability: 1 }, 0.9)).toThrow(ParameterError);
    expect(() => largestAlpha(nv2019, 1.1)).toThrow(/minimumFidelity is 1.1/);
    expect(() => largestAlpha(nv2019, 0.9, [0.1, -0.1])).toThrow(/grid\[1\] is -0.1/);
  });
});
