import { SeededEntropy } from "@bellmesh/numerics";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import { expect, test } from "vitest";
import { OpenPairs } from "./open-pairs.ts";
import { recordedRuns } from "./recorded-run.ts";

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

/** The order in which events come when each writer's are up to so much late, and keep their own order. */
function arrived(events: readonly LedgerEvent[], mostNs: number, seed: number): readonly LedgerEvent[] {
  const chance = new SeededEntropy(seed).stream("delay");
  const lastNs = new Map<string, number>();
  return events
    .map((event) => {
      const comesNs = Math.max(lastNs.get(event.writer) ?? 0, event.at + chance.uniform() * mostNs);
      lastNs.set(event.writer, comesNs);
      return { event, comesNs };
    })
    .sort((a, b) => a.comesNs - b.comesNs)
    .map(({ event }) => event);
}

test.each(recordedRuns())("No pair is open at the end, whichever writer's events come late, when $title", (run) => {
  for (const mostNs of [1e6, 10e6, 1e9]) {
    for (let seed = 1; seed <= 20; seed++) {
      const open = new OpenPairs();
      for (const event of arrived(run.events, mostNs, seed)) open.observe(event);
      expect([open.count, mostNs, seed]).toEqual([0, mostNs, seed]);
    }
  }
});

test("What nature lost was heralded before it restarted, though the herald comes later", () => {
  const open = new OpenPairs();
  open.observe({ ...told({ $case: "natureRestarted", natureRestarted: {} }), at: 6 });
  open.observe(herald);
  expect(open.count).toBe(0);
  open.observe({ ...herald, at: 6 });
  expect(open.count).toBe(1);
});

test("What a crash has lost is no less lost when the herald comes later", () => {
  const open = new OpenPairs();
  open.observe(told({ $case: "halfEnded", halfEnded: { pair, node: "n0", outcome: Outcome.LOST_CRASH } }));
  expect(open.count).toBe(0);
  open.observe(herald);
  expect(open.count).toBe(1);
  open.observe(ended("n1"));
  expect(open.count).toBe(0);
});
