import { describe, expect, test } from "vitest";
import { fibreDelayNs, fibreTransmission } from "../index.ts";

describe("fibreTransmission", () => {
  test.each([
    [25, 0.2, 0.316228],
    [50, 0.2, 0.1],
    [100, 0.2, 0.01],
    [25, 0.5, 0.0562341],
    [1, 5, 0.316228],
    [25, 5, 3.16228e-13],
  ])("of %f km at %f dB/km is %f", (lengthKm, attenuationDbPerKm, transmission) => {
    expect(fibreTransmission(lengthKm, attenuationDbPerKm, 0) / transmission).toBeCloseTo(1, 5);
  });

  test("is exactly 1 through no fibre, and exactly 0 through ten thousand kilometres of 1 dB/m", () => {
    expect(fibreTransmission(0, 0.2, 0)).toBe(1);
    expect(fibreTransmission(10_000, 1000, 0)).toBe(0);
    expect(fibreTransmission(0, 0.2, 0.889)).toBe(1 - 0.889);
  });

  test("refuses negative lengths and attenuations, and losses outside [0, 1]", () => {
    expect(() => fibreTransmission(-1, 0.2, 0)).toThrow(RangeError);
    expect(() => fibreTransmission(1, -0.2, 0)).toThrow(RangeError);
    expect(() => fibreTransmission(1, 0.2, 1.01)).toThrow(RangeError);
    expect(() => fibreTransmission(Number.NaN, 0.2, 0)).toThrow(RangeError);
  });
});

describe("fibreDelayNs", () => {
  test("is 5 µs per km at the usual 200,000 km/s", () => {
    expect(fibreDelayNs(1, 200_000)).toBe(5000);
    expect(fibreDelayNs(0, 200_000)).toBe(0);
  });

  test.each([
    [1, 4672.9],
    [10, 46729],
    [25, 116820],
    [50, 233640],
  ])("of %f km at 214,000 km/s is %f ns", (lengthKm, delayNs) => {
    expect(fibreDelayNs(lengthKm, 214_000) / delayNs).toBeCloseTo(1, 4);
  });

  test("refuses a negative length and a speed that is not positive", () => {
    expect(() => fibreDelayNs(-1, 200_000)).toThrow(RangeError);
    expect(() => fibreDelayNs(1, 0)).toThrow(RangeError);
  });
});
