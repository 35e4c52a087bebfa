import fc from "fast-check";
import { expect, test } from "vitest";
import { type DoubleClickParameters, doubleClick, ParameterError } from "../index.ts";
import {
  type Branch,
  clickProbability,
  detected,
  type Occupation,
  silenceProbability,
  stationEmission,
} from "./photon-number-simulation.ts";

const inside = fc.double({ min: 0.01, max: 0.99, noNaN: true });

const anyLink = fc.record({
  ...{ etaA: inside, etaB: inside, emissionFidelityA: fc.constant(1), emissionFidelityB: fc.constant(1) },
  darkCountProbability: fc.double({ min: 0, max: 0.3, noNaN: true }),
  visibility: fc.double({ min: 0, max: 1, noNaN: true }),
  detectors: fc.constantFrom("threshold" as const, "photon-number-resolving" as const),
});

test("double click is the exact photon-number simulation with unequal arms and either detector, to 1e-9", () => {
  fc.assert(
    fc.property(anyLink, (link) => {
      const pair = doubleClick(link);
      let total = 0;
      for (const [place, isSame] of [true, false].entries()) {
        const announced = pair.announced[place];
        const { re, im } = simulated(link, isSame);
        const success = [0, 5, 10, 15].reduce((sum, entry) => sum + (re[entry] as number), 0);
        total += success;
        expect(Math.abs(success - 0.5 * pair.successProbability)).toBeLessThan(1e-9);
        const { p00, p01, p10, p11, outerRe, innerRe } = announced?.matrix ?? expect.fail("two are announced");
        const rows = [p00, 0, 0, outerRe, 0, p01, innerRe, 0, 0, innerRe, p10, 0, outerRe, 0, 0, p11];
        for (const [entry, value] of rows.entries()) {
          expect(Math.abs((re[entry] as number) / success - value)).toBeLessThan(1e-9);
          expect(Math.abs(im[entry] as number)).toBeLessThan(1e-9);
        }
      }
      expect(Math.abs(total - pair.successProbability)).toBeLessThan(1e-9);
    }),
    { seed: 31, numRuns: 60 },
  );
});

test("a coincidence window takes away from each kind of pair of clicks by its own factor", () => {
  const link: DoubleClickParameters = {
    ...{ etaA: 0.4, etaB: 0.2, emissionFidelityA: 1, emissionFidelityB: 1 },
    ...{ darkCountProbability: 0.01, visibility: 0.8 },
  };
  const only = (kind: "photonPhoton" | "photonDark" | "darkDark", detectors: "threshold" | "photon-number-resolving") =>
    doubleClick({ ...link, detectors, coincidence: { photonPhoton: 0, photonDark: 0, darkDark: 0, [kind]: 1 } });
  for (const detectors of ["threshold", "photon-number-resolving"] as const) {
    const kinds = (["photonPhoton", "photonDark", "darkDark"] as const).map((kind) => only(kind, detectors));
    const sum = kinds.reduce((total, { successProbability }) => total + successProbability, 0);
    expect(sum).toBeCloseTo(doubleClick({ ...link, detectors }).successProbability, 15);
    const [photons, mixed, dark] = kinds.map(({ weights }) => weights);
    expect(photons?.[0]).toBeCloseTo(0.9, 12);
    expect(photons?.[1]).toBe(0);
    expect(mixed?.[0]).toBeLessThan(0.26);
    expect(dark).toEqual([0.25, 0.25, 0.25, 0.25]);
  }
  const coincidence = { photonPhoton: 1, photonDark: 1.5, darkDark: 1 };
  expect(() => doubleClick({ ...link, coincidence })).toThrow(ParameterError);
  expect(() => doubleClick({ ...link, coincidence })).toThrow(/photonDark is 1.5/);
});

function simulated(link: DoubleClickParameters, isSame: boolean) {
  const { etaA, etaB, visibility, darkCountProbability: dark } = link;
  const branches: Branch[] = [0, 1, 2, 3].map((qubits) => ({
    qubits,
    amplitude: 0.5,
    emissions: [
      stationEmission("a", etaA, visibility, 0, qubits & 2 ? "-late" : "-early"),
      stationEmission("b", etaB, visibility, 0, qubits & 1 ? "-late" : "-early"),
    ],
  }));
  return detected(branches, (photons) => {
    const alone = (detector: string, bin: string) => aloneProbability(photons, detector, bin, dark, link.detectors);
    const [cEarly, dEarly] = [alone("c", "-early"), alone("d", "-early")];
    const [cLate, dLate] = [alone("c", "-late"), alone("d", "-late")];
    return isSame ? cEarly * cLate + dEarly * dLate : cEarly * dLate + dEarly * cLate;
  });
}

/** Of a click of this detector alone in one time bin. */
function aloneProbability(
  photons: Occupation,
  detector: string,
  bin: string,
  dark: number,
  kind: DoubleClickParameters["detectors"],
): number {
  const count = (name: string) => (photons.get(`${name}${bin}`) ?? 0) + (photons.get(`${name}o${bin}`) ?? 0);
  const clicks = clickProbability(count(detector), dark, kind === "photon-number-resolving");
  return clicks * silenceProbability(count(detector === "c" ? "d" : "c"), dark);
}
