import type { FaultEntry } from "@bellmesh/mesh";
import { expect, test } from "vitest";
import { faultRows, faultTally, tallyNotes } from "./fault-tally.ts";

const at = (...instants: number[]) =>
  instants.map((atNs) => ({ atNs, forNs: 1, kind: "fibre-cut", target: { link: "n0-n1" }, args: {} }) as FaultEntry);

test.each([
  ["all began", [0, 5], { began: 2, notBegun: 0 }, "2 began", []],
  ["one began just at the end", [5e9, 5e9 + 1], { began: 1, notBegun: 1 }, "1 began, 1 did not", []],
  [
    "none began",
    [6e9, 7e9],
    { began: 0, notBegun: 2 },
    "0 began, 2 did not",
    ["2 faults were to begin later than the run's end at 5.000 s"],
  ],
  ["there were none", [], { began: 0, notBegun: 0 }, "0 began", []],
])("Faults of which %s are counted, and told of", (_what, instants, tally, row, notes) => {
  const found = faultTally(at(...instants), 5e9);
  expect(found).toEqual(tally);
  expect(faultRows(found)).toEqual([["faults", row]]);
  expect(tallyNotes(found, 5e9)).toEqual(notes);
});

test("Without faults given nothing is told of any", () => {
  expect([...faultRows(undefined), ...tallyNotes(undefined, 5e9)]).toEqual([]);
});
