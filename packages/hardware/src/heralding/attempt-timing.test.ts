import { expect, test } from "vitest";
import { type AttemptTiming, attemptPeriodS, fibreDelayNs, meanAttemptPeriodS, ParameterError } from "../index.ts";

test.each([
  [1, 4.6729e-6],
  [10, 46.729e-6],
  [25, 116.82e-6],
  [50, 233.64e-6],
])("over %f km of fibre at 214,000 km/s the photon and its herald travel %f s", (lengthKm, travelS) => {
  const armS = 1e-9 * fibreDelayNs(lengthKm / 2, 214_000);
  const periodS = attemptPeriodS({ armDelaysS: [armS, armS] });
  expect(periodS).toBeCloseTo(lengthKm / 214_000, 15);
  expect(Math.abs(periodS / travelS - 1)).toBeLessThan(5e-5);
});

test("the longer arm, preparation, emission, modes and processing add up; pipelining waits for no herald", () => {
  const timing: AttemptTiming = {
    armDelaysS: [3e-6, 5e-6],
    ...{ preparationS: 1e-6, emissionS: 2e-6, modeSpacingS: 1e-7, processingS: 4e-7 },
  };
  expect(attemptPeriodS(timing)).toBeCloseTo(13.4e-6, 15);
  expect(attemptPeriodS(timing, 11)).toBeCloseTo(14.4e-6, 15);
  expect(attemptPeriodS({ ...timing, isPipelined: true }, 11)).toBeCloseTo(4e-6, 15);
  expect(attemptPeriodS({ ...timing, minimumS: 1 })).toBe(1);
});

test("pauses stretch the mean period: checks by their tries, stabilisation by its share", () => {
  expect(meanAttemptPeriodS(5e-6)).toBe(5e-6);
  const chargeCheck = { everyAttempts: 250, durationS: 50e-6, passProbability: 0.5 };
  expect(meanAttemptPeriodS(5e-6, { chargeCheck })).toBeCloseTo(5e-6 + 100e-6 / 250, 15);
  const stabilisation = { everyS: 0.18, durationS: 0.02 };
  expect(meanAttemptPeriodS(5e-6, { stabilisation })).toBeCloseTo(5e-6 / 0.9, 15);
  expect(meanAttemptPeriodS(5e-6, { chargeCheck, stabilisation })).toBeCloseTo((5e-6 + 4e-7) / 0.9, 15);
});

test("times that cannot be are refused by name", () => {
  expect(() => attemptPeriodS({ armDelaysS: [0, -1] })).toThrow(/armDelaysS\[1\] is -1/);
  expect(() => attemptPeriodS({ armDelaysS: [0, 0] })).toThrow(ParameterError);
  expect(() => attemptPeriodS({ armDelaysS: [1, 1], preparationS: Number.NaN })).toThrow(/preparationS/);
  expect(() => meanAttemptPeriodS(0)).toThrow(/periodS is 0/);
  const chargeCheck = { everyAttempts: 0, durationS: 1, passProbability: 1 };
  expect(() => meanAttemptPeriodS(1, { chargeCheck })).toThrow(/everyAttempts is 0/);
  expect(() =>
    meanAttemptPeriodS(1, { chargeCheck: { ...chargeCheck, everyAttempts: 1, passProbability: 0 } }),
  ).toThrow(/passProbability is 0/);
  expect(() => meanAttemptPeriodS(1, { stabilisation: { everyS: 0, durationS: 1 } })).toThrow(/everyS is 0/);
});
