import { SeededEntropy } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawFault } from "./draw-fault.ts";
import { FaultError } from "./fault-error.ts";
import { faultKinds } from "./fault-kinds.ts";
import { faultMessage, faultOf } from "./fault-message.ts";
import type { FaultScope } from "./fault-scope.ts";
import { faultData } from "./fault-text.ts";
import { readFault } from "./read-fault.ts";

const scope: FaultScope = {
  nodes: ["alice", "bob", "carol"],
  links: [
    { name: "alice-bob", ends: ["alice", "bob"] },
    { name: "bob-carol", ends: ["bob", "carol"] },
  ],
  processes: ["link-layer/alice", "physical-link/alice-bob", "quantum-state/nature"],
  slotsOf: () => 2,
};
const kinds = [...faultKinds.values()];
const window = { fromNs: 1_000_000, untilNs: 2_000_000_000 };

describe("A fault", () => {
  test.each(kinds)("of kind $name that is drawn is one that can be read, from data and from the wire", (kind) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const drawn = drawFault(kind, scope, new SeededEntropy(seed).stream("faults"), window);
        expect(readFault(JSON.parse(JSON.stringify(faultData(drawn))), scope)).toEqual(drawn);
        expect(faultOf(faultMessage(drawn), scope)).toEqual(drawn);
        expect(drawn.atNs).toBeGreaterThanOrEqual(window.fromNs);
        expect(drawn.atNs + drawn.forNs).toBeLessThanOrEqual(window.untilNs);
      }),
      { numRuns: 50 },
    );
  });

  test("without an end is one for ever", () => {
    const entry = { atNs: 0, forNs: "forever", kind: "crash", target: { process: "link-layer/alice" } };
    expect(readFault(entry, scope)).toEqual({ ...entry, forNs: Number.POSITIVE_INFINITY, args: {} });
  });

  test("has what it leaves out and what has a default", () => {
    const entry = { atNs: 0, forNs: 1, kind: "partition", target: { a: ["alice"], b: "*" } };
    expect(readFault(entry, scope)).toEqual({ ...entry, args: { oneWay: false } });
  });

  const loss = { atNs: 0, forNs: 1, kind: "loss", target: {}, args: { probability: 0.5 } };
  const stuck = {
    atNs: 0,
    forNs: 1,
    kind: "stuck-slot",
    target: { link: "alice-bob", node: "alice" },
    args: { slot: 0 },
  };
  const partition = { atNs: 0, forNs: 1, kind: "partition", args: { oneWay: false } };
  test.each([
    [{ ...loss, kind: "los" }, ["kind"], 'there is no kind of fault "los"'],
    [{ ...loss, kind: undefined }, ["kind"], "it is missing"],
    [{ ...loss, atNs: -1 }, ["atNs"], "-1 is no time"],
    [{ ...loss, forNs: 0.5 }, ["forNs"], "0.5 is no time"],
    [{ ...loss, forNs: undefined }, ["forNs"], "it is missing"],
    [{ ...loss, args: {} }, ["args", "probability"], "it is missing"],
    [{ ...loss, args: { probability: 2 } }, ["args", "probability"], "2 is not right"],
    [{ ...loss, target: { frm: "alice" } }, ["target", "frm"], 'there is no field "frm"'],
    [{ ...loss, target: { from: "nature" } }, ["target", "from"], 'there is no place or "*" "nature"'],
    [{ ...loss, target: "alice" }, ["target"], "this is no table of fields"],
    [{ ...loss, note: "x" }, ["note"], 'there is no field "note"'],
    [17, [], "this is no table of fields"],
    [{ ...stuck, target: { ...stuck.target, node: "carol" } }, ["target", "node"], "carol is no end of alice-bob"],
  ])("%j is refused where it is wrong", (entry, path, problem) => {
    const error = thrownBy(() => readFault(entry, scope));
    expect(error).toBeInstanceOf(FaultError);
    expect(error).toMatchObject({ path, problem });
  });

  test.each([
    [["alice"], ["alice"]],
    [["alice", "alice"], ["alice"]],
    ["*", ["alice", "bob", "carol", "alice-bob", "bob-carol"]],
  ])("that parts %j from %j cuts nothing, and is refused", (a, b) => {
    const entry = { ...partition, target: { a, b } };
    expect(thrownBy(() => readFault(entry, scope))).toMatchObject({ path: ["target", "b"] });
  });

  test.each([
    [["alice"], ["bob"]],
    [["alice", "bob"], ["bob"]],
    ["*", "*"],
    [["alice"], "*"],
  ])("that parts %j from %j cuts something", (a, b) => {
    const entry = { ...partition, target: { a, b } };
    expect(readFault(entry, scope)).toEqual(entry);
  });

  test("of a slot that its node does not have is refused, and says which there are", () => {
    expect(readFault({ ...stuck, args: { slot: 1 } }, scope)).toMatchObject({ args: { slot: 1 } });
    expect(thrownBy(() => readFault({ ...stuck, args: { slot: 2 } }, scope))).toMatchObject({
      path: ["args", "slot"],
      problem: "alice has no communication slot 2",
      expected: "give one from 0 to 1",
    });
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
