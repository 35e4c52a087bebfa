import { describe, expect, test } from "vitest";
import { linkModel } from "./link-model.ts";
import { parseTopology } from "./parse-topology.ts";
import type { Link } from "./topology.ts";
import { TopologyError } from "./topology-error.ts";

const network = (link: string, defaults = "") => `name: lab
clock: {preset: perfect}
defaults: {platform: ideal, heralding: {periodNs: 10000000${defaults}}}
nodes: [{name: a}, {name: b}]
links:
  - between: [a, b]
${link
  .trim()
  .split("\n")
  .map((line) => `    ${line.trim()}`)
  .join("\n")}
`;

function linkOf(text: string, defaults = ""): Link {
  return parseTopology(network(text, defaults), "lab.yaml").links[0] as Link;
}

function errorOf(text: string, defaults = ""): TopologyError {
  try {
    linkOf(text, defaults);
  } catch (error) {
    if (error instanceof TopologyError) return error;
    throw error;
  }
  throw new Error("the text was accepted");
}

const photons = "emissionEfficiency: 0.1, darkCountProbability: 1.0e-6";
const ORBIT =
  "orbit: {inclinationDeg: 97.5}, stations: [{latitudeDeg: 0, longitudeDeg: 0}, {latitudeDeg: 2, longitudeDeg: 3}]";
const FAR_ORBIT = ORBIT.replace("97.5", "97.5, phaseDeg: 180");
const BEAM = "wavelengthNm: 810, waistM: 0.15, receiverDiameterM: 1.2";

describe("A link's scheduler", () => {
  test("is first come, first served unless the link or the defaults say strict priority", () => {
    expect(linkOf("lengthKm: 1")).not.toHaveProperty("scheduler");
    expect(linkOf("lengthKm: 1\nscheduler: strict-priority")).toHaveProperty("scheduler", "strict-priority");
    const defaults = "}, scheduler: strict-priority, memory: {";
    expect(linkOf("lengthKm: 1", defaults)).toHaveProperty("scheduler", "strict-priority");
    expect(linkOf("lengthKm: 1\nscheduler: fcfs", defaults)).not.toHaveProperty("scheduler");
  });

  test("is refused when it is none", () => {
    const { message } = errorOf("lengthKm: 1\nscheduler: strict");
    expect(message).toMatch(/scheduler: "strict" is not known; give one of fcfs and strict-priority/);
  });
});

describe("A link's heralding", () => {
  test.each([
    ["single-click", `${photons}, visibility: 0.9, alpha: 0.1`, { alpha: 0.1, phaseStdRad: 0, doubleExcitation: 0 }],
    ["dahlberg-single-click", `${photons}, visibility: 0.9`, { bestEffortFidelity: 0.75 }],
    ["double-click", `${photons}, visibility: 0.9, detectors: photon-number-resolving`, { emissionFidelity: 1 }],
    ["midpoint-source", `${photons}, meanPairs: 0.05`, { meanPairs: 0.05, misalignment: 0 }],
    ["deterministic", "emissionEfficiency: 0.9", { emissionEfficiency: 0.9, detectionWindowNs: 10_000_000 }],
    ["perfect", "successProbability: 0.5, modes: 4", { fidelity: 1, modes: 4 }],
    ["depolarise", "successProbability: 0.5, fidelity: 0.9", { fidelity: 0.9 }],
    ["bit-flip", "successProbability: 0.5, fidelity: 0.9", { successProbability: 0.5 }],
  ])("may be %s", (scheme, fields, expected) => {
    const { heralding } = linkOf(`lengthKm: 1\nheralding: {scheme: ${scheme}, ${fields}}`);
    expect(heralding).toMatchObject({ scheme, ...expected });
  });

  test("takes scheme and fields from the defaults, and leaves those of other schemes aside", () => {
    const defaults = `, scheme: single-click, alpha: 0.2, ${photons}, visibility: 0.9`;
    expect(linkOf("lengthKm: 1", defaults).heralding).toMatchObject({ scheme: "single-click", alpha: 0.2 });
    const double = linkOf("lengthKm: 1\nheralding: {scheme: double-click}", defaults).heralding;
    expect(double).toMatchObject({ scheme: "double-click", visibility: 0.9 });
    expect(double).not.toHaveProperty("alpha");
  });

  test("pauses for the phase and for the charge", () => {
    const check = "chargeCheckEveryAttempts: 10, chargeCheckNs: 500, chargeCheckPassProbability: 0.5";
    const pauses = `{stabiliseEveryNs: 9000000, stabiliseNs: 1000000, ${check}}`;
    expect(linkOf(`lengthKm: 1\nheralding: {pauses: ${pauses}}`).heralding.pauses).toEqual({
      stabilisation: { everyNs: 9e6, durationNs: 1e6 },
      chargeCheck: { everyAttempts: 10, durationNs: 500, passProbability: 0.5 },
    });
  });
});

describe("A link's channel", () => {
  test("may be a fibre that light is converted for, its loss by the wavelength", () => {
    const link = linkOf("lengthKm: 10\nchannel: {wavelengthNm: 637, convertedNm: 1550, conversionEfficiency: 0.3}");
    expect(link.channel).toMatchObject({ medium: "fibre", conversion: { toNm: 1550, efficiency: 0.3 } });
    expect(link.attenuationDbPerKm).toBeLessThan(0.3);
    expect(linkOf("lengthKm: 10\nattenuationDbPerKm: 0.5\nchannel: {wavelengthNm: 1588}").attenuationDbPerKm).toBe(0.5);
  });

  test("may be free space, where light is faster", () => {
    const text = `lengthKm: 10\nchannel: {medium: free-space, ${BEAM}, classicalOverheadNs: 500}`;
    const topology = parseTopology(network(text), "lab.yaml");
    const { armDelayNs, messageDelayNs } = linkModel(topology, topology.links[0] as Link);
    expect(armDelayNs).toEqual([16_678, 16_678]);
    expect(messageDelayNs).toEqual([17_178, 17_178]);
  });

  test("may be a satellite that stays, or one that passes and makes the schedule", () => {
    const heralding = `heralding: {scheme: midpoint-source, ${photons}, meanPairs: 0.1, periodNs: 20000000}`;
    const stays = linkOf(`channel: {medium: satellite, heightKm: 500, ${BEAM}, elevationsDeg: [90, 30]}\n${heralding}`);
    expect(stays.armsKm[0]).toBeCloseTo(500, 9);
    expect(stays.schedule).toBeUndefined();
    const passes = linkOf(`channel: {medium: satellite, heightKm: 500, ${BEAM}, ${ORBIT}}\n${heralding}`);
    expect(passes.schedule?.length).toBeGreaterThan(0);
    for (const { fromS, toS } of passes.schedule ?? []) expect(toS - fromS).toBeLessThan(600);
    const { fromS, toS } = passes.schedule?.[0] ?? { fromS: 0, toS: 0 };
    const half = `schedule: [{fromS: 0, toS: ${(fromS + toS) / 2}}]`;
    const cut = linkOf(`channel: {medium: satellite, heightKm: 500, ${BEAM}, ${ORBIT}}\n${half}\n${heralding}`);
    expect(cut.schedule).toEqual([{ fromS, toS: (fromS + toS) / 2 }]);
  });

  test("may be a microwave line for a deterministic link", () => {
    const line = "channel: {medium: microwave, lossDb: 1, frequencyHz: 5.0e+9, temperatureK: 0.02}";
    const topology = parseTopology(
      network(`lengthKm: 0.03\n${line}\nheralding: {scheme: deterministic, emissionEfficiency: 1}`),
      "lab.yaml",
    );
    // F = (1 + √η)²/4 at 1 dB.
    expect(linkModel(topology, topology.links[0] as Link).weights[0]).toBeCloseTo(0.894208, 5);
  });
});

test("A link's schedule is a list of windows", () => {
  const { schedule } = linkOf("lengthKm: 1\nschedule: [{fromS: 0, toS: 10}, {fromS: 20, toS: .inf}]");
  expect(schedule).toEqual([
    { fromS: 0, toS: 10 },
    { fromS: 20, toS: Number.POSITIVE_INFINITY },
  ]);
});

describe("A mistake in a link is refused with its place and remedy:", () => {
  const single = `scheme: single-click, ${photons}, visibility: 0.9`;
  test.each([
    [
      "a field of another scheme",
      `lengthKm: 1\nheralding: {alpha: 0.1}`,
      "heralding.alpha",
      /double-click has no such field; it belongs to single-click/,
    ],
    ["an α that blinds", `lengthKm: 1\nheralding: {${single}, alpha: 0.6}`, "heralding.alpha", /in \(0, 0\.5\]/],
    [
      "a source without brightness",
      `lengthKm: 1\nheralding: {scheme: midpoint-source, ${photons}}`,
      "heralding.meanPairs",
      /missing/,
    ],
    [
      "half a group of pauses",
      "lengthKm: 1\nheralding: {pauses: {stabiliseNs: 5}}",
      "heralding.pauses.stabiliseEveryNs",
      /missing/,
    ],
    [
      "a negative time",
      "lengthKm: 1\nheralding: {pauses: {stabiliseEveryNs: -5, stabiliseNs: 5}}",
      "heralding.pauses.stabiliseEveryNs",
      /-5 is out of range/,
    ],
    [
      "pairs that read opposite to what is announced",
      "lengthKm: 1\nheralding: {scheme: bit-flip, successProbability: 0.1, fidelity: 0.4}",
      "",
      /fidelity 0\.4000, and read opposite.*; .* above 0\.5/,
    ],
    [
      "visible light over 10 km",
      "lengthKm: 10\nchannel: {wavelengthNm: 637}",
      "channel.wavelengthNm",
      /637; visible light goes at most 100 m/,
    ],
    [
      "half a conversion",
      "lengthKm: 1\nchannel: {wavelengthNm: 637, convertedNm: 1550}",
      "channel.conversionEfficiency",
      /missing/,
    ],
    ["an unknown medium", "lengthKm: 1\nchannel: {medium: fiber}", "channel.medium", /did you mean fibre\?/],
    [
      "a field of another medium",
      "lengthKm: 1\nchannel: {wavelengthNm: 1550, lossDb: 1}",
      "channel.lossDb",
      /unknown field/,
    ],
    [
      "a beam without width",
      "lengthKm: 1\nchannel: {medium: free-space, wavelengthNm: 810, receiverDiameterM: 1}",
      "channel.divergenceRad",
      /neither/,
    ],
    [
      "a length for a satellite",
      `lengthKm: 1\nchannel: {medium: satellite, heightKm: 500, ${BEAM}, elevationsDeg: [90, 30]}`,
      "lengthKm",
      /leave it out/,
    ],
    [
      "a satellite that never comes",
      `channel: {medium: satellite, heightKm: 500, ${BEAM}, ${FAR_ORBIT}, passesForS: 1}`,
      "channel.orbit",
      /never 20° above both/,
    ],
    [
      "clicks over a microwave line",
      "lengthKm: 0.01\nchannel: {medium: microwave, lossDb: 1, frequencyHz: 5.0e+9, temperatureK: 0.02}",
      "heralding.scheme",
      /deterministic/,
    ],
    [
      "a window that ends before it begins",
      "lengthKm: 1\nschedule: [{fromS: 5, toS: 4}]",
      "schedule",
      /ends after it begins/,
    ],
    [
      "windows that overlap",
      "lengthKm: 1\nschedule: [{fromS: 0, toS: 4}, {fromS: 3, toS: 5}]",
      "schedule",
      /in order and apart/,
    ],
    [
      "a schedule in the past of the mesh",
      "lengthKm: 1\nschedule: [{fromS: -5, toS: 4}]",
      "schedule[0].fromS",
      /out of range/,
    ],
    ["a schedule without windows", "lengthKm: 1\nschedule: []", "schedule", /no windows/],
    ["both lengths", "lengthKm: 1\narmsKm: [1, 1]", "lengthKm", /either lengthKm/],
  ])("%s", (_what, text, path, message) => {
    const error = errorOf(text);
    expect(error.path).toBe(path === "" ? "links[0]" : `links[0].${path}`);
    expect(error.message).toMatch(message);
  });
});
