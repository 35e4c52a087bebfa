import fc from "fast-check";
import { expect, test } from "vitest";
import { coincidenceFactors, darkCountProbability, ParameterError } from "../index.ts";

test("20 dark counts a second are 5.0e-7 in 25 ns and 4.0e-7 in 20 ns", () => {
  expect(darkCountProbability({ windowS: 25e-9, darkRateHz: 20 })).toBeCloseTo(5.0e-7, 12);
  expect(darkCountProbability({ windowS: 20e-9, darkRateHz: 20 })).toBeCloseTo(4.0e-7, 12);
});

test("noise photons of both arms are shared by the two detectors", () => {
  const counts = { windowS: 1e-6, darkRateHz: 10, noiseRateHz: 400, detectorEfficiency: 0.5 };
  expect(darkCountProbability(counts)).toBeCloseTo(-Math.expm1(-110e-6), 15);
  expect(darkCountProbability({ ...counts, windowS: 1e9 })).toBe(1);
});

test("coincidences are what counting pairs of instants gives, to 1e-4", () => {
  const any = fc.record({
    windowS: fc.double({ min: 0.2, max: 6, noNaN: true }),
    // Half-way between distances of the grid, so that its error is of second order.
    share: fc.integer({ min: 10, max: 590 }).map((steps) => (steps + 0.5) / 600),
  });
  fc.assert(
    fc.property(any, ({ windowS, share }) => {
      const factors = coincidenceFactors(windowS, share * windowS, 1);
      const counted = countedFactors(windowS, share * windowS);
      for (const kind of ["photonPhoton", "photonDark", "darkDark"] as const) {
        expect(Math.abs(factors[kind] - counted[kind])).toBeLessThan(1e-4);
      }
    }),
    { seed: 71, numRuns: 10 },
  );
});

test("a photon much shorter than the window is in coincidence with another, hardly ever with a dark count", () => {
  const { photonPhoton, photonDark, darkDark } = coincidenceFactors(1e-6, 20e-9, 1e-9);
  expect(photonPhoton).toBeCloseTo(1, 8);
  expect(photonDark).toBeCloseTo(0.021, 3);
  expect(darkDark).toBeCloseTo(1 - 0.98 ** 2, 12);
  expect(coincidenceFactors(1e-8, 1e-8, 1e-9)).toEqual({ photonPhoton: 1, photonDark: 1, darkDark: 1 });
});

test("windows that cannot be are refused by name", () => {
  expect(() => darkCountProbability({ windowS: -1, darkRateHz: 1 })).toThrow(/windowS is -1/);
  expect(() => darkCountProbability({ windowS: 1, darkRateHz: 1, detectorEfficiency: 2 })).toThrow(ParameterError);
  expect(() => coincidenceFactors(0, 1, 1)).toThrow(/windowS is 0/);
  expect(() => coincidenceFactors(1, 1, Number.NaN)).toThrow(/lifetimeS is NaN/);
});

/** Every pair of instants of a grid of midpoints, weighted as photons of lifetime 1 or as dark counts. */
function countedFactors(window: number, coincidence: number) {
  const STEPS = 600;
  const instants = Array.from({ length: STEPS }, (_, place) => ((place + 0.5) * window) / STEPS);
  let [photonPhoton, photonDark, darkDark, photons] = [0, 0, 0, 0];
  for (const one of instants) {
    const weight = Math.exp(-one);
    photons += weight;
    for (const other of instants) {
      if (Math.abs(one - other) > coincidence) continue;
      photonPhoton += weight * Math.exp(-other);
      photonDark += weight;
      darkDark += 1;
    }
  }
  return {
    photonPhoton: photonPhoton / (photons * photons),
    photonDark: photonDark / (photons * STEPS),
    darkDark: darkDark / (STEPS * STEPS),
  };
}
