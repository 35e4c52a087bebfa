import { bellIndices } from "@bellmesh/bell";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixedGates, turnedGates } from "./named-gates.ts";
import { pauliThroughGate } from "./pauli-through-gate.ts";

const [none, x, z, xz] = [bellIndices[0], bellIndices[1], bellIndices[2], bellIndices[3]];

describe("a Pauli that is due goes through", () => {
  test.each([
    ["h", [x], [z]],
    ["h", [xz], [xz]],
    ["s", [x], [xz]],
    ["s", [z], [z]],
    ["sx", [z], [xz]],
    ["cnot", [x, none], [x, x]],
    ["cnot", [none, z], [z, z]],
    ["cnot", [none, x], [none, x]],
    ["cnot", [xz, xz], [x, z]],
    ["cz", [x, none], [x, z]],
    ["swap", [x, z], [z, x]],
  ])("%s: %j becomes %j", (gate, before, after) => {
    const found = pauliThroughGate(fixedGates[gate] as readonly number[], before as never);
    expect(found).toEqual(after);
  });

  test("no gate that is not Clifford: T for X, a turn by any other angle, a controlled phase", () => {
    expect(pauliThroughGate(fixedGates.t as readonly number[], [x as never])).toBeUndefined();
    expect(pauliThroughGate(fixedGates.t as readonly number[], [z as never])).toEqual([z]);
    expect(pauliThroughGate(turnedGates.cphase?.(0.3) ?? [], [none as never, x as never])).toBeUndefined();
    const angle = fc.double({ min: 0.01, max: 1.5, noNaN: true });
    fc.assert(
      fc.property(angle, (angleRad) => {
        expect(pauliThroughGate(turnedGates.rx?.(angleRad) ?? [], [z as never])).toBeUndefined();
        expect(pauliThroughGate(turnedGates.rx?.(angleRad) ?? [], [x as never])).toEqual([x]);
      }),
    );
  });
});
