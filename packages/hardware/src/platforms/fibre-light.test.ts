import { describe, expect, test } from "vitest";
import { fibreChannel, fibreLight, type Platform, platforms } from "../index.ts";

const emissionOf = (name: string) => (platforms.get(name) as Platform).emission;

describe("fibreLight", () => {
  test("is as the platform emits it over arms of at most 100 m, and as its converter makes it over longer ones", () => {
    const nv = emissionOf("nv-2019");
    expect(fibreLight(nv, [0.1, 0.1])).toEqual({ wavelengthNm: 637 });
    const conversion = { toNm: 1588, efficiency: 0.3 };
    expect(fibreLight(nv, [0, 0.11])).toEqual({ wavelengthNm: 637, conversion });
  });

  test("is telecom light at any distance of platforms whose efficiency counts conversion, or that need none", () => {
    const wavelengths = { "trapped-ion": 1550, "colour-centre": 1588, "rare-earth": 1436, transmon: 1550 };
    for (const [name, wavelengthNm] of Object.entries(wavelengths)) {
      for (const km of [0.01, 10]) expect(fibreLight(emissionOf(name), [km, km])).toEqual({ wavelengthNm });
    }
  });

  test("is undefined where the platform says no wavelength, as ideal hardware alone", () => {
    expect(fibreLight(emissionOf("ideal"), [10, 10])).toBeUndefined();
    const silent = [...platforms.values()].filter(({ emission }) => emission.wavelengthNm === undefined);
    expect(silent.map(({ name }) => name)).toEqual(["ideal"]);
  });

  test.each([...platforms.values()])("of $name gets through 10 km", ({ emission }) => {
    const light = fibreLight(emission, [10, 10]) ?? { wavelengthNm: 1550 };
    expect(fibreChannel({ lengthKm: 10, ...light }).transmission).toBeGreaterThan(0.1);
  });
});
