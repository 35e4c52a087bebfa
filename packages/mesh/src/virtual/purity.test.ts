import crypto, { randomInt } from "node:crypto";
import { hrtime } from "node:process";
import { setTimeout as delay } from "node:timers";
import type { Instant } from "@bellmesh/wire";
import { expect, test } from "vitest";
import { scripted, worldForTest } from "./scripted-service.ts";

const impure: readonly [string, () => unknown][] = [
  ["Date.now", () => Date.now()],
  ["new Date()", () => new Date()],
  ["Date()", () => Date()],
  ["performance.now", () => performance.now()],
  ["Math.random", () => Math.random()],
  ["setTimeout", () => setTimeout(() => undefined, 0)],
  ["setInterval", () => setInterval(() => undefined, 1000)],
  ["setImmediate", () => setImmediate(() => undefined)],
  ["queueMicrotask", () => queueMicrotask(() => undefined)],
  ["crypto.getRandomValues", () => globalThis.crypto.getRandomValues(new Uint8Array(1))],
  ["crypto.randomUUID", () => globalThis.crypto.randomUUID()],
  ["crypto.randomBytes", () => crypto.randomBytes(1)],
  ["crypto.randomInt", () => randomInt(5)],
  ["setTimeout", () => delay(() => undefined, 0)],
  ["process.hrtime", () => process.hrtime()],
  ["process.hrtime.bigint", () => hrtime.bigint()],
];

for (const [name, touch] of impure) {
  test(`a step that touches ${name} (${touch}) is stopped, and the file and line are named`, () => {
    const world = worldForTest();
    const bad = scripted("bad", {
      step: () => {
        touch();
        return [];
      },
    });
    world.add(bad.service, { place: "alice", config: {} });
    world.start();
    const expected = name.replace(/[().]/g, "\\$&");
    expect(() => world.run()).toThrow(
      new RegExp(`^bad/alice used ${expected} in a step, at \\S*purity\\.test\\.ts:\\d+:\\d+: `),
    );
    expect(touch).not.toThrow();
  });
}

test("starting a service is held to the same", () => {
  const world = worldForTest();
  const machine = { step: () => [] };
  const bad = { ...scripted("bad").service, start: () => (Math.random() < 2 ? machine : machine) };
  world.add(bad, { place: "alice", config: {} });
  expect(() => world.start()).toThrow(/bad\/alice used Math.random/);
});

test("the host's own callbacks may read the clock while the world runs, and dates given are arithmetic", () => {
  const world = worldForTest({ onTelemetry: () => Date.now() });
  const good = scripted("good", {
    step: (_now: Instant, input) =>
      input.kind === "started"
        ? [{ kind: "health", serving: new Date(5).getTime() === 5, reason: new Date(5).toISOString() }]
        : [],
  });
  world.add(good.service, { place: "alice", config: {} });
  world.start();
  expect(world.run({ until: () => Date.now() < 0 }).reason).toBe("quiescent");
});

test("after a run everything is as it was, also when it ended in an error", () => {
  const before = [Date, Math.random, setTimeout, performance.now, process.hrtime, globalThis.crypto.randomUUID];
  const world = worldForTest();
  world.add(scripted("bad", { step: () => [{ kind: "unheard-of" } as never] }).service, { place: "alice", config: {} });
  world.start();
  expect(() => world.run()).toThrow(/no known kind/);
  expect([Date, Math.random, setTimeout, performance.now, process.hrtime, globalThis.crypto.randomUUID]).toEqual(
    before,
  );
  expect(Object.hasOwn(performance, "now")).toBe(false);
});
