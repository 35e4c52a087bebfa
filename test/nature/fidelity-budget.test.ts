import { bellIndices, combine, phiPlus } from "@bellmesh/bell";
import type { FidelityBudget } from "@bellmesh/wire/ledger";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Laboratory, noPair } from "./laboratory.ts";

const MS = 1_000_000;

/** All terms together, as a number and not in parts. */
function lossOf({ heraldPpt, waits, gatesPpt, readoutPpt, emulatorPpt }: FidelityBudget): number {
  const waited = waits.reduce((sum, { lossPpt }) => sum + lossPpt, 0);
  return (heraldPpt + waited + gatesPpt + readoutPpt + emulatorPpt) / 1e12;
}

/** A swap at Bob and one at Carol, a correction by Alice; every cause of loss is of the size of ε. */
function chainOf(epsilon: number, shares: readonly number[]): { loss: number; budget: FidelityBudget } {
  const [herald = 0, gates = 0, one = 0, p01 = 0, p10 = 0, attempt = 0, wait = 0, crosstalk = 0] = shares;
  const laboratory = new Laboratory({
    memory: { t1S: 8, t2S: 3, attemptDephasing: 0.1 * attempt * epsilon },
    gates: {
      twoQubitDepolarising: gates * epsilon,
      oneQubitDepolarising: one * epsilon,
      crosstalkDepolarising: crosstalk * epsilon,
    },
    readout: { p01: p01 * epsilon, p10: p10 * epsilon },
  });
  const weights = [1 - herald * epsilon, 0.5 * herald * epsilon, 0.3 * herald * epsilon, 0.2 * herald * epsilon];
  const pairs = ["alice-bob", "bob-carol", "carol-dave"].map((link) =>
    laboratory.pair(link, 1, { bellWeights: weights }),
  );
  const [a = "", b = "", c = ""] = pairs;
  const unitNs = Math.round(1e9 * epsilon * wait);
  laboratory.herald("bob-carol", {
    ...noPair,
    seriesStarted: { firstAttempt: 1, secondAttempt: 1, spacingNs: unitNs },
  });
  const first = laboratory.bell("bob", 2 * unitNs, a, b);
  const second = laboratory.bell("carol", 3 * unitNs, b, c);
  const applied = combine(first, second);
  laboratory.operate("alice", 4 * unitNs, { $case: "correction", correction: { qubit: a, applied } });
  laboratory.deliver("alice", 4 * unitNs, a, phiPlus);
  laboratory.deliver("dave", 5 * unitNs, c, phiPlus);
  const [recorded] = laboratory.fidelities;
  if (!recorded?.budget) throw new Error("no pair was delivered");
  return { loss: 1 - recorded.fidelityPpt / 1e12, budget: recorded.budget };
}

describe("The budget of a pair", () => {
  test("sums to 1 − F up to products of two terms, whatever the causes", () => {
    const share = fc.double({ min: 0.05, max: 1, noNaN: true });
    const shares = fc.array(share, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(shares, fc.constantFrom(0.001, 0.003, 0.01), (parts, epsilon) => {
        const { loss, budget } = chainOf(epsilon, parts);
        const sum = lossOf(budget);
        expect(sum).toBeGreaterThan(0);
        // The error is of second order: at most the square of the sum of all terms, and the rounding of parts.
        expect(Math.abs(sum - loss)).toBeLessThan(1.5 * sum * sum + 1e-11);
      }),
      { numRuns: 200 },
    );
  });

  test("has no term for what did not happen", () => {
    const laboratory = new Laboratory();
    const pair = laboratory.pair("alice-bob", 1);
    for (const node of ["alice", "bob"]) laboratory.deliver(node, 7 * MS, pair);
    expect(laboratory.fidelities[0]?.budget).toEqual({
      heraldPpt: 0,
      waits: ["alice", "bob"].map((node) => ({ node, lossPpt: 0 })),
      gatesPpt: 0,
      readoutPpt: 0,
      emulatorPpt: 0,
    });
  });

  test("tells the nodes apart, in the order of the ends and then of the path", () => {
    const laboratory = new Laboratory({ memory: { t2S: 1 } });
    const [a, b] = [laboratory.pair("alice-bob", 1), laboratory.pair("bob-carol", 1)];
    const outcome = laboratory.bell("bob", 10 * MS, a, b);
    laboratory.deliver("alice", 20 * MS, a, outcome);
    laboratory.deliver("carol", 20 * MS, b, outcome);
    const waits = laboratory.fidelities[0]?.budget?.waits ?? [];
    expect(waits.map(({ node }) => node)).toEqual(["alice", "carol", "bob"]);
    for (const { lossPpt } of waits) expect(lossPpt / 1e12).toBeCloseTo((1 - Math.exp(-0.02)) / 2, 3);
  });

  test("counts as the emulator's what it made late, and no more of the wait than that", () => {
    const laboratory = new Laboratory({ memory: { t2S: 1 } });
    const [a, b] = [laboratory.pair("alice-bob", 1), laboratory.pair("alice-bob", 2)];
    for (const [pair, lateNs] of [
      [a, 4 * MS],
      [b, 40 * MS],
    ] as const) {
      const correction = { qubit: pair, applied: bellIndices[0] };
      laboratory.operate("alice", 10 * MS, { $case: "correction", correction }, lateNs);
      for (const node of ["alice", "bob"]) laboratory.deliver(node, 10 * MS, pair);
    }
    const lost = (1 - Math.exp(-0.01)) / 2;
    const [some, all] = laboratory.fidelities.map(({ budget }) => (budget?.emulatorPpt ?? 0) / 1e12);
    expect(some).toBeCloseTo(0.4 * lost, 11);
    expect(all).toBeCloseTo(lost, 11);
  });

  test("counts at both ends what made the later delivery late, and nothing of what made the earlier one late", () => {
    const laboratory = new Laboratory({ memory: { t2S: 1 } });
    const pair = laboratory.pair("alice-bob", 1);
    laboratory.deliver("alice", 6 * MS, pair, phiPlus, 5 * MS);
    laboratory.deliver("bob", 10 * MS, pair, phiPlus, 3 * MS);
    const [recorded] = laboratory.fidelities;
    const { waits = [], emulatorPpt = 0 } = recorded?.budget ?? {};
    const lost = (1 - Math.exp(-0.01)) / 2;
    expect(emulatorPpt / 1e12).toBeCloseTo(2 * 0.3 * lost, 11);
    for (const { lossPpt } of waits) expect(lossPpt / 1e12).toBeCloseTo(0.7 * lost, 11);
    expect(1 - (recorded?.fidelityPpt ?? 0) / 1e12).toBeCloseTo((1 - Math.exp(-0.02)) / 2, 11);
  });

  test("counts an operation that came before its pair as late as it was asked for", () => {
    const laboratory = new Laboratory({ memory: { t2S: 1 } });
    const pair = "alice-bob/1/1";
    laboratory.deliver("bob", 10 * MS, pair, phiPlus, 4 * MS);
    laboratory.pair("alice-bob", 1);
    laboratory.deliver("alice", 10 * MS, pair, phiPlus, 4 * MS);
    const lost = (1 - Math.exp(-0.01)) / 2;
    expect((laboratory.fidelities[0]?.budget?.emulatorPpt ?? 0) / 1e12).toBeCloseTo(2 * 0.4 * lost, 11);
  });
});
