import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  beamTransmission,
  ChangingSky,
  type FibreChannelParameters,
  type FreeSpaceBeam,
  fibreChannel,
  fibreTransmission,
  freeSpaceChannel,
  microwaveLine,
  ParameterError,
  type SatelliteDownlinkParameters,
  satelliteDownlink,
  silicaAttenuationDbPerKm,
  slantRangeKm,
  thermalOccupation,
} from "../index.ts";

describe("fibreChannel", () => {
  const nv: FibreChannelParameters = { lengthKm: 25, wavelengthNm: 637, attenuationDbPerKm: 0.5 };

  test("takes a photon, its noise and its messages over the fibre, after conversion", () => {
    const conversion = { toNm: 1588, efficiency: 0.3, noiseRateHz: 1000 };
    const channel = fibreChannel({ ...nv, conversion, speedKmPerS: 206_753.4, classicalOverheadS: 1e-6 });
    const fibre = fibreTransmission(25, 0.5, 0);
    expect(fibre).toBeCloseTo(0.0562341, 7);
    expect(channel.transmission).toBeCloseTo(0.3 * fibre, 15);
    expect(channel.noiseRateHz).toBeCloseTo(1000 * fibre, 12);
    expect(channel.delayS).toBeCloseTo(25 / 206_753.4, 15);
    expect(channel.classicalDelayS).toBeCloseTo(channel.delayS + 1e-6, 15);
  });

  test("may send messages another way", () => {
    const channel = fibreChannel({ lengthKm: 10, wavelengthNm: 1550, classicalLengthKm: 30 });
    expect([channel.delayS, channel.classicalDelayS]).toEqual([50e-6, expect.closeTo(150e-6, 15)]);
  });

  test("without an attenuation has that of silica at its wavelength", () => {
    for (const [wavelengthNm, low, high] of [
      [637, 4.5, 5.2],
      [850, 1.5, 2.5],
      [1310, 0.29, 0.35],
      [1550, 0.17, 0.2],
      [1625, 0.18, 0.3],
    ] as const) {
      const attenuation = silicaAttenuationDbPerKm(wavelengthNm);
      expect(attenuation).toBeGreaterThan(low);
      expect(attenuation).toBeLessThan(high);
      const { transmission } = fibreChannel({ lengthKm: 0.1, wavelengthNm });
      expect(transmission).toBeCloseTo(fibreTransmission(0.1, attenuation, 0), 15);
    }
    expect(() => silicaAttenuationDbPerKm(10_600)).toThrow(/wavelengthNm is 10600/);
  });

  test("refuses visible light over more than 100 m unless it is converted to what is not visible", () => {
    expect(() => fibreChannel(nv)).toThrow(expect.objectContaining({ field: "wavelengthNm", value: 637 }));
    expect(() => fibreChannel(nv)).toThrow(/give a conversion, as to 1550 nm, for 25 km/);
    expect(() => fibreChannel({ ...nv, conversion: { toNm: 737, efficiency: 1 } })).toThrow(/conversion.toNm is 737/);
    expect(fibreChannel({ ...nv, lengthKm: 0.1 }).transmission).toBeGreaterThan(0.9);
    expect(fibreChannel({ lengthKm: 1, wavelengthNm: 780 }).transmission).toBeGreaterThan(0.5);
  });

  test("refuses negative lengths and times, and efficiencies above 1", () => {
    const link: FibreChannelParameters = { lengthKm: 1, wavelengthNm: 1550 };
    for (const [field, wrong] of [
      ["lengthKm", { lengthKm: -1 }],
      ["classicalOverheadS", { classicalOverheadS: -1 }],
      ["conversion.efficiency", { conversion: { toNm: 1310, efficiency: 1.1 } }],
      ["conversion.noiseRateHz", { conversion: { toNm: 1310, efficiency: 1, noiseRateHz: -1 } }],
      ["initialLossProbability", { initialLossProbability: 2 }],
      ["speedKmPerS", { speedKmPerS: 0 }],
    ] as const) {
      expect(() => fibreChannel({ ...link, ...wrong })).toThrow(expect.objectContaining({ field }));
    }
  });
});

describe("free space", () => {
  /** About that of Micius: 10 µrad and 1.2 m. */
  const beam: FreeSpaceBeam = { wavelengthNm: 810, divergenceRad: 5e-6, receiverDiameterM: 1.2 };
  const downlink: SatelliteDownlinkParameters = { ...beam, heightKm: 500 };

  test("the slant range is the height in the zenith, √(h² + 2hR) at the horizon, a triangle's side between", () => {
    expect(slantRangeKm(500, Math.PI / 2)).toBeCloseTo(500, 9);
    expect(slantRangeKm(500, 0)).toBeCloseTo(Math.sqrt(500 * 500 + 2 * 500 * 6371), 9);
    const range = slantRangeKm(500, 0.6);
    // The law of cosines with the angle of π/2 + ε at the station.
    expect(6371 ** 2 + range ** 2 + 2 * 6371 * range * Math.sin(0.6)).toBeCloseTo(6871 ** 2, 5);
  });

  test("a beam gives an aperture the integral of its intensity, whether it points straight or jitters", () => {
    const jitter = { ...beam, pointingStdRad: 2e-6 };
    const [rangeM, radius] = [1e6, 5];
    let [straight, jittering] = [0, 0];
    const STEPS = 2000;
    for (let step = 0; step < STEPS; step += 1) {
      const r = (0.6 * (step + 0.5)) / STEPS;
      const ring = 2 * Math.PI * r * (0.6 / STEPS);
      straight += ((ring * 2) / (Math.PI * radius ** 2)) * Math.exp((-2 * r * r) / radius ** 2);
      const smeared = radius ** 2 + 4 * (2e-6 * rangeM) ** 2;
      jittering += ((ring * 2) / (Math.PI * smeared)) * Math.exp((-2 * r * r) / smeared);
    }
    expect(beamTransmission(beam, 1000)).toBeCloseTo(straight, 8);
    expect(beamTransmission(jitter, 1000)).toBeCloseTo(jittering, 8);
  });

  test("the mean over instants of pointing is the mean that is computed, for a small aperture", () => {
    const jitter = { ...beam, pointingStdRad: 3e-6, receiverDiameterM: 0.1 };
    let [sum, weights] = [0, 0];
    for (let x = -6; x <= 6; x += 0.1) {
      for (let y = -6; y <= 6; y += 0.1) {
        const weight = Math.exp(-(x * x + y * y) / 2);
        sum += weight * beamTransmission(jitter, 800, [x, y]);
        weights += weight;
      }
    }
    expect(sum / weights / beamTransmission(jitter, 800)).toBeCloseTo(1, 3);
  });

  test("a diffracting beam is its waist at first and a cone of λ/πw₀ far away", () => {
    const waist = { wavelengthNm: 810, waistM: 0.15, receiverDiameterM: 1 };
    const far = { wavelengthNm: 810, divergenceRad: 810e-9 / (Math.PI * 0.15), receiverDiameterM: 1 };
    expect(beamTransmission(waist, 9000) / beamTransmission(far, 9000)).toBeCloseTo(1, 2);
    expect(beamTransmission(waist, 0.001)).toBeCloseTo(1 - Math.exp((-2 * 0.25) / 0.15 ** 2), 9);
  });

  test("a downlink loses more the lower it stands: by range, by air, and never all", () => {
    const clear = { ...downlink, zenithTransmission: 0.8, opticsTransmission: 0.5 };
    const elevations = [Math.PI / 2, 1, 0.5, 0.2];
    const channels = elevations.map((elevation) => satelliteDownlink(clear, elevation));
    const transmissions = channels.map(({ transmission }) => transmission);
    expect(transmissions).toEqual(transmissions.toSorted((a, b) => b - a));
    expect(transmissions[0]).toBeCloseTo(0.8 * 0.5 * -Math.expm1((-2 * 0.36) / 6.25), 9);
    expect(transmissions[2]).toBeCloseTo(
      0.5 * 0.8 ** (1 / Math.sin(0.5)) * beamTransmission(beam, slantRangeKm(500, 0.5)),
      12,
    );
    expect(channels[0]?.delayS).toBeCloseTo(500 / 299_792.458, 12);
    expect(() => satelliteDownlink(clear, -0.01)).toThrow(/elevationRad is -0.01/);
  });

  test("over ground the air takes its decibels, and messages fly as fast as light", () => {
    const channel = freeSpaceChannel({ ...beam, lengthKm: 10, attenuationDbPerKm: 0.1, classicalOverheadS: 1e-6 });
    expect(channel.transmission).toBeCloseTo(beamTransmission(beam, 10) * 10 ** -0.1, 12);
    expect(channel.classicalDelayS - channel.delayS).toBeCloseTo(1e-6, 15);
  });

  test("just one of waist and divergence is needed", () => {
    expect(() => beamTransmission({ ...beam, waistM: 0.1 }, 1)).toThrow(/divergenceRad is 0.000005: the waist/);
    expect(() => beamTransmission({ wavelengthNm: 810, receiverDiameterM: 1 }, 1)).toThrow(/give a waist/);
    expect(() => beamTransmission(beam, 0)).toThrow(ParameterError);
  });
});

describe("ChangingSky", () => {
  /** Normal deviates by Box and Muller from a hash of process and place. */
  const lattice = (process: number, place: number): number => {
    const uniform = (salt: number) => {
      let hash = Math.imul(place ^ (salt * 0x9e3779b9), 0x85ebca6b) ^ Math.imul(process + 1, 0xc2b2ae35);
      for (const shift of [15, 13, 16]) hash = Math.imul(hash ^ (hash >>> shift), 0x2c1b3c6d);
      return ((hash >>> 0) + 0.5) / 4294967296;
    };
    return Math.sqrt(-2 * Math.log(uniform(1))) * Math.cos(2 * Math.PI * uniform(2));
  };

  test("without parameters lets everything through and points as the lattice says", () => {
    const sky = new ChangingSky({}, lattice);
    expect(sky.at(12.345).factor).toBe(1);
    expect(sky.at(0.02).pointing).toEqual([lattice(0, 2), lattice(1, 2)]);
  });

  test("scintillates with mean 1 and the variance asked for (20,000 coherence times, 4 sigma)", () => {
    const sky = new ChangingSky({ scintillationIndex: 0.2, scintillationS: 1 }, lattice);
    const N = 20_000;
    const factors = Array.from({ length: N }, (_, place) => sky.at(2 * place + 0.3).factor);
    const mean = factors.reduce((sum, factor) => sum + factor, 0) / N;
    const variance = factors.reduce((sum, factor) => sum + (factor - mean) ** 2, 0) / N;
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(0.2 / N));
    // The fourth moment of a log-normal variable with this variance is 4.3 times its square, or so.
    expect(Math.abs(variance - 0.2)).toBeLessThan(4 * 0.2 * Math.sqrt(5 / N));
  });

  test("is clouded for the share of time asked for, each cloud for a while (20,000 places, 4 sigma)", () => {
    const sky = new ChangingSky({ cloudShare: 0.3, cloudS: 1 }, lattice);
    const N = 20_000;
    const clouded = Array.from({ length: N }, (_, place) => sky.at(2 * place).factor === 0);
    const share = clouded.filter(Boolean).length / N;
    expect(Math.abs(share - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / N));
    expect(new ChangingSky({ cloudShare: 1 }, lattice).at(5).factor).toBe(0);
    const changes = Array.from({ length: 10_000 }, (_, place) => sky.at(place / 100).factor === 0);
    const flips = changes.filter((now, place) => place > 0 && now !== changes[place - 1]).length;
    expect(flips).toBeGreaterThan(5);
    expect(flips).toBeLessThan(100);
  });

  test("takes the haze's median loss, half of the time less and half of the time more", () => {
    const steady = new ChangingSky({ hazeMedianDb: 3 }, lattice);
    expect(steady.at(1e6).factor).toBeCloseTo(10 ** -0.3, 12);
    const sky = new ChangingSky({ hazeMedianDb: 3, hazeLogStd: 0.5, hazeS: 1 }, lattice);
    const N = 10_000;
    const more = Array.from({ length: N }, (_, place) => sky.at(2 * place).factor < 10 ** -0.3);
    expect(Math.abs(more.filter(Boolean).length / N - 0.5)).toBeLessThan(2 / Math.sqrt(N));
  });

  test("makes a downlink fade without ever giving more than was sent", () => {
    const beam = { wavelengthNm: 810, divergenceRad: 1e-6, receiverDiameterM: 5, pointingStdRad: 1e-7 };
    const sky = new ChangingSky({ scintillationIndex: 0.5 }, lattice);
    for (let place = 0; place < 300; place += 1) {
      const { transmission } = satelliteDownlink({ ...beam, heightKm: 300 }, 1.5, sky.at(place * 0.0017));
      expect(transmission >= 0 && transmission <= 1).toBe(true);
    }
  });

  test("refuses times that are not positive and shares that are none", () => {
    expect(() => new ChangingSky({ cloudShare: 1.5 }, lattice)).toThrow(/cloudShare is 1.5/);
    expect(() => new ChangingSky({ hazeS: 0 }, lattice)).toThrow(/hazeS is 0/);
    expect(() => new ChangingSky({ scintillationIndex: -1 }, lattice)).toThrow(ParameterError);
  });
});

describe("microwaves", () => {
  test.each([
    [0.01, 3.8e-11],
    [0.02, 6.2e-6],
    [0.05, 8.3e-3],
    [4, 16.2],
  ])("a mode of 5 GHz at %f K holds %f photons", (temperatureK, photons) => {
    expect(Math.abs(thermalOccupation(5e9, temperatureK) / photons - 1)).toBeLessThan(0.01);
  });

  test("a line loses its decibels and mixes in the thermal photons that loss lets in", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30, noNaN: true }), (lossDb) => {
        const line = microwaveLine({ lengthKm: 0.03, lossDb, frequencyHz: 5e9, temperatureK: 0.05 });
        expect(line.transmission).toBeCloseTo(10 ** (-lossDb / 10), 12);
        expect(line.addedPhotons).toBeCloseTo((1 - line.transmission) * thermalOccupation(5e9, 0.05), 15);
        expect(line.delayS).toBeCloseTo(150e-9, 18);
      }),
      { seed: 111 },
    );
    expect(thermalOccupation(5e9, 0)).toBe(0);
  });

  test("refuses a negative temperature, loss or length and a frequency of 0", () => {
    const line = { lengthKm: 0.005, lossDb: 1, frequencyHz: 5e9, temperatureK: 0.02 };
    expect(() => microwaveLine({ ...line, temperatureK: -1 })).toThrow(/temperatureK is -1/);
    expect(() => microwaveLine({ ...line, lossDb: -1 })).toThrow(/lossDb is -1/);
    expect(() => microwaveLine({ ...line, lengthKm: -1 })).toThrow(ParameterError);
    expect(() => thermalOccupation(0, 1)).toThrow(/frequencyHz is 0/);
  });
});
