import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { expect, test } from "vitest";
import { ScriptedRun } from "./scripted-run.ts";

function swappedUnder(target: object, atNs: number, kind = "loss") {
  const run = new ScriptedRun([{ atNs: 100, forNs: 50, kind, target, args: { probability: 0.5 } } as FaultEntry]);
  run.nowNs = atNs;
  const pairsSwapped = { node: "n1", upstreamPair: "p", downstreamPair: "q", outcome: undefined, measuredAt: 0 };
  run.records({ $case: "pairsSwapped", pairsSwapped });
  return run.reached;
}

test("A swap is under loss while messages of everybody, of the repeater or to it may be lost", () => {
  for (const target of [{}, { from: "n1", to: "n0" }, { from: "n0", to: "n1" }, { from: "*", to: "n2" }]) {
    expect(swappedUnder(target, 100)).toEqual({ "swap-under-loss": 1 });
  }
});

test("A swap is not under loss before or after that, or while others' messages are lost, or its own only late", () => {
  expect(swappedUnder({}, 99)).toEqual({});
  expect(swappedUnder({}, 150)).toEqual({});
  expect(swappedUnder({ from: "n2", to: "n3" }, 100)).toEqual({});
  expect(swappedUnder({}, 100, "reorder")).toEqual({});
});
