import { SeededEntropy } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import { FrequencyNoise, type FrequencyNoiseParameters, oscillatorClasses } from "./index.ts";

const SEED = 5;
const SAMPLES = 2000;

function noiseOf(parameters: FrequencyNoiseParameters, seed = SEED): FrequencyNoise {
  const entropy = new SeededEntropy(seed);
  return new FrequencyNoise(parameters, (octave, place) => entropy.fresh(`${octave}.${place}`).gaussian());
}

/** Overlapping Allan deviation from second differences of the phase (IEEE 1139). */
function allanDeviation(noise: FrequencyNoise, tauS: number): number {
  const tauNs = tauS * 1e9;
  let sum = 0;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const atNs = sample * 0.7 * tauNs;
    const difference = noise.phaseNs(atNs + 2 * tauNs) - 2 * noise.phaseNs(atNs + tauNs) + noise.phaseNs(atNs);
    sum += difference * difference;
  }
  return Math.sqrt(sum / SAMPLES / 2) / tauNs;
}

describe("Frequency noise", () => {
  // 2,000 second differences, about every other one independent: sigma of the deviation is 2.5 %, and 4 sigma 10 %.
  test.each([0.1, 1, 10, 100])("that is white has an Allan deviation that falls as 1/√τ, at τ = %d s", (tauS) => {
    const deviation = allanDeviation(noiseOf({ whiteAt1S: 1e-11, flickerFloor: 0 }), tauS);
    expect(Math.abs(deviation / (1e-11 / Math.sqrt(tauS)) - 1)).toBeLessThan(0.1);
  });

  test.each([0.1, 1, 10, 100, 1000])("that flickers has a flat Allan deviation, at τ = %d s", (tauS) => {
    const deviation = allanDeviation(noiseOf({ whiteAt1S: 0, flickerFloor: 1e-12 }), tauS);
    expect(Math.abs(deviation / 1e-12 - 1)).toBeLessThan(0.1);
  });

  test.each(Object.entries(oscillatorClasses))("of a %s has the Allan deviation of its class", (_name, parameters) => {
    const { whiteAt1S, flickerFloor } = parameters;
    for (const tauS of [1, 100]) {
      const expected = Math.sqrt((whiteAt1S * whiteAt1S) / tauS + flickerFloor * flickerFloor);
      expect(Math.abs(allanDeviation(noiseOf(parameters), tauS) / expected - 1)).toBeLessThan(0.1);
    }
  });

  test("is a function of time: what was asked before does not matter, and it is continuous", () => {
    const parameters = { whiteAt1S: 1e-9, flickerFloor: 1e-9 };
    const [forward, backward] = [noiseOf(parameters), noiseOf(parameters)];
    const instants = Array.from({ length: 500 }, (_, step) => step * 3.3e7);
    const there = instants.map((atNs) => forward.phaseNs(atNs));
    const back = instants.toReversed().map((atNs) => backward.phaseNs(atNs));
    expect(back.toReversed()).toEqual(there);
    for (const atNs of instants) {
      expect(Math.abs(forward.phaseNs(atNs + 100) - forward.phaseNs(atNs))).toBeLessThan(1e-5);
    }
  });

  test("refuses deviations that are none", () => {
    const lattice = () => 0;
    expect(() => new FrequencyNoise({ whiteAt1S: -1e-9, flickerFloor: 0 }, lattice)).toThrow("whiteAt1S");
    expect(() => new FrequencyNoise({ whiteAt1S: 0, flickerFloor: Number.NaN }, lattice)).toThrow("flickerFloor");
  });
});
