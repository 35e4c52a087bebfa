import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import { expect, test } from "vitest";
import { OpenPairs } from "./open-pairs.ts";

const pair = "n0-n1/1/1";

function told(event: LedgerEvent["event"]): LedgerEvent {
  return { writer: "node-controller/n0", incarnation: 1, sequence: 1, at: 5, uncertaintyNs: 0, event };
}

function ended(node: string): LedgerEvent {
  return told({ $case: "halfEnded", halfEnded: { pair, node, outcome: Outcome.DISCARDED } });
}

const heralded = { pair, firstNode: "n0", secondNode: "n1", bellIndex: undefined, attempts: 1 };
const herald = told({
  $case: "pairHeralded",
  pairHeralded: { ...heralded, firstEmitted: 0, secondEmitted: 0, photonOffsetPs: 0 },
});

test.each([
  ["first", [herald, ended("n0"), ended("n1")]],
  ["last", [ended("n0"), ended("n1"), herald]],
])("A pair is open until both halves have ended, its herald coming %s", (_, events) => {
  const open = new OpenPairs();
  for (const event of events.slice(0, 2)) open.observe(event);
  expect(open.count).toBe(1);
  open.observe(events[2] as LedgerEvent);
  expect(open.count).toBe(0);
});

test("A half that is ended once more, as over a crash, opens its pair no more", () => {
  const open = new OpenPairs();
  for (const event of [herald, ended("n0"), ended("n1"), ended("n0")]) open.observe(event);
  expect(open.count).toBe(0);
});
