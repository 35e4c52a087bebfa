import { SeededEntropy } from "@bellmesh/numerics";
import { Books, LEDGER_SCHEMA_VERSION, objections, type Verdict } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";
import { CausalOrder } from "./causal-order.ts";
import { recordedRuns } from "./recorded-run.ts";

const runs = recordedRuns();
const byTitle = runs.map((run) => [run.title, run] as const);
const topology = loadTopology("line:3");
const header = { schemaVersion: LEDGER_SCHEMA_VERSION, network: "lab", seed: 7, world: "mesh" };
const SEEDS = [1, 2, 3];

interface Judged {
  readonly verdicts: readonly Verdict[];
  readonly trueFidelity: number | null;
  readonly late: number;
  readonly heldMost: number;
}

/** Judges events as they come, letting them through when they are so much older than the newest. */
function judged(events: readonly LedgerEvent[], lagNs: number): Judged {
  const books = new Books({ header, topology });
  const order = new CausalOrder((event, late) => (late ? books.enterLate(event) : books.enter(event)));
  let newestNs = 0;
  let heldMost = 0;
  for (const event of events) {
    order.add(event);
    newestNs = Math.max(newestNs, event.at);
    order.release(newestNs - lagNs);
    heldMost = Math.max(heldMost, order.held);
  }
  order.release(Number.POSITIVE_INFINITY);
  const trueFidelity = books.readership.trueFidelity.mean();
  return { verdicts: books.verdicts(true), trueFidelity, late: order.late, heldMost };
}

/** The same events, each up to so much later than its instant; the order of one instant is chance as well. */
function delayed(events: readonly LedgerEvent[], mostNs: number, seed: number): LedgerEvent[] {
  const chance = new SeededEntropy(seed).stream("delay");
  return events
    .map((event) => ({ event, comesNs: event.at + chance.uniform() * mostNs }))
    .sort((a, b) => a.comesNs - b.comesNs)
    .map(({ event }) => event);
}

const summary = (verdicts: readonly Verdict[]) =>
  verdicts.map(({ name, verdict, violations }) => ({ name, verdict, violations }));

describe.each(byTitle)("A ledger in which %s", (_, { events, verdicts, trueFidelity }) => {
  test("is one that the referees of the simulation accept", () => {
    expect(objections(verdicts)).toEqual([]);
  });

  test.each(SEEDS)("is judged the same whichever order its events come in (%i)", (seed) => {
    const found = judged(delayed(events, 1e15, seed), Number.POSITIVE_INFINITY);
    expect(summary(found.verdicts)).toEqual(summary(verdicts));
    expect(found.trueFidelity).toBeCloseTo(trueFidelity ?? 0, 12);
  });

  test.each(SEEDS)("is judged the same while it is being written, and little of it is held (%i)", (seed) => {
    const found = judged(delayed(events, 20e6, seed), 20e6);
    expect(found.late).toBe(0);
    expect(summary(found.verdicts)).toEqual(summary(verdicts));
    expect(found.heldMost).toBeLessThan(events.length / 2);
  });

  test.each(SEEDS)("accuses nobody when events come too late, and vouches for nobody either (%i)", (seed) => {
    const found = judged(delayed(events, 200e6, seed), 1e6);
    expect(found.late).toBeGreaterThan(0);
    for (const { verdict, violations } of found.verdicts) expect([verdict, violations]).toEqual(["unknown", []]);
  });
});

describe("Events of one instant", () => {
  const events = runs[0]?.events ?? [];
  const found = (kind: string) => events.find(({ event }) => event?.$case === kind) as LedgerEvent;
  const at = (kind: string) => ({ ...found(kind), at: 5000 });

  /** The kinds of events in the order in which they are let through. */
  function kindsOf(...given: LedgerEvent[]): (string | undefined)[] {
    const kinds: (string | undefined)[] = [];
    const order = new CausalOrder(({ event }) => kinds.push(event?.$case));
    for (const event of given) order.add(event);
    order.release(5000);
    return kinds;
  }

  test("are ordered by what leads to what", () => {
    const given = ["pairFidelity", "halfDelivered", "pairHeralded"].map(at);
    expect(kindsOf(...given)).toEqual(["pairHeralded", "halfDelivered", "pairFidelity"]);
  });

  test("keep the order in which one writer wrote them", () => {
    const [stored, delivered] = [at("halfStored"), at("halfDelivered")];
    const reversed = [
      { ...stored, writer: "node-controller/n0", sequence: 2 },
      { ...delivered, writer: "node-controller/n0", sequence: 1 },
    ];
    expect(kindsOf(...reversed)).toEqual(["halfDelivered", "halfStored"]);
  });

  test("of a node that ended a half before it stored another: the swap of the stored one still comes after", () => {
    const writer = "node-controller/n1";
    const ended = { ...at("halfEnded"), writer, sequence: 1 };
    const stored = { ...at("halfStored"), writer, sequence: 2 };
    const swapped = { ...at("pairsSwapped"), writer: "quantum-state/nature" };
    expect(kindsOf(swapped, ended, stored)).toEqual(["halfEnded", "halfStored", "pairsSwapped"]);
  });

  test("of nature that told of a delivered pair before it swapped another: the delivery still comes first", () => {
    const writer = "quantum-state/nature";
    const delivered = at("halfDelivered");
    const told = { ...at("pairFidelity"), writer, sequence: 1 };
    const swapped = { ...at("pairsSwapped"), writer, sequence: 2 };
    const [{ event: delivery }, { event: fidelity }, { event: swap }] = [delivered, told, swapped];
    if (delivery?.$case !== "halfDelivered" || fidelity?.$case !== "pairFidelity" || swap?.$case !== "pairsSwapped")
      throw new Error("the run has all three");
    const { pair, node } = delivery.halfDelivered;
    const pairFidelity = { ...fidelity.pairFidelity, firstPair: pair, firstNode: node };
    const pairsSwapped = { ...swap.pairsSwapped, upstreamPair: "n0-n1/9/1", downstreamPair: "n1-n2/9/1" };
    const given: LedgerEvent[] = [
      { ...told, event: { $case: "pairFidelity", pairFidelity } },
      { ...swapped, event: { $case: "pairsSwapped", pairsSwapped } },
      delivered,
    ];
    expect(kindsOf(...given)).toEqual(["halfDelivered", "pairFidelity", "pairsSwapped"]);
  });

  test("of a writer whose clock went back stand where its numbers put them", () => {
    const first = { ...at("halfStored"), sequence: 1 };
    const second = { ...at("halfDelivered"), writer: first.writer, sequence: 2, at: 4000 };
    expect(kindsOf(second, first)).toEqual(["halfStored", "halfDelivered"]);
  });
});
