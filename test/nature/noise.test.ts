import { memoryDecay, phiPlus, psiPlus } from "@bellmesh/bell";
import { Basis } from "@bellmesh/wire/quantum-state";
import { describe, expect, test } from "vitest";
import { type Imperfections, Laboratory, noPair } from "./laboratory.ts";

const MS = 1_000_000;
/** The fidelity of a pair of Alice and Bob that is delivered at both ends at an instant. */
function fidelityAt(laboratory: Laboratory, at: number, pair = laboratory.pair("alice-bob", 1)): number {
  laboratory.deliver("alice", at, pair);
  laboratory.deliver("bob", at, pair);
  return (laboratory.fidelities.at(-1)?.fidelityPpt ?? Number.NaN) / 1e12;
}

describe("hardware that changes", () => {
  test("in the middle of a wait acts from that instant on, exactly, for what is held and what comes", () => {
    const laboratory = new Laboratory({ memory: { t1S: 2, t2S: 1 } });
    const pair = laboratory.pair("alice-bob", 1);
    const memory = { t1Ns: 400 * MS, t2Ns: 100 * MS, attemptDephasingPpt: 0 };
    laboratory.calibrate("application/nature", { node: "alice", version: 1, at: 30 * MS, memory });
    const alice = [memoryDecay(2, 1, 0.03), memoryDecay(0.4, 0.1, 0.05)] as const;
    const bob = memoryDecay(2, 1, 0.08);
    const x = alice[0].x * alice[1].x * bob.x;
    const z = alice[0].z * alice[1].z;
    const expected = (1 + 2 * x + z * bob.z + (1 - z) * (1 - bob.z)) / 4;
    expect(fidelityAt(laboratory, 80 * MS, pair)).toBeCloseTo(expected, 11);
  });

  test("stands in the ledger with all that is in force, and is answered with that", () => {
    const laboratory = new Laboratory({ memory: { t1S: 2, t2S: 1 }, gates: { twoQubitDepolarising: 0.01 } });
    laboratory.now = 7;
    const readout = { p01Ppt: 5e9, p10Ppt: 0, durationNs: 3 };
    const answer = laboratory.calibrate("node-controller/bob", { node: "bob", version: 4, readout });
    expect(answer).toMatchObject({
      node: "bob",
      version: 4,
      at: 7,
      memory: { t1Ns: 2e9, t2Ns: 1e9, attemptDephasingPpt: 0 },
      gates: { twoQubitDepolarisingPpt: 1e10 },
      readout,
    });
    expect(laboratory.recorded).toEqual([{ $case: "hardwareChanged", hardwareChanged: answer }]);
  });

  test.each([
    ["T2 above 2·T1", { memory: { t1Ns: 10, t2Ns: 21, attemptDephasingPpt: 0 } }, "UNPHYSICAL_HARDWARE"],
    [
      "relaxation without an end of coherence",
      { memory: { t1Ns: 10, t2Ns: 0, attemptDephasingPpt: 0 } },
      "UNPHYSICAL_HARDWARE",
    ],
    [
      "a phase that flips oftener than not",
      { memory: { t1Ns: 0, t2Ns: 0, attemptDephasingPpt: 6e11 } },
      "UNPHYSICAL_HARDWARE",
    ],
    [
      "a readout that has changed names",
      { readout: { p01Ppt: 6e11, p10Ppt: 5e11, durationNs: 0 } },
      "UNPHYSICAL_HARDWARE",
    ],
    ["a version that was there", { version: 3 }, "OLDER_HARDWARE"],
    ["an instant before the latest change", { at: 19 }, "OLDER_HARDWARE"],
    ["measured on a platform that the node is not of", { platform: "nv-2019" }, "OTHER_PLATFORM"],
    [
      "storage where there is none",
      { storage: { t1Ns: 0, t2Ns: 1, moveNs: 0, moveDepolarisingPpt: 0 } },
      "UNPHYSICAL_HARDWARE",
    ],
    ["a node that is none", { node: "eve" }, "NO_SUCH_NODE"],
  ])("is refused and nothing changes: %s", (_what, wrong, reason) => {
    const laboratory = new Laboratory();
    laboratory.calibrate("application/nature", { node: "alice", version: 3, at: 20 });
    const asked = { node: "alice", version: 4, at: 20, ...wrong };
    expect(laboratory.calibrate("application/nature", asked)).toBe(reason);
    expect(laboratory.recorded).toHaveLength(1);
    expect(fidelityAt(laboratory, 100 * MS)).toBe(1);
  });

  test("may be told by nature's own place and by the node itself, and by no other", () => {
    const laboratory = new Laboratory();
    expect(laboratory.calibrate("node-controller/bob", { node: "alice", version: 1 })).toBe("NOT_THIS_NODE");
    expect(laboratory.calibrate("application/alice", { node: "alice", version: 1 })).toMatchObject({ version: 1 });
  });
});

describe("attempts", () => {
  const dephasing: Imperfections = { memory: { attemptDephasing: 0.01 } };
  const series = { firstAttempt: 10 * MS, secondAttempt: 10 * MS, spacingNs: MS };

  test("dephase what a node stores, those before its last operation and while the series goes on", () => {
    const laboratory = new Laboratory(dephasing);
    const [early, late] = [laboratory.pair("alice-bob", 1), laboratory.pair("alice-bob", 2)];
    laboratory.herald("bob-carol", { ...noPair, seriesStarted: series });
    // Attempts at 10, 11, …, 19 ms: ten of them while Bob holds the first pair; Alice takes no part in them.
    expect(fidelityAt(laboratory, 19 * MS, early)).toBeCloseTo((1 + 0.98 ** 10) / 2, 11);
    laboratory.herald("bob-carol", { ...noPair, seriesStopped: { attempts: 25 } });
    expect(fidelityAt(laboratory, 90 * MS, late)).toBeCloseTo((1 + 0.98 ** 25) / 2, 11);
    expect(laboratory.recorded.filter(({ $case }) => $case === "attemptsMade")).toEqual([
      { $case: "attemptsMade", attemptsMade: { link: "bob-carol", ...series, attempts: 25 } },
    ]);
  });

  test("are not forgotten behind a series that was stopped before its first attempt", () => {
    const laboratory = new Laboratory(dephasing);
    const pair = laboratory.pair("alice-bob", 1, { firstEmitted: 12 * MS, secondEmitted: 12 * MS });
    laboratory.herald("bob-carol", { ...noPair, seriesStarted: series });
    laboratory.herald("bob-carol", { ...noPair, seriesStopped: { attempts: 5 } });
    const empty = { firstAttempt: 15 * MS, secondAttempt: 15 * MS, spacingNs: 9 * MS };
    laboratory.herald("bob-carol", { ...noPair, seriesStarted: empty });
    laboratory.herald("bob-carol", { ...noPair, seriesStopped: { attempts: 0 } });
    // Of those at 10, …, 14 ms two are later than the pair.
    expect(fidelityAt(laboratory, 50 * MS, pair)).toBeCloseTo((1 + 0.98 ** 2) / 2, 11);
  });

  test("before a qubit was there do not count, nor does the one that made it", () => {
    const laboratory = new Laboratory(dephasing);
    laboratory.herald("bob-carol", { ...noPair, seriesStarted: series });
    const emitted = { firstEmitted: 12 * MS, secondEmitted: 12 * MS };
    const pair = laboratory.pair("bob-carol", 1, emitted);
    laboratory.herald("bob-carol", { ...noPair, seriesStopped: { attempts: 3 } });
    laboratory.deliver("bob", 50 * MS, pair);
    laboratory.deliver("carol", 50 * MS, pair);
    expect(laboratory.fidelities[0]?.fidelityPpt).toBe(1e12);
  });

  test("are asked for where they matter, and from when on they do", () => {
    const laboratory = new Laboratory();
    expect(laboratory.herald("alice-bob", { ...noPair, seriesStarted: series })).toBeFalsy();
    const memory = { t1Ns: 0, t2Ns: 0, attemptDephasingPpt: 1e10 };
    laboratory.calibrate("application/nature", { node: "bob", version: 1, memory });
    const pair = laboratory.pair("alice-bob", 1);
    expect(fidelityAt(laboratory, 10 * MS, pair)).toBeCloseTo((1 + 0.98) / 2, 11);
  });

  test("that are no time apart end the station's stream", () => {
    const laboratory = new Laboratory(dephasing);
    laboratory.herald("bob-carol", { ...noPair, seriesStarted: { ...series, spacingNs: 0 } });
    expect(laboratory.closed.map(({ reason }) => reason)).toEqual(["INVALID_SERIES"]);
  });
});

describe("gates", () => {
  test("a two-qubit gate is felt by every other qubit of its node, and by no one else's", () => {
    const laboratory = new Laboratory({ gates: { crosstalkDepolarising: 0.1 } });
    const [a, b, c, d] = [
      laboratory.pair("alice-bob", 1),
      laboratory.pair("alice-bob", 2),
      laboratory.pair("bob-carol", 1),
      laboratory.pair("carol-dave", 1),
    ] as const;
    laboratory.bell("bob", 1, a, c);
    expect(fidelityAt(laboratory, 2, b)).toBeCloseTo(1 - 0.75 * 0.1, 11);
    laboratory.deliver("carol", 3, d);
    laboratory.deliver("dave", 3, d);
    expect(laboratory.fidelities.at(-1)?.fidelityPpt).toBe(1e12);
  });

  test("a fresh qubit is mixed with the probability of its node (4.5 sigma, seed 1)", () => {
    const [shots, p] = [4000, 0.3];
    const laboratory = new Laboratory({ gates: { initialDepolarising: p } });
    let ones = 0;
    for (let shot = 0; shot < shots; shot += 1) {
      laboratory.operate("alice", 1, { $case: "initialise", initialise: { qubit: "q" } });
      const outcome = laboratory.operate("alice", 1, {
        $case: "measurement",
        measurement: { qubit: "q", basis: Basis.Z },
      });
      if (outcome?.$case === "bit" && outcome.bit) ones += 1;
    }
    expect(Math.abs(ones - (shots * p) / 2)).toBeLessThan(4.5 * Math.sqrt(shots * 0.15 * 0.85));
  });

  test("an operation starts when the one before is over, whatever its stamp says", () => {
    const laboratory = new Laboratory({ memory: { t1S: 2, t2S: 1 }, gates: { oneQubitNs: 50 * MS } });
    const pair = laboratory.pair("alice-bob", 1);
    const correction = { qubit: pair, applied: psiPlus };
    laboratory.operate("alice", 0, { $case: "correction", correction });
    laboratory.operate("alice", 0, { $case: "correction", correction });
    const [alice, bob] = [memoryDecay(2, 1, 0.05), memoryDecay(2, 1, 0)];
    // The state has waited for the first gate before the second acts, which flips what relaxation has done.
    const expected = (1 + 2 * alice.x * bob.x + alice.z) / 4;
    expect(fidelityAt(laboratory, 0, pair)).toBeCloseTo(expected, 11);
  });
});

describe("a pair that is not Bell-diagonal", () => {
  const zero = { p00: 0, p01: 0, p10: 0, p11: 0, outerRe: 0, outerIm: 0, innerRe: 0, innerIm: 0 };

  test("has the fidelities of its populations and coherences", () => {
    const laboratory = new Laboratory();
    const xState = { ...zero, p00: 0.1, p01: 0.42, p10: 0.4, p11: 0.08, innerRe: 0.35, innerIm: 0.1 };
    const pair = laboratory.pair("alice-bob", 1, { bellWeights: [], xState, announced: psiPlus });
    laboratory.deliver("alice", 1, pair, psiPlus);
    laboratory.deliver("bob", 1, pair, psiPlus);
    expect((laboratory.fidelities[0]?.fidelityPpt ?? 0) / 1e12).toBeCloseTo((0.42 + 0.4) / 2 + 0.35, 11);
  });

  test.each([
    ["populations that do not sum to 1", { xState: { ...zero, p00: 0.9 }, bellWeights: [] }, /sum of populations/],
    ["a population that is no number", { xState: { ...zero, p00: Number.NaN }, bellWeights: [] }, /populations\[0\]/],
    ["a coherence without populations", { xState: { ...zero, p00: 1, innerRe: 0.1 }, bellWeights: [] }, /inner/],
    ["two states at a time", { xState: { ...zero, p00: 1 } }, /both given/],
    ["weights that do not sum to 1", { bellWeights: [0.9, 0, 0, 0] }, /sum of weights/],
    ["a weight below 0", { bellWeights: [1.1, -0.1, 0, 0] }, /weights\[0\]/],
    ["three weights", { bellWeights: [1, 0, 0] }, /bell_weights has 3/],
    ["no announced index", { announced: undefined }, /announced is absent/],
  ])("is refused with the operand at fault, and is nobody's: %s", (_what, wrong, message) => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1, wrong);
    expect(laboratory.closed).toMatchObject([{ reason: "INVALID_PAIR", message: expect.stringMatching(message) }]);
    laboratory.deliver("alice", 1, pair, phiPlus);
    expect(laboratory.recorded).toEqual([]);
  });
});
