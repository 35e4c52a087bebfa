import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type GroundStation,
  type Orbit,
  orbitPeriodS,
  ParameterError,
  satellitePasses,
  satelliteView,
  slantRangeKm,
} from "../index.ts";

const DAY_S = 86_400;
const degrees = (value: number) => (value * Math.PI) / 180;

/** Of the Micius satellite, about: 500 km, nearly over the poles. */
const orbit: Orbit = { heightKm: 500, inclinationRad: degrees(97.4) };
const station: GroundStation = { latitudeRad: degrees(40), longitudeRad: degrees(10) };

describe("satelliteView", () => {
  test("has the distance that belongs to its elevation, and more than that of the horizon below it", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: DAY_S, noNaN: true }), (timeS) => {
        const { elevationRad, rangeKm } = satelliteView(orbit, station, timeS);
        if (elevationRad >= 0) expect(rangeKm / slantRangeKm(500, elevationRad)).toBeCloseTo(1, 9);
        else expect(rangeKm).toBeGreaterThan(slantRangeKm(500, 0) - 1e-6);
      }),
      { seed: 101 },
    );
  });

  test("stands in the zenith of the station below it, and stays there in an orbit of a sidereal day", () => {
    const equator: GroundStation = { latitudeRad: 0, longitudeRad: 0 };
    // With 6371 km for the Earth's radius the height of the orbit is 7 km more than above the equator.
    const still: Orbit = { heightKm: 35_793.17, inclinationRad: 0 };
    expect(orbitPeriodS(still.heightKm)).toBeCloseTo(86_164.1, 0);
    for (const timeS of [0, 1000, 50_000]) {
      expect(satelliteView(still, equator, timeS).elevationRad).toBeCloseTo(Math.PI / 2, 3);
    }
    expect(satellitePasses(still, equator, degrees(30), { fromS: 0, toS: DAY_S })).toMatchObject([
      { fromS: 0, toS: DAY_S },
    ]);
  });
});

describe("satellitePasses", () => {
  const passes = satellitePasses(orbit, station, degrees(10), { fromS: 0, toS: 5 * DAY_S });

  test("of a low orbit are some a day, minutes long, and above the mask from rise to set only", () => {
    expect(orbitPeriodS(500)).toBeCloseTo(5668, 0);
    expect(passes.length).toBeGreaterThan(10);
    expect(passes.length).toBeLessThan(30);
    for (const { fromS, toS, highestAtS, highestElevationRad } of passes) {
      expect(toS - fromS).toBeLessThan(500);
      const view = (timeS: number) => satelliteView(orbit, station, timeS).elevationRad;
      expect(view(highestAtS)).toBeCloseTo(highestElevationRad, 12);
      expect(view(fromS)).toBeCloseTo(degrees(10), 9);
      expect(view(toS)).toBeCloseTo(degrees(10), 9);
      for (const share of [0.1, 0.5, 0.9]) {
        const elevation = view(fromS + share * (toS - fromS));
        expect(elevation).toBeGreaterThan(degrees(10));
        expect(elevation).toBeLessThanOrEqual(highestElevationRad + 1e-9);
      }
      expect(view(fromS - 1)).toBeLessThan(degrees(10));
      expect(view(toS + 1)).toBeLessThan(degrees(10));
    }
  });

  test("are all that a scan by the second finds", () => {
    let [above, rises] = [false, 0];
    for (let timeS = 0; timeS < DAY_S; timeS += 1) {
      const isAbove = satelliteView(orbit, station, timeS).elevationRad >= degrees(10);
      if (isAbove && !above) rises += 1;
      above = isAbove;
    }
    expect(passes.filter(({ fromS }) => fromS < DAY_S)).toHaveLength(rises);
  });

  test("through the zenith last as long as the geometry of a resting Earth says, but for its turning", () => {
    const overhead = passes.reduce((best, pass) => (pass.highestElevationRad > best.highestElevationRad ? pass : best));
    const mask = degrees(10);
    const reach = Math.acos((6371 / 6871) * Math.cos(mask)) - mask;
    const aside = Math.acos((6371 / 6871) * Math.cos(overhead.highestElevationRad)) - overhead.highestElevationRad;
    const restingS = (orbitPeriodS(500) * Math.acos(Math.cos(reach) / Math.cos(aside))) / Math.PI;
    expect((overhead.toS - overhead.fromS) / restingS).toBeGreaterThan(0.95);
    expect((overhead.toS - overhead.fromS) / restingS).toBeLessThan(1.05);
  });

  test("that only just clear the mask are found, however short", () => {
    const { highestElevationRad, highestAtS } = passes[0] ?? expect.fail("there are passes");
    const stretch = { fromS: highestAtS - 300, toS: highestAtS + 311 };
    const [grazing, ...others] = satellitePasses(orbit, station, highestElevationRad - 1e-7, stretch);
    expect(others).toEqual([]);
    expect(grazing?.highestAtS).toBeCloseTo(highestAtS, 3);
    expect((grazing?.toS ?? 0) - (grazing?.fromS ?? 0)).toBeLessThan(2);
    expect(satellitePasses(orbit, station, highestElevationRad + 1e-7, stretch)).toEqual([]);
  });

  test("are refused without time, height or a mask above the horizon", () => {
    const stretch = { fromS: 0, toS: 1000 };
    expect(() => satellitePasses(orbit, station, -0.1, stretch)).toThrow(/maskRad is -0.1/);
    expect(() => satellitePasses(orbit, station, 0, { fromS: 0, toS: 0 })).toThrow(/toS is 0/);
    expect(() => satellitePasses({ ...orbit, heightKm: -1 }, station, 0, stretch)).toThrow(/heightKm is -1/);
    expect(() => satelliteView(orbit, { ...station, latitudeRad: 2 }, 0)).toThrow(ParameterError);
  });
});
