import { Basis, RefusalReason } from "@bellmesh/wire/quantum-state";
import { describe, expect, test } from "vitest";
import { Laboratory, refusalOf } from "./laboratory.ts";

/** As many as make a register that no engine but the stabilizer can hold. */
const PAIRS = 14;

/** Alice's halves of so many pairs with Bob, joined one after the other by controlled-Z. */
function joinedPairs(laboratory: Laboratory): readonly string[] {
  const pairs = Array.from({ length: PAIRS }, (_, place) => laboratory.pair("alice-bob", place + 1));
  for (const [place, target] of pairs.slice(1).entries()) {
    const controlledGate = { control: pairs[place] as string, target, axis: Basis.Z };
    expect(laboratory.operate("alice", 1, { $case: "controlledGate", controlledGate })).toBeUndefined();
  }
  return pairs;
}

function bitOf(laboratory: Laboratory, node: string, at: number, qubit: string) {
  return laboratory.operate(node, at, { $case: "measurement", measurement: { qubit, basis: Basis.Z } })?.$case;
}

describe("An operation beyond what any engine holds", () => {
  test("ends its operand, and nothing else: all others are measured as if nothing had been asked", () => {
    const laboratory = new Laboratory();
    const [first = "", ...others] = joinedPairs(laboratory);
    const gate = { qubit: first, axis: Basis.X, angle: 0.3 };
    const outcome = laboratory.operate("alice", 2, { $case: "gate", gate });
    const limit = "no engine holds 28 qubits after an operation that is not Clifford";
    expect(outcome).toEqual({
      $case: "refusal",
      refusal: { reason: RefusalReason.EMULATOR_LIMIT, message: limit, operand: first },
    });
    expect(laboratory.recorded).toEqual([
      { $case: "emulatorLimit", emulatorLimit: { node: "alice", pairs: [first], limit } },
    ]);
    const again = laboratory.operate("alice", 3, { $case: "discard", discard: { qubit: first } });
    expect(refusalOf(again)).toBe(RefusalReason.NOT_HELD);
    for (const pair of others) expect(bitOf(laboratory, "alice", 4, pair)).toBe("bit");
    for (const pair of [first, ...others]) expect(bitOf(laboratory, "bob", 4, pair)).toBe("bit");
  });

  test("may be a wait: relaxation that begins while a large register is held ends the qubits that feel it", () => {
    const laboratory = new Laboratory();
    const [first = "", second = ""] = joinedPairs(laboratory);
    const memory = { t1Ns: 1e9, t2Ns: 1e9, attemptDephasingPpt: 0 };
    laboratory.calibrate("application/alice", { node: "alice", version: 1, at: 10, memory });
    expect(bitOf(laboratory, "alice", 9, first)).toBe("bit");
    const measured = { $case: "measurement", measurement: { qubit: second, basis: Basis.Z } } as const;
    expect(refusalOf(laboratory.operate("alice", 1000, measured))).toBe(RefusalReason.EMULATOR_LIMIT);
    expect(bitOf(laboratory, "bob", 1000, second)).toBe("bit");
  });

  test("does not come while gates are Clifford and noise is Pauli noise: a pair is one sample then", () => {
    const laboratory = new Laboratory({ memory: { t2S: 1 }, gates: { twoQubitDepolarising: 0.01 } });
    const [first = ""] = joinedPairs(laboratory);
    for (const node of ["alice", "bob"]) laboratory.deliver(node, 1e6, first);
    const [recorded] = laboratory.fidelities;
    expect(recorded).toMatchObject({ fidelityPpt: 0, isSample: true, engine: "stabilizer" });
    expect(recorded?.because).toBe("a controlled-Z joined it");
  });
});
