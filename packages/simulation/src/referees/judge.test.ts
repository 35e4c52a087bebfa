import { expect, test } from "vitest";
import { objections, verdicts } from "./judge.ts";
import type { Referee, Verdict } from "./referee.ts";

function referee(name: string, verdict: () => Verdict): Referee {
  return { name, reads: {}, verdict };
}

const kept = referee("kept", () => ({ name: "kept", verdict: "true", violations: [] }));
const throws = referee("throws", () => {
  throw new Error("I cannot");
});

test.each([true, false])(
  "A referee that throws says that it does not know, and the others are heard (whole: %j)",
  (isWhole) => {
    const judged = verdicts([throws, kept], true, isWhole);
    expect(judged).toEqual([
      { name: "throws", verdict: "unknown", violations: [], threw: "I cannot" },
      { name: "kept", verdict: isWhole ? "true" : "unknown", violations: [] },
    ]);
    expect(objections(judged)).toContain(judged[0]);
  },
);

test("A verdict that faults excuse is an objection still, and excused no more where the ledger is not whole", () => {
  const excused = referee("excused", () => ({ name: "excused", verdict: "unknown", violations: [], excused: true }));
  expect(objections(verdicts([excused], true, true))).toMatchObject([{ name: "excused", excused: true }]);
  expect(verdicts([excused], true, false)).toEqual([{ name: "excused", verdict: "unknown", violations: [] }]);
});
