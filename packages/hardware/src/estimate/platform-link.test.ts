import { describe, expect, test } from "vitest";
import {
  type Channel,
  estimateLink,
  fibreChannel,
  fibreTransmission,
  type Platform,
  type PlatformLink,
  platformLink,
  platforms,
} from "../index.ts";

const platform = (name: string): Platform => platforms.get(name) ?? expect.fail(name);
const link = (name: string, channel: Channel): PlatformLink => ({
  ends: [platform(name), platform(name)],
  channels: [channel, channel],
});
const bare: Channel = { transmission: 1, delayS: 0, classicalDelayS: 0, noiseRateHz: 0 };

describe("platformLink", () => {
  test.each([
    ["trapped-ion", 25, 1.463747e-3, 0.9436152],
    ["colour-centre", 10, 7.336196e-8, 0.9478102],
  ])("of %s over %f km of fibre is the link of Avis et al. 2023", (name, lengthKm, success, fidelity) => {
    const arm = fibreChannel({
      ...{ lengthKm: lengthKm / 2, wavelengthNm: 1550, attenuationDbPerKm: 0.25, speedKmPerS: 214_000 },
    });
    const parameters = platformLink(link(name, arm));
    const heralding = { ...parameters.heralding, emissionFidelityA: 1, emissionFidelityB: 1 };
    const estimate = estimateLink({ ...parameters, heralding } as typeof parameters);
    expect(estimate.successProbability / success).toBeCloseTo(1, 6);
    expect(estimate.fidelity).toBeCloseTo(fidelity, 7);
    expect(estimate.attemptPeriodS).toBeGreaterThanOrEqual(lengthKm / 214_000);
  });

  test("of NV centres of 2019 side by side makes 12.9 pairs a second at α = 0.1", () => {
    const { rateHz, fidelity } = estimateLink(platformLink(link("nv-2019", bare)), 0.1);
    expect(rateHz).toBeCloseTo(12.91, 2);
    expect(fidelity).toBeCloseTo(0.81977, 5);
  });

  test("counts the noise of conversion as dark counts, by the detection window", () => {
    const conversion = { toNm: 1588, efficiency: 0.3, noiseRateHz: 2000 };
    const arm = fibreChannel({ lengthKm: 5, wavelengthNm: 637, attenuationDbPerKm: 0.5, conversion });
    const { heralding } = platformLink(link("nv-2019", arm));
    const noise = 2000 * fibreTransmission(5, 0.5, 0) * 25e-9;
    expect(heralding).toMatchObject({
      scheme: "single-click",
      etaA: expect.closeTo(3.5e-4 * 0.3 * fibreTransmission(5, 0.5, 0), 15),
      darkCountProbability: expect.closeTo(5e-7 + noise, 9),
    });
    expect(() => platformLink(link("trapped-ion", { ...bare, noiseRateHz: 1 }))).toThrow(/emission.detectionWindowS/);
  });

  test("of different platforms takes the worse of what they share and each end's own efficiency", () => {
    const mixed: PlatformLink = { ends: [platform("nv-2017"), platform("nv-2019")], channels: [bare, bare] };
    expect(platformLink(mixed)).toMatchObject({
      heralding: { etaA: 6e-4, etaB: 3.5e-4, visibility: 0.72, darkCountProbability: 8e-7 },
      timing: { preparationS: 7e-6 },
    });
  });

  test("knows what every platform usually does, and another scheme when it is asked for", () => {
    for (const name of platforms.keys()) {
      const { successProbability, fidelity } = estimateLink(
        platformLink({ ...link(name, { ...bare, delayS: 1e-6 }), alpha: { alpha: 0.1 } }),
      );
      expect(successProbability).toBeGreaterThan(0);
      expect(fidelity).toBeGreaterThan(0.5);
    }
    const double = platformLink({ ...link("nv-2019", bare), scheme: "double-click" });
    expect(double.heralding.scheme).toBe("double-click");
    const wrong = { ...link("ideal", bare), scheme: "telepathy" as "double-click" };
    expect(() => platformLink(wrong)).toThrow(/scheme is "telepathy"/);
  });
});
