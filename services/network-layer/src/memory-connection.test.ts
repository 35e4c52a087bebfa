import { type Effect, type Stream, StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import { type Deliver, EndReason, type HalvesRequest } from "@bellmesh/wire/node-controller";
import { expect, test } from "vitest";
import { MemoryConnection } from "./memory-connection.ts";

const now = 5 as Instant;

function deliver(pair: string): NonNullable<HalvesRequest["message"]> {
  const worth = { bellIndex: undefined, claimedFidelity: 0.9, feedforwardNs: 1, feedforwardMissed: false };
  const order: Deliver = {
    requestId: "n0/1/1",
    pairSequence: 1,
    peer: "n2",
    pair,
    headEnd: true,
    finalState: undefined,
    hold: false,
    orderedAt: 5,
    farName: "",
    ...worth,
  };
  return { $case: "deliver", deliver: order };
}

/** Pairs whose delivery was ordered. */
function ordered(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    const message = effect.kind === "send" ? (effect.item as HalvesRequest).message : undefined;
    return message?.$case === "deliver" ? [message.deliver.pair] : [];
  });
}

test("the latest deliveries are ordered again when the memory answers on a later stream, and what found none", () => {
  const connection = new MemoryConnection("n0", new StreamNumbers());
  connection.open([]);
  for (let sequence = 1; sequence <= 100; sequence += 1) connection.send([], deliver(`p/1/${sequence}`));
  expect(connection.ended(now, [], 1 as Stream)).toBe(true);
  connection.send([], deliver("p/1/101"));
  for (const stream of [3, 5]) {
    const effects: Effect[] = [];
    connection.open(effects);
    // While the memory has not answered it may not be there, and all would be told in vain.
    expect(ordered(effects)).toEqual([]);
    connection.attached(9 as Instant, effects);
    const oldest = stream === 3 ? 37 : 38;
    expect(ordered(effects)).toEqual(Array.from({ length: 102 - oldest }, (_, place) => `p/1/${oldest + place}`));
    // A memory that has restarted since the order was made takes none that may have been carried out before.
    expect(effects.at(-1)).toMatchObject({ item: { message: { deliver: { pair: "p/1/101", orderedAt: 9 } } } });
    connection.ended(now, [], stream as Stream);
  }
});

test("the end of a request that finds no stream is told on the next; of this node, on every later one", () => {
  const connection = new MemoryConnection("n0", new StreamNumbers());
  const end = (requestId: string) => {
    const endRequest = { requestId, reason: EndReason.TIMEOUT, delivered: 0, message: "" };
    connection.send([], { $case: "endRequest", endRequest });
  };
  const opened = () => {
    const effects: Effect[] = [];
    connection.open(effects);
    connection.attached(now, effects);
    return effects.flatMap((effect) => {
      const message = effect.kind === "send" ? (effect.item as HalvesRequest).message : undefined;
      return message?.$case === "endRequest" ? [message.endRequest.requestId] : [];
    });
  };
  connection.open([]);
  for (const requestId of ["n0/1/1", "n2/1/1"]) end(requestId);
  connection.ended(now, [], 1 as Stream);
  for (const requestId of ["n0/1/2", "n2/1/2"]) end(requestId);
  expect(opened()).toEqual(["n0/1/1", "n0/1/2", "n2/1/2"]);
  connection.ended(now, [], 3 as Stream);
  expect(opened()).toEqual(["n0/1/1", "n0/1/2"]);
});

test("what the memory was asked to settle it is asked again on a later stream, until it has", () => {
  const connection = new MemoryConnection("n0", new StreamNumbers());
  connection.start([], 4);
  const attach = { $case: "attach", attach: { incarnation: 4 } };
  const settle = { requestId: "n0/1/1", pairSequencesSum: 3 };
  connection.send([], { $case: "settle", settle });
  const askedOn = (stream: number) => {
    connection.ended(now, [], stream as Stream);
    const effects: Effect[] = [];
    connection.open(effects);
    connection.attached(now, effects);
    return effects.flatMap((effect) => (effect.kind === "send" ? [(effect.item as HalvesRequest).message] : []));
  };
  expect(askedOn(1)).toEqual([attach, { $case: "settle", settle }]);
  connection.settled({ requestId: "n0/1/1", pairSequencesSum: 2 });
  expect(askedOn(3)).toEqual([attach, { $case: "settle", settle }]);
  connection.settled(settle);
  expect(askedOn(5)).toEqual([attach]);
});
