import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { loadTopology, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import fc from "fast-check";
import { expect, test } from "vitest";
import { simulate } from "../simulate.ts";
import { plainRules } from "./brute-force.ts";
import { allReferees } from "./index.ts";

const topology: Topology = { ...loadTopology("line:4"), cutoffS: 0.02 };
/** They are judged by a shorter cutoff than they ran with, so that some repeater keeps a half for too long. */
const judgedBy: Topology = { ...topology, cutoffS: 0.015 };
const always = { atNs: 0, forNs: Number.POSITIVE_INFINITY, target: { subject: ">" } } as const;
const lossy: readonly FaultEntry[] = [{ ...always, kind: "loss", args: { probability: 0.3 } }];

/** Ledgers of a few pairs over two repeaters, with and without losses. */
const runs = [1, 2, 3, 4, 5].map((seed) => {
  const events: LedgerEvent[] = [];
  const onEvent = (event: LedgerEvent) => events.push(event);
  const [pairs, faults] = [seed < 4 ? 1 : 2, seed % 2 === 0 ? lossy : []];
  simulate({ topology, from: "n0", to: "n3", pairs, seed, faults, onEvent });
  return events.filter(({ event }) => event?.$case !== "census");
});

/** A field of an event, of those that say to whom it happened, what, or when. */
const fields = ["pair", "upstreamPair", "node", "requestId", "headEnd", "slot", "delivered", "measuredAt", "bellIndex"];

type Change =
  | { readonly kind: "drop" | "double"; readonly from: number }
  | { readonly kind: "move"; readonly from: number; readonly to: number }
  | { readonly kind: "later"; readonly from: number; readonly ns: number }
  | { readonly kind: "mix"; readonly from: number; readonly to: number; readonly field: string };

const place = fc.nat(1000);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom("drop" as const, "double" as const), from: place }),
  fc.record({ kind: fc.constant("move" as const), from: place, to: place }),
  fc.record({ kind: fc.constant("later" as const), from: place, ns: fc.integer({ min: -200_000, max: 200_000 }) }),
  fc.record({ kind: fc.constant("mix" as const), from: place, to: place, field: fc.constantFrom(...fields) }),
);

function changed(events: readonly LedgerEvent[], { from, ...change }: Change): readonly LedgerEvent[] {
  const index = from % events.length;
  const event = events[index] as LedgerEvent;
  switch (change.kind) {
    case "drop":
      return events.toSpliced(index, 1);
    case "double":
      return events.toSpliced(index, 0, event);
    case "move":
      return events.toSpliced(index, 1).toSpliced(change.to % events.length, 0, event);
    case "later":
      return events.toSpliced(index, 1, { ...event, at: event.at + change.ns });
    case "mix":
      return events.toSpliced(index, 1, mixed(event, events[change.to % events.length] as LedgerEvent, change.field));
  }
}

/** An event with a field as another event has it, where both have it. */
function mixed(event: LedgerEvent, other: LedgerEvent, field: string): LedgerEvent {
  const copy = structuredClone(event);
  const [mine, theirs] = [copy, other].map(({ event: told }) => Object.values(told ?? {}).at(-1) as object);
  if (mine && theirs && field in mine && field in theirs) {
    Object.assign(mine, { [field]: (theirs as Record<string, unknown>)[field] });
  }
  return copy;
}

function referee(name: string) {
  const found = allReferees(judgedBy).find((one) => one.name === name);
  if (!found) throw new Error(`no referee is called ${name}`);
  return found;
}

test.each(plainRules.map((rule) => [rule.name, rule] as const))(
  "%s says the same of any small history as the rule written plainly",
  (name, { isBroken }) => {
    const counts = { broken: 0, kept: 0 };
    const histories = fc.tuple(fc.constantFrom(...runs), fc.array(change, { maxLength: 3 }));
    const agrees = fc.property(histories, ([run, changes]) => {
      const history = changes.reduce(changed, run);
      const judge = referee(name);
      for (const event of history) judge.observe(event);
      const { verdict } = judge.verdict(true);
      const broken = isBroken(history, judgedBy);
      counts[broken ? "broken" : "kept"] += 1;
      expect(verdict === "false").toBe(broken);
    });
    fc.assert(agrees, { numRuns: 400, seed: 1 });
    expect(counts.kept).toBeGreaterThan(20);
    expect(counts.broken).toBeGreaterThan(0);
  },
);
