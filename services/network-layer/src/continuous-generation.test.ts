import { type Call, Code, type Effect, StreamNumbers } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import { expect, test } from "vitest";
import { ContinuousGeneration } from "./continuous-generation.ts";
import { LinkLayerConnection } from "./link-layer-connection.ts";
import { linkLayerMethods } from "./methods.ts";

const now = 0 as Instant;

function bench() {
  const effects: Effect[] = [];
  const told: string[] = [];
  const linkLayer = new LinkLayerConnection("n0", new StreamNumbers(), () => told.push("heard nothing"));
  linkLayer.start(effects);
  const listening = effects.pop();
  const generation = new ContinuousGeneration(linkLayer, "n0-n1", 2, { minFidelity: undefined });
  const asked = () =>
    effects.splice(0).map((one) => {
      if (one.kind !== "call") throw new Error(`${one.kind} is no call`);
      return { call: one.call, what: one.method === linkLayerMethods.create ? "create" : "cancel" };
    });
  return { effects, told, linkLayer, listening, generation, asked };
}

test("A circuit keeps one CREATE, however often it is wanted", () => {
  const { effects, generation, asked } = bench();
  for (let time = 0; time < 3; time += 1) generation.want(now, effects, true);
  const [create, ...more] = asked();
  expect([create?.what, more]).toEqual(["create", []]);
  expect(generation.created(now, effects, create?.call as Call, 7)).toBe(true);
  generation.want(now, effects, true);
  expect(asked()).toEqual([]);
});

test("A stop that overtakes the answer to the CREATE cancels it when that comes; what is wanted last wins", () => {
  const { effects, generation, asked } = bench();
  generation.want(now, effects, true);
  const [create] = asked();
  generation.want(now, effects, false);
  expect(asked()).toEqual([]);
  generation.created(now, effects, create?.call as Call, 7);
  expect(effects).toMatchObject([{ request: { createId: 7 } }]);
  expect(asked().map(({ what }) => what)).toEqual(["cancel"]);
  generation.want(now, effects, true);
  expect(asked().map(({ what }) => what)).toEqual(["create"]);
});

test("A CREATE that goes on after its cancellation is a leftover; one wanted, or not answered yet, is none", () => {
  const { effects, generation, asked } = bench();
  generation.want(now, effects, true);
  const [create] = asked();
  expect(generation.isLeftover(7)).toBe(false);
  generation.created(now, effects, create?.call as Call, 7);
  expect([generation.isLeftover(7), generation.isLeftover(6)]).toEqual([false, true]);
  generation.want(now, effects, false);
  expect(generation.isLeftover(7)).toBe(true);
});

test("Answers to the calls of others are left alone", () => {
  const { effects, generation, asked } = bench();
  generation.want(now, effects, true);
  const [create] = asked();
  expect(generation.created(now, effects, 99 as Call, 1)).toBe(false);
  expect(generation.failed(99 as Call)).toBe(false);
  expect(generation.failed(create?.call as Call)).toBe(true);
  expect(generation.ended(1)).toBe(false);
});

test("Whoever asks for pairs listens to what becomes of them, at once if the stream of events has ended", () => {
  const { effects, told, linkLayer, listening, generation } = bench();
  if (listening?.kind !== "open-stream") throw new Error("it does not listen");
  linkLayer.ended(now, effects, listening.stream, { code: Code.UNAVAILABLE, message: "" });
  effects.length = 0;
  generation.want(now, effects, true);
  expect(effects.map(({ kind }) => kind)).toEqual(["open-stream", "call"]);
  // What it told meanwhile may be lost: nothing of that is kept in the memory.
  expect(told).toEqual(["heard nothing"]);
  linkLayer.listen(effects);
  expect(effects).toHaveLength(2);
  expect(told).toHaveLength(1);
});
