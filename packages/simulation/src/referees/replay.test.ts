import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { loadTopology } from "@bellmesh/topology";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import { expect, test } from "vitest";
import { LedgerReaders } from "../ledger-readers.ts";
import { simulate } from "../simulate.ts";
import {
  accepted,
  delivered,
  ended,
  goldenTopology,
  heralded,
  history,
  requestEnded,
  retracted,
} from "./golden-lines.ts";
import { allReferees, objections, verdicts } from "./index.ts";
import { judgeReplay } from "./replay.ts";

function objecting(events: readonly LedgerEvent[]): readonly string[] {
  const referees = allReferees(goldenTopology);
  const readers = new LedgerReaders(referees);
  for (const event of events) readers.read(event);
  return objections(verdicts(referees, true, true)).map(({ name }) => name);
}

const topology = loadTopology("line:4");
const always = { atNs: 0, forNs: Number.POSITIVE_INFINITY, target: { subject: ">" } } as const;
const again = (delayNs: number): FaultEntry => {
  return { ...always, kind: "duplication", args: { probability: 1, delayNs } };
};
const reordered: FaultEntry = { ...always, kind: "reorder", args: { probability: 0.4, maxDelayNs: 400_000 } };

function ledger(seed: number, faults: readonly FaultEntry[]): readonly LedgerEvent[] {
  const events: LedgerEvent[] = [];
  simulate({ topology, from: "n0", to: "n3", pairs: 20, seed, faults, onEvent: (event) => events.push(event) });
  return events;
}

test.each([1, 2, 3])("every message of the bus %i more times leaves the same ledger, event by event", (times) => {
  const faults = Array.from({ length: times }, (_, index) => again(index * 7));
  expect(judgeReplay(ledger(times, []), ledger(times, faults), { isExact: true }).violations).toEqual([]);
});

test.each([4, 5, 6])("messages that overtake and repeat one another leave the same outcomes, seed %i", (seed) => {
  const found = judgeReplay(ledger(seed, []), ledger(seed, [reordered, again(50_000)]), { isExact: false });
  expect(found).toEqual({ name: "idempotency", verdict: "true", violations: [] });
});

const pair = [accepted("alice", "bob"), heralded("ab/1/1", "alice", "bob", 1), delivered("ab/1/1", "alice", "bob", 1)];
const { events: once } = history("", [], ...pair, delivered("ab/1/1", "bob", "alice", 1), requestEnded("alice", 1));

const stays = [accepted("alice", "bob"), heralded("ab/1/1", "alice", "bob", 1)];
const [toAlice, toBob] = [delivered("ab/1/1", "alice", "bob", 1), delivered("ab/1/1", "bob", "alice", 1)];

test("a replay in another order that is legal has the same outcomes, and is not the same event by event", () => {
  const reordered = history("", [], ...stays, toBob, toAlice, requestEnded("alice", 1)).events;
  expect(objecting(reordered)).toEqual([]);
  expect(judgeReplay(once, reordered, { isExact: false }).verdict).toBe("true");
  expect(judgeReplay(once, reordered, { isExact: true }).verdict).toBe("false");
});

test("a replay that is sound by itself, and to which nobody else objects, is found to have another outcome", () => {
  const expired = [ended("ab/1/1", "alice", Outcome.EXPIRED), ended("ab/1/1", "bob", Outcome.EXPIRED)];
  const other = history("", [], ...stays, ...expired, requestEnded("alice", 0, "TIMEOUT")).events;
  expect([...objecting(once), ...objecting(other)]).toEqual([]);
  expect(judgeReplay(once, other, { isExact: false }).verdict).toBe("false");
});

test("a pair that the replay delivers twice, takes back or leaves out is found", () => {
  const twice = history("", [], ...pair, delivered("ab/1/1", "bob", "alice", 1), ...pair.slice(2)).events;
  const back = history("", [], ...pair, retracted("ab/1/1", "alice"), requestEnded("alice", 0)).events;
  for (const replayed of [twice, back, once.slice(0, -1)]) {
    expect(judgeReplay(once, replayed, { isExact: false }).verdict).toBe("false");
    expect(judgeReplay(once, replayed, { isExact: true }).verdict).toBe("false");
  }
  expect(judgeReplay(once, once, { isExact: true }).verdict).toBe("true");
});
