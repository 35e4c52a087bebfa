import { bestPath, linkModel, loadTopology, parseTopology, type Topology } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import { describe, expect, test } from "vitest";
import { eventsOf, type ObservedRun, objectionsOf, observe } from "./observed-run.ts";

const SEED = 11;

/** Links between perfect nodes with perfect clocks. */
function network(links: readonly object[], nodes: readonly string[] = ["a", "b"]): Topology {
  const memory = { t1S: 1e9, t2S: 1e9, communicationSlots: 1 };
  const gates = { twoQubitDepolarising: 0, twoQubitNs: 0, oneQubitNs: 0 };
  const defaults = { memory, gates, readout: { p01: 0, p10: 0, durationNs: 0 } };
  const document = {
    name: "lab",
    clock: { preset: "perfect" },
    defaults,
    nodes: nodes.map((name) => ({ name })),
    links,
  };
  return parseTopology(JSON.stringify(document), "lab.json");
}

function pair(heralding: object, rest: object = { lengthKm: 0.002 }): Topology {
  return network([{ between: ["a", "b"], ...rest, heralding }]);
}

function run(topology: Topology, pairs: number, minFidelity?: number): ObservedRun {
  const observed = observe({
    ...{ topology, from: "a", to: topology.nodes.at(-1)?.name as string, pairs, seed: SEED, untilNs: 86_400e9 },
    ...(minFidelity !== undefined && { minFidelity }),
  });
  expect(objectionsOf(observed)).toEqual([]);
  return observed;
}

/** Attempts of every pair that was heralded. */
function attemptsOf(observed: ObservedRun): number[] {
  return eventsOf(observed, "pairHeralded").map(({ event }) => event.pairHeralded.attempts);
}

/** Four standard deviations around the mean of geometric waiting with this probability. */
function expectGeometric(attempts: readonly number[], p: number): void {
  const mean = attempts.reduce((sum, made) => sum + made, 0) / attempts.length;
  const sigma = Math.sqrt(1 - p) / p / Math.sqrt(attempts.length);
  expect(Math.abs(mean - 1 / p)).toBeLessThan(4 * sigma);
}

const [ALPHA, ETA, DARK, VISIBILITY, SIGMA_RAD, DOUBLE] = [0.1, 3.5e-4, 5e-7, 0.9, (15 * Math.PI) / 180, 0.04];
const single = {
  ...{ scheme: "single-click", emissionEfficiency: ETA, darkCountProbability: DARK, visibility: VISIBILITY },
  ...{ phaseStdRad: SIGMA_RAD, doubleExcitation: DOUBLE, periodNs: 5500 },
};
const noFibreLoss = { lengthKm: 0.002, attenuationDbPerKm: 0 };

/** The closed form, written down once more: threshold detectors, equal ends (Humphreys et al. 2018, methods). */
function closedForm(alpha: number): { readonly p: number; readonly fidelity: number } {
  const none = 2 * DARK * (1 - DARK);
  const lost = (1 - ETA) * (1 - ETA);
  const both = alpha * alpha * ((1 - lost - (ETA * ETA * (1 - VISIBILITY)) / 2) * (1 - DARK) + lost * none);
  const one = alpha * (1 - alpha) * (ETA * (1 - DARK) + (1 - ETA) * none);
  const coherence =
    alpha *
    (1 - alpha) *
    ETA *
    Math.sqrt(VISIBILITY) *
    (1 - DARK) *
    Math.exp(-(SIGMA_RAD ** 2) / 2) *
    (1 - DOUBLE) ** 2;
  const p = both + 2 * one + (1 - alpha) ** 2 * none;
  return { p, fidelity: (2 * one + 2 * coherence) / (2 * p) };
}

describe("A single-click link", () => {
  test("delivers pairs of the closed form's fidelity at its rate (400 pairs, 4 sigma, seed 11)", () => {
    const observed = run(pair({ ...single, alpha: ALPHA }, noFibreLoss), 400);
    const { p, fidelity } = closedForm(ALPHA);
    expect(p).toBeCloseTo(7.09986e-5, 9);
    expect(observed.report.delivered).toBe(400);
    expect(observed.report.fidelity.true).toBeCloseTo(fidelity, 6);
    expect(observed.report.fidelity.claimed).toBeCloseTo(fidelity, 6);
    expectGeometric(attemptsOf(observed), p);
    expect(Math.abs(observed.report.deliveryNs / 400 / (5500 / p) - 1)).toBeLessThan(4 / Math.sqrt(400));
  });

  test("gives a higher minimum fidelity with a smaller α, and a rate in proportion (300 pairs each, seed 11)", () => {
    const topology = pair(single, noFibreLoss);
    const link = topology.links[0] as Topology["links"][number];
    const rates = [0.6, 0.7, 0.8].map((minimum) => {
      const { report } = run(topology, 300, minimum);
      expect(report.delivered).toBe(300);
      expect(report.fidelity.true).toBeGreaterThanOrEqual(minimum);
      expect(report.fidelity.claimed).toBeGreaterThanOrEqual(minimum);
      expect(report.fidelity.true).toBeLessThan(minimum + 1e-4);
      const alpha = linkModel(topology, link, minimum).alpha as number;
      return { alpha, perAlpha: 300 / report.deliveryNs / alpha };
    });
    expect(rates.map(({ alpha }) => alpha)).toEqual(rates.map(({ alpha }) => alpha).toSorted((a, b) => b - a));
    // Each rate has a spread of 1/√300; dark counts add 1 % where α is least.
    for (const { perAlpha } of rates) {
      expect(Math.abs(perAlpha / (rates[0]?.perAlpha as number) - 1)).toBeLessThan(4 * Math.sqrt(2 / 300) + 0.01);
    }
  });

  test("refuses a minimum that no α yields, and says what it attains", () => {
    const { report } = run(pair(single, noFibreLoss), 1, 0.95);
    expect(report.refusal).toMatchObject({ reason: "unsupp" });
    expect(report.refusal?.message).toMatch(/0\.95 is more than any pair over a – b has \(0\.8\d+\)/);
  });

  test("swaps with another: the mean fidelity is that of the product of Pauli eigenvalues (300 pairs, seed 11)", () => {
    const heralding = { ...single, emissionEfficiency: 0.05, alpha: ALPHA };
    const links = [
      { between: ["a", "r"], ...noFibreLoss, heralding },
      { between: ["r", "b"], ...noFibreLoss, heralding },
    ];
    const topology = network(links, ["a", "r", "b"]);
    const { report } = run(topology, 300);
    expect(report.fidelity.predicted).toBeGreaterThan(0.55);
    // Fidelities differ by the outcome of the swap; 0.1 is more than their spread.
    const tolerance = (4 * 0.1) / Math.sqrt(300);
    expect(Math.abs((report.fidelity.true as number) - (report.fidelity.predicted as number))).toBeLessThan(tolerance);
  });

  test("with M modes succeeds with 1 − (1 − p)^M (300 pairs, 4 sigma, seed 11)", () => {
    const observed = run(pair({ ...single, alpha: ALPHA, modes: 500 }, noFibreLoss), 300);
    expectGeometric(attemptsOf(observed), 1 - (1 - closedForm(ALPHA).p) ** 500);
    expect(observed.report.fidelity.true).toBeCloseTo(closedForm(ALPHA).fidelity, 6);
  });

  test("loses to pauses the time they take, to a period, and no fidelity (400 pairs, 4 sigma, seed 11)", () => {
    const pauses = { stabiliseEveryNs: 3e6, stabiliseNs: 1e6 };
    const observed = run(pair({ ...single, alpha: ALPHA, modes: 500, pauses }, noFibreLoss), 400);
    const attempts = attemptsOf(observed);
    expectGeometric(attempts, 1 - (1 - closedForm(ALPHA).p) ** 500);
    const emitted = eventsOf(observed, "pairHeralded").map(({ event }) => event.pairHeralded.firstEmitted);
    let pausesMade = 0;
    for (const [index, atNs] of emitted.entries()) {
      expect(atNs % 4e6).toBeLessThan(3e6);
      const beforeNs = emitted[index - 1];
      if (beforeNs === undefined) continue;
      const between = Math.floor(atNs / 4e6) - Math.floor(beforeNs / 4e6);
      const pausedNs = atNs - beforeNs - 5500 * (attempts[index] as number);
      expect(Math.abs(pausedNs - between * 1e6)).toBeLessThan(5500 * Math.max(between, 0.5));
      pausesMade += between;
    }
    expect(pausesMade).toBeGreaterThan(10);
    expect(observed.report.fidelity.true).toBeCloseTo(closedForm(ALPHA).fidelity, 6);
  });
});

test("A midpoint source delivers Werner pairs about Ψ−, as it announces (300 pairs, 4 sigma, seed 11)", () => {
  const [eta, dark, lambda] = [0.15, 1e-5, 0.05];
  const source = {
    scheme: "midpoint-source",
    emissionEfficiency: eta,
    darkCountProbability: dark,
    meanPairs: 2 * lambda,
  };
  const observed = run(pair({ ...source, periodNs: 10_000 }, noFibreLoss), 300);
  // Ma, Fung & Lo 2007: gain and error rate, the background of two detectors.
  const background = 1 - (1 - dark) ** 2;
  const either = 1 + lambda * (2 * eta - eta * eta);
  const gain = 1 - (2 * (1 - background)) / (1 + eta * lambda) ** 2 + (1 - background) ** 2 / either ** 2;
  const error = 0.5 - (eta * eta * lambda * (1 + lambda)) / ((1 + eta * lambda) ** 2 * either) / gain;
  expectGeometric(attemptsOf(observed), gain);
  expect(observed.report.fidelity.true).toBeCloseTo(1 - 1.5 * error, 4);
  const indices = eventsOf(observed, "pairHeralded").map(({ event }) => event.pairHeralded.bellIndex as BellIndex);
  expect(indices.every(({ x, z }) => x && z)).toBe(true);
});

test("A microwave line makes a pair at every attempt, (1 + √η)²/4 faithful without thermal photons", () => {
  const channel = { medium: "microwave", lossDb: 1, frequencyHz: 5e9, temperatureK: 0.01 };
  const heralding = { scheme: "deterministic", emissionEfficiency: 1, periodNs: 2000 };
  const observed = run(pair(heralding, { lengthKm: 0.005, channel }), 100);
  expect(observed.report.delivered).toBe(100);
  expect(observed.report.fidelity.true).toBeCloseTo(0.894208, 6);
  expect(attemptsOf(observed).every((attempts) => attempts === 1)).toBe(true);
  const warm = run(pair(heralding, { lengthKm: 0.005, channel: { ...channel, temperatureK: 0.1 } }), 10);
  // hf/kT = 2.4 at 5 GHz and 0.1 K; the line mixes in a share 1 − η of the mode's photons.
  const added = (1 - 10 ** -0.1) / (Math.exp((6.62607015e-34 * 5e9) / (1.380649e-23 * 0.1)) - 1);
  const kept = 1 / (1 + 2 * added);
  expect(warm.report.fidelity.true).toBeCloseTo(kept * 0.894208 + (1 - kept) / 4, 6);
});

describe("A pair of a microwave line, which is not Bell-diagonal", () => {
  test("is worth what was predicted and claimed, though its halves relax meanwhile (microwave-line.yaml)", () => {
    const topology = loadTopology("examples/topologies/microwave-line.yaml");
    for (const [from, to] of [
      ["left", "right"],
      ["right", "left"],
    ] as const) {
      const { report, ...observed } = observe({ topology, from, to, pairs: 50, seed: SEED, untilNs: 60e9 });
      expect(objectionsOf({ report, ...observed })).toEqual([]);
      const { fidelity } = report;
      expect(fidelity.true).toBeCloseTo(0.897206, 6);
      expect(Math.abs((fidelity.claimed as number) - (fidelity.true as number))).toBeLessThan(1e-9);
      expect(Math.abs((fidelity.predicted as number) - (fidelity.true as number))).toBeLessThan(1e-9);
    }
  });

  test("swapped with another is worth what is claimed and predicted, in the mean (300 pairs, 4 sigma, seed 11)", () => {
    const channel = { medium: "microwave", lossDb: 1, frequencyHz: 5e9, temperatureK: 0.01 };
    const heralding = { scheme: "deterministic", emissionEfficiency: 1, periodNs: 2000 };
    const half = { lengthKm: 0.005, channel, heralding };
    const links = [
      { between: ["a", "r"], ...half },
      { between: ["b", "r"], ...half },
    ];
    const defaults = {
      memory: { t1S: 50e-6, t2S: 50e-6, communicationSlots: 1 },
      gates: { twoQubitDepolarising: 0.02, twoQubitNs: 4000, oneQubitNs: 0 },
      readout: { p01: 0.01, p10: 0.05, durationNs: 500 },
    };
    const nodes = ["a", "r", "b"].map((name) => ({ name }));
    const document = { name: "lab", clock: { preset: "perfect" }, defaults, nodes, links };
    const { fidelity } = run(parseTopology(JSON.stringify(document), "lab.json"), 300).report;
    // Fidelities differ by the outcome of the swap, with a spread of 0.027.
    const tolerance = (4 * 0.027) / Math.sqrt(300);
    expect(Math.abs((fidelity.true as number) - (fidelity.claimed as number))).toBeLessThan(tolerance);
    expect(fidelity.predicted as number).toBeLessThan((fidelity.true as number) + tolerance);
  });
});

describe("A link that comes and goes", () => {
  const often = { scheme: "depolarise", successProbability: 0.5, fidelity: 0.9, periodNs: 1_000_000 };
  const schedule = [
    { fromS: 5, toS: 5.05 },
    { fromS: 9, toS: 9.2 },
  ];
  const within = (at: number) => schedule.some(({ fromS, toS }) => at >= fromS * 1e9 && at < toS * 1e9);
  const emittedIn = (observed: ObservedRun) =>
    eventsOf(observed, "pairHeralded").flatMap(({ event: { pairHeralded } }) => [
      pairHeralded.firstEmitted,
      pairHeralded.secondEmitted,
    ]);

  test("makes pairs in its windows only: a request waits for them, and is served over several", () => {
    const observed = run(pair(often, { lengthKm: 1, schedule }), 60);
    expect(observed.report).toMatchObject({ delivered: 60, failed: {} });
    const emitted = emittedIn(observed);
    expect(emitted.every(within)).toBe(true);
    expect(emitted.some((at) => at < 6e9) && emitted.some((at) => at > 6e9)).toBe(true);
  });

  test("is refused what it has no more time for, once it never comes again", () => {
    const observed = run(pair(often, { lengthKm: 1, schedule }), 300);
    expect(observed.report.delivered).toBeGreaterThan(60);
    expect(Object.keys(observed.report.failed)).toEqual(["refused"]);
    expect(observed.report.message).toMatch(/no path leads from "a" to "b" over links that are up or come again/);
    expect(emittedIn(observed).every(within)).toBe(true);
  });

  test("is gone round while it is down", () => {
    const links = [
      { between: ["a", "b"], lengthKm: 1, schedule, heralding: often },
      { between: ["a", "r"], lengthKm: 1, heralding: often },
      { between: ["r", "b"], lengthKm: 1, heralding: often },
    ];
    const topology = network(links, ["a", "r", "b"]);
    expect(bestPath(topology, "a", "b")).toMatchObject({ links: ["a-b"] });
    expect(run(topology, 5).report.path).toEqual(["a", "r", "b"]);
  });

  test("may be a satellite: pairs come while it is above both stations' masks, better ones when it is high", () => {
    const station = { latitudeDeg: 0, longitudeDeg: 0 };
    const channel = {
      ...{ medium: "satellite", heightKm: 500, wavelengthNm: 810, waistM: 0.15, receiverDiameterM: 1.2, noiseHz: 1e4 },
      ...{ orbit: { inclinationDeg: 90, phaseDeg: -6 }, stations: [station, { ...station, latitudeDeg: 3 }] },
      ...{ maskDeg: 30, elevationStepS: 5, passesForS: 3000 },
    };
    const source = { scheme: "midpoint-source", emissionEfficiency: 0.5, darkCountProbability: 1e-6, meanPairs: 0.02 };
    const topology = pair({ ...source, periodNs: 10_000_000, modes: 500, detectionWindowNs: 5 }, { channel });
    const [pass] = topology.links[0]?.schedule ?? [];
    expect(topology.links[0]?.schedule).toHaveLength(1);
    const observed = run(topology, 10_000);
    const emitted = emittedIn(observed);
    expect(emitted.length).toBeGreaterThan(50);
    expect(Math.min(...emitted)).toBeGreaterThanOrEqual((pass?.fromS as number) * 1e9);
    expect(Math.max(...emitted)).toBeLessThan((pass?.toS as number) * 1e9);
    const fidelity = observed.report.fidelity.true as number;
    expect(Math.abs(fidelity - (observed.report.fidelity.predicted as number))).toBeLessThan(0.005);
  });
});
