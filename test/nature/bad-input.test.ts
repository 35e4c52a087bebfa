import { phiPlus } from "@bellmesh/bell";
import { Basis, RefusalReason } from "@bellmesh/wire/quantum-state";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Laboratory, type Operation, refusalOf } from "./laboratory.ts";

const PAIRS = 3;

interface Wrong {
  readonly operation: Operation;
  readonly reason: RefusalReason;
  /** The qubit or the field that the refusal names. */
  readonly operand: string;
}

const pairs = Array.from({ length: PAIRS }, (_, place) => `alice-bob/1/${place + 1}`);
const [first = "", second = "", third = ""] = pairs;
/** Alice has discarded this one, has measured this one; this is Bob's and Carol's; the last will never be. */
const [gone, measured, foreign, unknown] = ["alice-bob/1/7", "alice-bob/1/8", "bob-carol/1/1", "scratch"] as const;

const { NOT_HELD, DISCARDED, INVALID } = RefusalReason;
const absent: readonly (readonly [string, RefusalReason])[] = [
  [gone, DISCARDED],
  [measured, NOT_HELD],
  [unknown, NOT_HELD],
];

const gate = (qubit: string, axis: Basis = Basis.X, angle = 1): Operation => ({
  $case: "gate",
  gate: { qubit, axis, angle },
});
const measurement = (qubit: string, basis: Basis = Basis.Z): Operation => ({
  $case: "measurement",
  measurement: { qubit, basis },
});
const controlled = (control: string, target: string, axis: Basis = Basis.X): Operation => ({
  $case: "controlledGate",
  controlledGate: { control, target, axis },
});
const bell = (one: string, other: string): Operation => ({
  $case: "bellMeasurement",
  bellMeasurement: { first: one, second: other },
});
const correction = (qubit: string, applied: typeof phiPlus | undefined = phiPlus): Operation => ({
  $case: "correction",
  correction: { qubit, applied },
});

/** Everything that is wrong with an operation, and what is told of it. */
const wrongs: readonly Wrong[] = [
  ...absent.flatMap(([operand, reason]) =>
    [
      gate(operand),
      measurement(operand),
      controlled(operand, first),
      controlled(first, operand),
      bell(operand, first),
      bell(first, operand),
      correction(operand),
    ].map((operation) => ({ operation, reason, operand })),
  ),
  { operation: controlled(first, first), reason: INVALID, operand: first },
  { operation: bell(second, second), reason: INVALID, operand: second },
  { operation: controlled(first, second, Basis.Y), reason: INVALID, operand: "axis" },
  { operation: measurement(first, Basis.UNSPECIFIED), reason: INVALID, operand: "basis" },
  { operation: gate(third, Basis.UNSPECIFIED), reason: INVALID, operand: "axis" },
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((angle) => ({
    operation: gate(third, Basis.Z, angle),
    reason: INVALID,
    operand: "angle",
  })),
  {
    operation: { $case: "correction", correction: { qubit: first, applied: undefined } },
    reason: INVALID,
    operand: "applied",
  },
  { operation: { $case: "initialise", initialise: { qubit: "" } }, reason: INVALID, operand: "qubit" },
  { operation: { $case: "initialise", initialise: { qubit: "a-b/1/1" } }, reason: INVALID, operand: "qubit" },
];

/** What Alice's node is asked, right things and wrong ones, and what becomes of its pairs. */
function history(asked: readonly (Operation | Wrong)[]): readonly unknown[] {
  const laboratory = new Laboratory({ memory: { t1S: 1, t2S: 0.5 }, readout: { p01: 0.1 } }, 4);
  for (const pair of [...pairs, gone, measured]) {
    laboratory.pair("alice-bob", Number(pair.split("/")[2]), { bellWeights: [0.7, 0.1, 0.1, 0.1] });
  }
  laboratory.pair("bob-carol", 1);
  laboratory.operate("alice", 1, { $case: "discard", discard: { qubit: gone } });
  laboratory.operate("alice", 1, measurement(measured));
  let at = 1e6;
  for (const each of asked) {
    at += 1e6;
    if (!("operation" in each)) {
      laboratory.operate("alice", at, each);
      continue;
    }
    // Refused at a later instant than any operation before: a qubit that were touched by it would have aged.
    expect(laboratory.operate("alice", at + 5e8, each.operation)).toMatchObject({
      $case: "refusal",
      refusal: { reason: each.reason, operand: each.operand, message: expect.stringMatching(/./) },
    });
  }
  for (const pair of pairs) for (const node of ["alice", "bob"]) laboratory.deliver(node, 2e8, pair);
  return laboratory.recorded;
}

test("what is refused names its operand and leaves every register as it was", () => {
  const right = fc.constantFrom<Operation>(
    gate(first, Basis.Y, 0.4),
    gate(second, Basis.X, 0.9),
    controlled(first, second),
    controlled(second, third, Basis.Z),
    correction(third),
  );
  const wrong = fc.constantFrom(...wrongs);
  fc.assert(
    fc.property(fc.array(fc.oneof(right, wrong), { maxLength: 12 }), (asked) => {
      const rightOnly = asked.map((each) => ("operation" in each ? undefined : each));
      expect(history(asked)).toEqual(historyAtSameInstants(rightOnly));
    }),
    { numRuns: 150 },
  );
});

/** The same right operations at the same instants, with nothing in the places of wrong ones. */
function historyAtSameInstants(asked: readonly (Operation | undefined)[]): readonly unknown[] {
  // A discard of a qubit that is not there does nothing, so it stands for nothing.
  return history(asked.map((each) => each ?? { $case: "discard", discard: { qubit: unknown } }));
}

test("each kind of wrong operand is refused, one after the other", () => {
  expect(history(wrongs)).toEqual(history([]));
});

test("a stamp older than the qubit's last touch is refused with the qubit's name, and the qubit has not aged", () => {
  const laboratory = new Laboratory({ memory: { t2S: 0.01 } });
  const pair = laboratory.pair("alice-bob", 1);
  laboratory.operate("alice", 5e6, correction(pair));
  const outcome = laboratory.operate("alice", 4e6, correction(pair));
  expect(outcome).toMatchObject({ refusal: { reason: RefusalReason.STALE, operand: pair } });
  for (const node of ["alice", "bob"]) laboratory.deliver(node, 5e6, pair);
  expect((laboratory.fidelities[0]?.fidelityPpt ?? 0) / 1e12).toBeCloseTo((1 + Math.exp(-1)) / 2, 11);
});

test("a qubit of another node's is not this node's to touch", () => {
  const laboratory = new Laboratory();
  laboratory.pair("bob-carol", 1);
  laboratory.operate("alice", 1, measurement(foreign));
  expect(refusalOf(laboratory.operate("bob", 1, measurement(foreign)))).toBe(RefusalReason.UNSPECIFIED);
});
