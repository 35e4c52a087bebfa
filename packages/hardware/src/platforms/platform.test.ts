import { describe, expect, test } from "vitest";
import { checkPlatform, figuresOf, type Platform, PlatformError, platforms } from "../index.ts";

const nv = platforms.get("nv-2019") as Platform;
const idealEmission = (platforms.get("ideal") as Platform).emission;
const source = { citation: "test" };

describe.each([...platforms])("%s", (_, platform) => {
  test("is physical", () => checkPlatform(platform));

  test("says where each of its figures comes from", () => {
    const figures = figuresOf(platform);
    expect(figures.length).toBeGreaterThan(10);
    for (const [field, [, { citation }]] of figures) expect([field, citation.length > 3]).toEqual([field, true]);
  });
});

describe("A platform is refused, naming field, value and what would be right, when", () => {
  const wrong: readonly (readonly [string, Platform, string])[] = [
    [
      "T2 is more than 2·T1",
      { ...nv, communication: { ...nv.communication, t2S: [7201, source] } },
      "communication.t2S: 7201 s; T2 is at most 2·T1 = 7200 s",
    ],
    ["a time is negative", { ...nv, readoutS: [-1, source] }, "readoutS: -1 s; a time is not negative"],
    ["a time is no number", { ...nv, twoQubitS: [Number.NaN, source] }, "twoQubitS: NaN s"],
    [
      "a probability is above 1",
      { ...nv, twoQubitDepolarising: [1.5, source] },
      "twoQubitDepolarising: 1.5; a probability lies in [0, 1]",
    ],
    ["the answers have changed names", { ...nv, p01: [0.9, source], p10: [0.2, source] }, "p01 + p10 is 1.1"],
    [
      "a converter has no efficiency",
      { ...nv, emission: { ...idealEmission, wavelengthNm: [637, source], convertedNm: [1588, source] } },
      "emission.conversionEfficiency: it is missing",
    ],
    ["a wavelength is 0", { ...nv, emission: { ...nv.emission, wavelengthNm: [0, source] } }, "wavelengthNm: 0 nm"],
    [
      "a count is no whole number",
      { ...nv, communication: { ...nv.communication, count: [1.5, source] } },
      "communication.count: 1.5",
    ],
  ];
  test.each(wrong)("%s", (_, platform, message) => {
    expect(() => checkPlatform(platform)).toThrow(PlatformError);
    expect(() => checkPlatform(platform)).toThrow(message);
  });
});
