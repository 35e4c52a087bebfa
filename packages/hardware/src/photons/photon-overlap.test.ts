import { expect, test } from "vitest";
import { meanPhotonOverlap, photonOverlap } from "../index.ts";

test("photons that arrive together overlap fully, 1 ns apart at a lifetime of 12 ns to .920", () => {
  expect(photonOverlap(0, 12)).toBe(1);
  expect(photonOverlap(1, 12)).toBeCloseTo(0.92, 3);
  expect(photonOverlap(-1, 12)).toBe(photonOverlap(1, 12));
  expect(photonOverlap(0.12, 12)).toBeCloseTo(0.99, 4);
});

test("a photon without a lifetime is refused", () => {
  expect(() => photonOverlap(1, 0)).toThrow(RangeError);
});

test("the overlap is the squared inner product of two exponential wave packets", () => {
  const lifetimeNs = 5;
  const delayNs = 3;
  const stepNs = 1e-3;
  // The amplitude halves every 2·τ·ln 2.
  // A geometric sum stands for the integral of the product after the later arrival.
  let amplitude = 1 / Math.sqrt(lifetimeNs);
  const shrink = 1 - stepNs / (2 * lifetimeNs);
  const early: number[] = [];
  for (let t = 0; t < 200; t += stepNs) {
    early.push(amplitude);
    amplitude *= shrink;
  }
  const shift = Math.round(delayNs / stepNs);
  let inner = 0;
  for (let i = shift; i < early.length; i += 1) {
    inner += (early[i] as number) * (early[i - shift] as number) * stepNs;
  }
  expect(inner * inner).toBeCloseTo(photonOverlap(delayNs, lifetimeNs), 3);
});

test("the mean overlap over a normal arrival difference is e^(s²/2) erfc(s/√2), s the sigma in lifetimes", () => {
  // Reference values of the closed form, from tables of erfc.
  expect(meanPhotonOverlap(0, 5)).toBe(1);
  expect(meanPhotonOverlap(5, 5)).toBeCloseTo(0.5231565, 6);
  expect(meanPhotonOverlap(0.5, 5)).toBeCloseTo(0.9249576, 6);
  expect(() => meanPhotonOverlap(-1, 5)).toThrow(RangeError);
});
