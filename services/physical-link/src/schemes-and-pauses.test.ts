import type { Stream } from "@bellmesh/mesh";
import type { Heralding, LinkChannel } from "@bellmesh/topology";
import { SeriesEnd } from "@bellmesh/wire/physical-link";
import { describe, expect, test } from "vitest";
import { Bench, PERIOD_NS } from "./observed-station.ts";

const window = { detectionWindowNs: 20, photonLifetimeNs: 10, periodNs: PERIOD_NS };
const single: Heralding = {
  ...{ scheme: "single-click", emissionEfficiency: 0.1, darkCountProbability: 1e-6, visibility: 0.9, ...window },
  ...{ phaseStdRad: 0.2, doubleExcitation: 0.04, bestEffortFidelity: 0.75 },
};
const seldom: Heralding = { scheme: "depolarise", successProbability: 1e-4, fidelity: 0.9, ...window };
const often: Heralding = { ...seldom, successProbability: 1 };
const MILLISECOND_NS = 1_000_000;

/** Emission instants of all pairs up to a time, both ends arming again after each. */
function emissions(bench: Bench, untilNs: number): number[] {
  let [armed, ended] = [-1, -1];
  while (bench.now < untilNs) {
    if (bench.pairs.length !== armed || bench.ends.length !== ended) {
      [armed, ended] = [bench.pairs.length, bench.ends.length];
      bench.armBoth({ firstCycle: Math.ceil(bench.now / PERIOD_NS) });
    }
    bench.advance(Math.min(untilNs, bench.timerDue ?? untilNs));
  }
  return bench.pairs.map(({ firstEmitted }) => firstEmitted);
}

describe("a single-click station", () => {
  test("makes the state of the α that both ends have armed, and no other may be armed", () => {
    const bench = new Bench({ link: { heralding: single } });
    bench.armBoth({ alpha: 0.2 });
    bench.settle();
    const { xState, bellWeights } = bench.pairs[0] as (typeof bench.pairs)[number];
    expect(bellWeights).toEqual([]);
    expect(xState?.p11).toBeGreaterThan(0.15);
    bench.armBoth({ firstCycle: 1e6, untilCycle: 2e6, alpha: 0.02 });
    bench.settle();
    expect(bench.pairs[1]?.xState?.p11).toBeLessThan(0.025);
    bench.arm(bench.alice, { alpha: 0.6 });
    expect(bench.closed).toMatchObject([{ stream: bench.alice, code: 3 }]);
  });

  test("ends series of two α at both ends, and pairs none", () => {
    const bench = new Bench({ link: { heralding: single } });
    bench.arm(bench.alice, { alpha: 0.2 });
    bench.arm(bench.bob, { alpha: 0.1 });
    expect(bench.reasons()).toEqual([
      [bench.alice, SeriesEnd.ALPHA_MISMATCH],
      [bench.bob, SeriesEnd.ALPHA_MISMATCH],
    ]);
    bench.settle();
    expect(bench.pairs).toEqual([]);
  });

  test("cuts a series where an end arms another α: what was drawn for the former is not heralded", () => {
    const drawn = (seed: number, changes: boolean) => {
      const bench = new Bench({ link: { heralding: { ...single, emissionEfficiency: 1e-3 } } }, seed);
      bench.armBoth({ alpha: 0.1 });
      bench.advance(10 * PERIOD_NS);
      if (changes) {
        bench.armBoth({ firstCycle: 11, alpha: 0.4 });
        const mismatch = bench.ends.find(({ response }) => response.reason === SeriesEnd.ALPHA_MISMATCH);
        expect(mismatch).toBeDefined();
        bench.armBoth({ firstCycle: 11, alpha: 0.4 });
      }
      bench.settle();
      return bench.pairs[0]?.xState?.p11 as number;
    };
    expect(drawn(2, false)).toBeCloseTo(0.1, 1);
    expect(drawn(2, true)).toBeCloseTo(0.4, 1);
  });
});

describe("a link with a schedule", () => {
  const schedule = [
    { fromS: 0.001, toS: 0.002 },
    { fromS: 0.005, toS: 0.006 },
  ];

  test("attempts in its windows only", () => {
    const emitted = emissions(new Bench({ link: { heralding: often, schedule } }), 10 * MILLISECOND_NS);
    const windows = schedule.map(({ fromS, toS }) => emitted.filter((at) => at >= fromS * 1e9 && at < toS * 1e9));
    expect(windows.flat()).toEqual(emitted);
    for (const inWindow of windows) expect(inWindow.length).toBeGreaterThan(4);
  });

  test("ends series with LINK_DOWN when it goes, after the last attempt, and at once when it never comes again", () => {
    const bench = new Bench({ link: { heralding: { ...seldom, successProbability: 1e-12 }, schedule } });
    const ending = () => bench.ends.splice(0).map(({ stream, response }) => [stream, response.reason]);
    const down = (streams: readonly Stream[]) => streams.map((stream) => [stream, SeriesEnd.LINK_DOWN]);
    bench.armBoth();
    bench.settle();
    expect(bench.now).toBe(19 * PERIOD_NS + 25_000);
    expect(bench.ends[0]?.response.attempts).toBe(10);
    expect(ending()).toEqual(down([bench.alice, bench.bob]));
    bench.armBoth({ firstCycle: 20 });
    bench.settle();
    expect(bench.now).toBe(59 * PERIOD_NS + 25_000);
    expect(ending()).toEqual(down([bench.alice, bench.bob]));
    bench.armBoth({ firstCycle: 60 });
    expect(ending()).toEqual(down([bench.alice, bench.bob]));
  });
});

describe("a link with pauses", () => {
  test("attempts nothing while its phase is stabilised", () => {
    const stabilisation = { everyNs: 10 * PERIOD_NS, durationNs: 5 * PERIOD_NS };
    const heralding: Heralding = { ...often, pauses: { stabilisation } };
    const cycles = emissions(new Bench({ link: { heralding } }), 300 * PERIOD_NS).map((at) => at / PERIOD_NS);
    expect(new Set(cycles.map((cycle) => cycle % 15))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  test("goes on after a pause as if there had been none: the number of attempts is geometric (4 sigma, seed 3)", () => {
    const pauses = { stabilisation: { everyNs: 10 * PERIOD_NS, durationNs: 5 * PERIOD_NS } };
    const heralding: Heralding = { ...seldom, successProbability: 0.02, pauses };
    const bench = new Bench({ link: { heralding } }, 3);
    const emitted = emissions(bench, 200_000 * PERIOD_NS);
    const attempts = bench.heralds.filter(({ to }) => to === "alice").map(({ herald }) => herald.attempts);
    const mean = attempts.reduce((sum, made) => sum + made, 0) / attempts.length;
    expect(Math.abs(mean - 50)).toBeLessThan((4 * 50) / Math.sqrt(attempts.length));
    // Two thirds of all cycles are tried.
    const share = (mean * emitted.length) / 200_000;
    expect(share).toBeGreaterThan(0.63);
    expect(share).toBeLessThan(0.67);
  });

  test("checks its charge before so many attempts, until the check passes (4 sigma, seed 3)", () => {
    const chargeCheck = { everyAttempts: 10, durationNs: 2 * PERIOD_NS, passProbability: 0.25 };
    const heralding: Heralding = { ...often, pauses: { chargeCheck } };
    const emitted = emissions(new Bench({ link: { heralding } }, 3), 90_000 * PERIOD_NS);
    // Ten attempts and a check of four tries on average, two periods each; a turn's spread is that of its tries.
    const turns = emitted.length / 10;
    const mean = 90_000 / turns;
    expect(Math.abs(mean - 18)).toBeLessThan((4 * 2 * Math.sqrt(12)) / Math.sqrt(turns));
    const gaps = emitted.slice(1).map((at, place) => (at - (emitted[place] as number)) / PERIOD_NS);
    expect(gaps.filter((gap) => gap > 1).every((gap) => gap % 2 === 1 || gap === 1)).toBe(true);
  });
});

describe("a link under a sky that changes", () => {
  const channel: LinkChannel = {
    ...{ medium: "free-space", wavelengthNm: 810, waistM: 0.1, receiverDiameterM: 0.5, airAttenuationDbPerKm: 0 },
    weather: { weatherStepS: 0.01, hazeMedianDb: 1, hazeLogStd: 0.5, hazeS: 0.05, cloudShare: 0.4, cloudS: 0.1 },
  };
  const heralding: Heralding = {
    ...{ scheme: "double-click", emissionEfficiency: 1, emissionFidelity: 1, darkCountProbability: 0, visibility: 1 },
    ...window,
  };
  const heraldedBy = (seed: number) =>
    emissions(new Bench({ link: { heralding, channel }, armsKm: [1, 1] }, seed), 2000 * MILLISECOND_NS);

  test("makes pairs between clouds, whole steps of its weather long, and the same ones from the same seed", () => {
    const emitted = heraldedBy(5);
    expect(heraldedBy(5)).toEqual(emitted);
    expect(heraldedBy(6)).not.toEqual(emitted);
    const perStep = Array.from({ length: 200 }, (_, step) => {
      return emitted.filter((at) => Math.floor(at / (10 * MILLISECOND_NS)) === step).length;
    });
    const clouded = perStep.filter((pairs) => pairs === 0).length / 200;
    // Forty clouds' times: the share of steps under a cloud over either arm strays from 1 − 0.6² = 0.64 by 0.1 or so.
    expect(clouded).toBeGreaterThan(0.34);
    expect(clouded).toBeLessThan(0.94);
    expect(Math.max(...perStep)).toBeGreaterThan(10);
  });
});
