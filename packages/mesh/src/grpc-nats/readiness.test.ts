import { Writable } from "node:stream";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { Health } from "./health.ts";
import { Readiness } from "./readiness.ts";

const LINKS = "bellmesh.link_layer.v1.LinkLayerService";
const CLOCKS = "bellmesh.clock_sync.v1.ClockSyncService";
const services = [LINKS, CLOCKS];

function bench() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: unknown, _encoding: string, done: () => void) => {
    lines.push(JSON.parse(String(line)));
    done();
  };
  const log = pino({ base: null, timestamp: false }, new Writable({ write, decodeStrings: false }));
  const readiness = new Readiness({ health: new Health(services), log, services });
  return { readiness, lines, ready: () => services.map((service) => readiness.ready(service)) };
}

describe("A service is ready", () => {
  test("when nothing is required of it", () => {
    expect(bench().ready()).toEqual([true, true]);
  });

  test("only once everything required of it was said to be met", () => {
    const { readiness, ready } = bench();
    readiness.require("*", "nats");
    readiness.require(LINKS, "clock");
    expect(ready()).toEqual([false, false]);
    readiness.say("*", "nats", true, "");
    expect(ready()).toEqual([false, true]);
    readiness.say(LINKS, "clock", true, "");
    expect(ready()).toEqual([true, true]);
    readiness.say("*", "nats", false, "nats is away");
    expect(ready()).toEqual([false, false]);
    expect(readiness.ready("*")).toBe(false);
  });

  test("no longer when a condition nobody required is said not to be met", () => {
    const { readiness, ready } = bench();
    readiness.say(CLOCKS, "machine", false, "no grandmaster");
    expect(ready()).toEqual([true, false]);
  });

  test("as it was, when what is required was said before", () => {
    const { readiness, ready } = bench();
    readiness.say("*", "nats", true, "");
    readiness.require("*", "nats");
    expect(ready()).toEqual([true, true]);
  });
});

test("The reason names everything amiss, and of the process what is amiss anywhere", () => {
  const { readiness } = bench();
  readiness.require("*", "nats");
  readiness.say(LINKS, "clock", false, "clock not locked");
  expect(readiness.reason(LINKS)).toBe("waiting for nats; clock not locked");
  expect(readiness.reason(CLOCKS)).toBe("waiting for nats");
  expect(readiness.reason("*")).toBe("waiting for nats; clock not locked");
  readiness.say("*", "nats", true, "");
  expect(readiness.reason(CLOCKS)).toBe("");
});

test("Every change is logged once, with the services it makes ready or not", () => {
  const { readiness, lines } = bench();
  readiness.require("*", "nats");
  readiness.say("*", "nats", true, "");
  readiness.say("*", "nats", true, "");
  readiness.say("*", "nats", false, "nats is away");
  readiness.say("*", "nats", false, "nats refuses us");
  expect(lines).toEqual([
    { level: 30, condition: "nats", ok: true, serving: services, msg: "serving" },
    expect.objectContaining({ level: 40, ok: false, notServing: services, msg: "not serving: nats is away" }),
    expect.objectContaining({ level: 40, ok: false, reason: "nats refuses us", msg: "nats: nats refuses us" }),
  ]);
});

test("A service that is not served here cannot be spoken of", () => {
  const { readiness } = bench();
  expect(() => readiness.say("bellmesh.nowhere.v1.Service", "clock", true, "")).toThrow("not among the services");
});
