import { psiPlus, xStateOf } from "@bellmesh/bell";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  balancedAlpha,
  dahlbergSingleClick,
  type HeraldedPair,
  ParameterError,
  type SingleClickParameters,
  singleClick,
} from "../index.ts";
import {
  type Branch,
  clickProbability,
  detected,
  type Occupation,
  silenceProbability,
  stationEmission,
} from "./photon-number-simulation.ts";

/** 20 Hz of dark counts in 25 ns. */
const nvDark = -Math.expm1(-20 * 25e-9);

const symmetric = (alpha: number, eta: number, dark: number, visibility: number): SingleClickParameters => ({
  ...{ alphaA: alpha, alphaB: alpha, etaA: eta, etaB: eta },
  ...{ darkCountProbability: dark, visibility },
});

/** A relative 1e-6 or half a unit of the last printed digit, whichever is larger. */
function expectPrinted(value: number, printed: string): void {
  const [mantissa, exponent = "0"] = printed.split("e") as [string, string?];
  const digits = mantissa.split(".")[1]?.length ?? 0;
  const half = 0.5 * 10 ** (Number(exponent) - digits);
  const expected = Number(printed);
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.max(half * (1 + 1e-9), 1e-6 * Math.abs(expected)));
}

describe("singleClick", () => {
  test.each([
    [0.05, "3.59996e-5", "0.8532904", "6.545"],
    [0.1, "7.09986e-5", "0.8197735", "12.91"],
    [0.2, "1.409946e-4", "0.7338691", "25.64"],
    [0.3, "2.109881e-4", "0.6436689", "38.36"],
    [0.5, "3.509673e-4", "0.4606537", "63.81"],
  ])("for nitrogen-vacancy centres of 2019 at α = %f: p %s, F %s, %s Hz at 5.5 µs", (alpha, p, fidelity, rateHz) => {
    const { successProbability, weights } = singleClick({
      ...symmetric(alpha, 3.5e-4, nvDark, 0.9),
      ...{ phaseStdRad: (15 * Math.PI) / 180, doubleExcitationA: 0.04, doubleExcitationB: 0.04 },
    });
    expectPrinted(successProbability, p);
    expectPrinted(weights[0], fidelity);
    expectPrinted(successProbability / 5.5e-6, rateHz);
  });

  test.each([
    [symmetric(0.1, 0.5, 1e-3, 0.9), "0.0990808", "0.8850650"],
    [symmetric(0.3, 0.01, 1e-5, 0.85), "0.006010145", "0.6722337"],
    [
      { alphaA: 0.1, alphaB: 0.05, etaA: 0.02, etaB: 0.04, darkCountProbability: 1e-5, visibility: 0.8 },
      "0.0040154799",
      "0.8729750519",
    ],
  ])("without dephasing as of a published table (%#)", (parameters, p, fidelity) => {
    const { successProbability, weights } = singleClick(parameters);
    expectPrinted(successProbability, p);
    expectPrinted(weights[0], fidelity);
  });

  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  const inside = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  const anyLink = fc.record({
    ...{ alphaA: inside, alphaB: inside, etaA: inside, etaB: inside },
    darkCountProbability: fc.double({ min: 0, max: 0.3, noNaN: true }),
    visibility: probability,
    phaseRad: fc.double({ min: -4, max: 4, noNaN: true }),
    detectors: fc.constantFrom("threshold" as const, "photon-number-resolving" as const),
  });

  test("is the exact photon-number simulation, with either kind of detector, to 1e-9", () => {
    fc.assert(
      fc.property(anyLink, (link) => expectSimulated(link, singleClick(link))),
      { seed: 21, numRuns: 60 },
    );
  });

  test("dephases by the phase's spread and by what second photons tell, and changes nothing else", () => {
    fc.assert(
      fc.property(anyLink, fc.double({ min: 0, max: 3, noNaN: true }), probability, (link, phaseStdRad, twice) => {
        const [still] = singleClick(link).announced;
        const [noisy] = singleClick({ ...link, phaseStdRad, doubleExcitationA: twice }).announced;
        const kept = Math.exp(-(phaseStdRad ** 2) / 2) * (1 - twice);
        expect(noisy?.matrix.innerRe).toBeCloseTo(kept * (still?.matrix.innerRe ?? Number.NaN), 12);
        expect(noisy?.matrix.innerIm).toBeCloseTo(kept * (still?.matrix.innerIm ?? Number.NaN), 12);
        expect(noisy?.matrix.p11).toBe(still?.matrix.p11);
      }),
      { seed: 22 },
    );
  });

  test("announces a state for every parameter, also the extreme ones", () => {
    const extreme = fc.record({
      ...{ alphaA: probability, alphaB: probability, etaA: probability, etaB: probability },
      ...{ darkCountProbability: probability, visibility: probability, doubleExcitationB: probability },
    });
    fc.assert(
      fc.property(extreme, (link) => {
        const pair = singleClick(link);
        expect(pair.successProbability >= 0 && pair.successProbability <= 1).toBe(true);
        for (const { matrix, weights } of pair.announced) {
          xStateOf(matrix);
          expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
        }
      }),
      { seed: 23 },
    );
  });

  test("is not Bell-diagonal: both ends bright is likelier than both dark", () => {
    const { isBellDiagonal, announced } = singleClick(symmetric(0.2, 1e-3, 1e-7, 0.9));
    expect(isBellDiagonal).toBe(false);
    expect(announced[0]?.matrix.p11).toBeGreaterThan(100 * (announced[0]?.matrix.p00 ?? Number.NaN));
  });

  test("never succeeds with dark ends and quiet detectors, and then says the maximally mixed state", () => {
    const { successProbability, weights } = singleClick(symmetric(0, 0.5, 0, 1));
    expect([successProbability, ...weights]).toEqual([0, 0.25, 0.25, 0.25, 0.25]);
  });

  test("refuses by name what cannot be", () => {
    const link = symmetric(0.1, 0.1, 0, 1);
    const refused: [string, Partial<SingleClickParameters>][] = [
      ["alphaA", { alphaA: 1.2 }],
      ["etaB", { etaB: -0.1 }],
      ["phaseStdRad", { phaseStdRad: -1 }],
      ["phaseRad", { phaseRad: Number.NaN }],
      ["doubleExcitationB", { doubleExcitationB: 2 }],
      ["detectors", { detectors: "bolometer" as "threshold" }],
    ];
    for (const [field, wrong] of refused) {
      const attempt = () => singleClick({ ...link, ...wrong });
      expect(attempt).toThrow(ParameterError);
      expect(attempt).toThrow(expect.objectContaining({ field, value: Object.values(wrong)[0] }));
    }
  });
});

test("a balanced second end gives |01⟩ and |10⟩ the same population when there are no dark counts", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 0.99, noNaN: true }),
      fc.double({ min: 1e-6, max: 1, noNaN: true }),
      fc.double({ min: 1e-6, max: 1, noNaN: true }),
      (alphaA, etaA, etaB) => {
        const alphaB = balancedAlpha(alphaA, etaA, etaB);
        const [first] = singleClick({ alphaA, alphaB, etaA, etaB, darkCountProbability: 0, visibility: 1 }).announced;
        expect(first?.matrix.p01).toBeCloseTo(first?.matrix.p10 ?? Number.NaN, 12);
        expect(first?.index).toBe(psiPlus);
      },
    ),
    { seed: 24 },
  );
  expect(balancedAlpha(0.3, 0, 0)).toBe(0.3);
});

describe("dahlbergSingleClick", () => {
  test("is within 0.002 of the fidelities that the simulation of Dahlberg et al. 2019 was tested with", () => {
    for (const [alpha, fidelity, estimated] of [
      [0.1, 0.8671424, "0.86704"],
      [0.3, 0.6800332, "0.68078"],
    ] as const) {
      const { weights } = dahlbergSingleClick(symmetric(alpha, 3.5e-4, 5e-7, 0.9));
      expect(Math.abs(weights[0] - fidelity)).toBeLessThan(0.002);
      expectPrinted(weights[0], estimated);
      const exact = singleClick(symmetric(alpha, 3.5e-4, 5e-7, 0.9)).weights[0];
      expect(Math.abs(exact - fidelity)).toBeLessThan(0.002);
      expect(weights[0] - exact).toBeGreaterThan(0);
      expect(weights[0] - exact).toBeLessThan(2e-3);
    }
  });

  test("with one end always bright and the other dark succeeds as often as that photon arrives, about", () => {
    const link = { ...symmetric(0, 4e-4, 5e-7, 0.9), alphaA: 1 };
    for (const model of [dahlbergSingleClick, singleClick]) {
      expect(Math.abs(model(link).successProbability - 4e-4)).toBeLessThan(5e-5);
    }
  });

  test("over a link without light has the dark floor 2d(1 − d), 7.999995e-7 at 20 Hz and 20 ns", () => {
    const dark = -Math.expm1(-20 * 20e-9);
    const exact = singleClick(symmetric(0.3, 0, dark, 0.9)).successProbability;
    expect(exact).toBeCloseTo(2 * dark * (1 - dark), 18);
    // The printed figure has the rate to first order: 4e-7 for d.
    expect(Math.abs(exact - 7.999995e-7)).toBeLessThan(1e-12);
  });

  test("has the published order of magnitude: 7e-5 in the laboratory without a cavity at α = 0.1", () => {
    const { successProbability } = singleClick(symmetric(0.1, 3.5e-4, nvDark, 0.9));
    expect(successProbability / 7.016e-5).toBeGreaterThan(0.5);
    expect(successProbability / 7.016e-5).toBeLessThan(2);
  });
});

/** Probability of a click of `wanted` alone. */
function aloneProbability(wanted: "c" | "d", photons: Occupation, dark: number, isResolving: boolean): number {
  const [here, there] = wanted === "c" ? ["c", "d"] : ["d", "c"];
  const count = (detector: string) => (photons.get(detector) ?? 0) + (photons.get(`${detector}o`) ?? 0);
  return clickProbability(count(here), dark, isResolving) * silenceProbability(count(there), dark);
}

function expectSimulated(link: SingleClickParameters, pair: HeraldedPair): void {
  const { alphaA, alphaB, etaA, etaB, darkCountProbability: dark, visibility, phaseRad = 0 } = link;
  const branches: Branch[] = [0, 1, 2, 3].map((qubits) => ({
    qubits,
    amplitude: Math.sqrt((qubits & 2 ? alphaA : 1 - alphaA) * (qubits & 1 ? alphaB : 1 - alphaB)),
    emissions: [
      ...(qubits & 2 ? [stationEmission("a", etaA, visibility, phaseRad)] : []),
      ...(qubits & 1 ? [stationEmission("b", etaB, visibility, 0)] : []),
    ],
  }));
  let total = 0;
  for (const [place, detector] of (["c", "d"] as const).entries()) {
    const isResolving = link.detectors === "photon-number-resolving";
    const { re, im } = detected(branches, (photons) => aloneProbability(detector, photons, dark, isResolving));
    const success = [0, 5, 10, 15].reduce((sum, entry) => sum + (re[entry] as number), 0);
    total += success;
    const { probability, matrix } = pair.announced[place] as HeraldedPair["announced"][number];
    expect(Math.abs(success - probability * pair.successProbability)).toBeLessThan(1e-9);
    const { p00, p01, p10, p11, innerRe, innerIm, outerRe, outerIm } = matrix;
    // ⟨row|ρ|column⟩ is entry 4·row + column; in a single click nothing but the inner coherence is there.
    const expected = [
      ...[p00, 0, 0, outerRe],
      ...[0, p01, innerRe, 0],
      ...[0, innerRe, p10, 0],
      ...[outerRe, 0, 0, p11],
    ];
    for (const [entry, value] of expected.entries()) {
      expect(Math.abs((re[entry] as number) / success - value)).toBeLessThan(1e-9);
    }
    expect(Math.abs((im[6] as number) / success - innerIm)).toBeLessThan(1e-9);
    expect(Math.abs((im[3] as number) / success - outerIm)).toBeLessThan(1e-9);
  }
  expect(Math.abs(total - pair.successProbability)).toBeLessThan(1e-9);
}
