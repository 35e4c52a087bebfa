import type { Call, Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import { expect, test } from "vitest";
import { CallNumbers, ContinuousGeneration } from "./continuous-generation.ts";
import { linkLayerMethods } from "./methods.ts";

const now = 0 as Instant;

function bench() {
  const effects: Effect[] = [];
  const generation = new ContinuousGeneration("link-layer/n0", "n0-n1", 2, undefined, new CallNumbers());
  const asked = () =>
    effects.splice(0).map((one) => {
      if (one.kind !== "call") throw new Error(`${one.kind} is no call`);
      return { call: one.call, what: one.method === linkLayerMethods.create ? "create" : "cancel" };
    });
  return { effects, generation, asked };
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

test("Answers to the calls of others are left alone", () => {
  const { effects, generation, asked } = bench();
  generation.want(now, effects, true);
  const [create] = asked();
  expect(generation.created(now, effects, 99 as Call, 1)).toBe(false);
  expect(generation.failed(99 as Call)).toBe(false);
  expect(generation.failed(create?.call as Call)).toBe(true);
  expect(generation.ended(1)).toBe(false);
});
