import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  meanPhotonOverlap,
  ParameterError,
  type PhotonShape,
  photonOverlap,
  visibilityFactor,
  windowShare,
} from "../index.ts";

const exponential: PhotonShape = { shape: "exponential", lengthS: 12e-9 };
const gaussian: PhotonShape = { shape: "gaussian", lengthS: 5e-9 };

/** Amplitude of the wave packet at a time in lengths. */
const amplitude = ({ shape }: PhotonShape, t: number): number => {
  if (shape === "exponential") return t < 0 ? 0 : Math.exp(-t / 2);
  return Math.exp((-t * t) / 4) / (2 * Math.PI) ** 0.25;
};

/** |⟨a|b⟩|² by the midpoint rule, which needs no care at the edges of a decay that falls on its grid. */
function overlapByIntegration(photon: PhotonShape, offset: number, phase: number): number {
  const STEP = 1 / 1024;
  let [re, im] = [0, 0];
  for (let t = -40 + STEP / 2; t < 60; t += STEP) {
    const product = STEP * amplitude(photon, t) * amplitude(photon, t - offset);
    re += product * Math.cos(phase * t);
    im += product * Math.sin(phase * t);
  }
  return re * re + im * im;
}

describe("visibilityFactor", () => {
  test("is the squared inner product of two wave packets, for offset and detuning together, to 1e-6", () => {
    const any = fc.record({
      photon: fc.constantFrom(exponential, gaussian),
      offset: fc.integer({ min: -3072, max: 3072 }).map((steps) => steps / 1024),
      phase: fc.double({ min: -2, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(any, ({ photon, offset, phase }) => {
        const factor = visibilityFactor(photon, {
          arrivalOffsetS: offset * photon.lengthS,
          detuningHz: phase / (2 * Math.PI * photon.lengthS),
        });
        expect(Math.abs(factor - overlapByIntegration(photon, offset, phase))).toBeLessThan(1e-6);
      }),
      { seed: 61, numRuns: 12 },
    );
  });

  test("averages over what the clocks leave: the mean over a normal offset, to 1e-9", () => {
    const any = fc.record({
      photon: fc.constantFrom(exponential, gaussian),
      offset: fc.double({ min: -3, max: 3, noNaN: true }),
      spread: fc.double({ min: 0.01, max: 4, noNaN: true }),
    });
    fc.assert(
      fc.property(any, ({ photon, offset, spread }) => {
        const at = (arrival: number) => visibilityFactor(photon, { arrivalOffsetS: arrival * photon.lengthS });
        // A grid with the kink at an offset of 0 on it, so that the trapezoidal rule converges as fast as it can.
        const STEPS = 20_000;
        const step = (18 * spread) / STEPS;
        const first = Math.ceil((offset - 9 * spread) / step);
        let mean = 0;
        for (let place = first; place < first + STEPS; place += 1) {
          const deviation = (place * step - offset) / spread;
          mean +=
            ((step / spread) * Math.exp((-deviation * deviation) / 2) * at(place * step)) / Math.sqrt(2 * Math.PI);
        }
        // The kink costs the trapezoidal rule step²/12 times the jump of the derivative, which is 2.
        const kink =
          photon === exponential
            ? (step * step * Math.exp((-offset * offset) / (2 * spread * spread))) /
              (6 * spread * Math.sqrt(2 * Math.PI))
            : 0;
        const factor = visibilityFactor(photon, {
          arrivalOffsetS: offset * photon.lengthS,
          arrivalStdS: spread * photon.lengthS,
        });
        expect(Math.abs(factor - (mean - kink))).toBeLessThan(1e-9);
      }),
      { seed: 62, numRuns: 25 },
    );
  });

  test("agrees with the overlap of exponential photons in nanoseconds", () => {
    expect(visibilityFactor(exponential, { arrivalOffsetS: -1e-9 })).toBeCloseTo(photonOverlap(1, 12), 14);
    for (const sigmaNs of [0.1, 1, 5, 12]) {
      const factor = visibilityFactor(exponential, { arrivalStdS: sigmaNs * 1e-9 });
      expect(factor).toBeCloseTo(meanPhotonOverlap(sigmaNs, 12), 6);
    }
  });

  test("refuses by name what cannot be", () => {
    expect(() => visibilityFactor({ ...gaussian, lengthS: 0 }, {})).toThrow(/lengthS is 0/);
    expect(() => visibilityFactor(gaussian, { arrivalStdS: -1 })).toThrow(/arrivalStdS is -1/);
    expect(() => visibilityFactor(gaussian, { detuningHz: Number.NaN })).toThrow(ParameterError);
    expect(() => visibilityFactor({ ...gaussian, shape: "square" as "gaussian" }, {})).toThrow(/shape is "square"/);
  });
});

describe("windowShare", () => {
  test("of an exponential photon is 1 − e^(−w/τ) when the window opens with it", () => {
    expect(windowShare(exponential, 25e-9)).toBeCloseTo(-Math.expm1(-25 / 12), 14);
    expect(windowShare(exponential, 25e-9, 5e-9)).toBeCloseTo(-Math.expm1(-20 / 12), 14);
    expect(windowShare(exponential, 25e-9, -6e-9)).toBeCloseTo(Math.exp(-0.5) - Math.exp(-31 / 12), 14);
    expect(windowShare(exponential, 25e-9, 30e-9)).toBe(0);
  });

  test("of a Gaussian photon is what tables of the normal distribution say", () => {
    expect(windowShare(gaussian, 10e-9, 5e-9)).toBeCloseTo(0.682689492137, 11);
    expect(windowShare(gaussian, 20e-9, 10e-9)).toBeCloseTo(0.954499736104, 11);
    expect(windowShare(gaussian, 1, 0)).toBeCloseTo(0.5, 11);
    expect(windowShare(gaussian, 1e-9, 1e-6)).toBe(0);
  });

  test("refuses a negative window", () => {
    expect(() => windowShare(exponential, -1e-9)).toThrow(/windowS/);
  });
});
