import type { Instant } from "@bellmesh/wire";
import { ClockSyncServiceDefinition, type ExchangeResponse } from "@bellmesh/wire/clock-sync";
import { Acknowledgement } from "@bellmesh/wire/feedforward";
import { type OperateRequest, QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import { expect, test } from "vitest";
import { call, openStream, publish, respond, send, setTimer } from "../effects.ts";
import type { FaultEntry } from "../faults/fault-kinds.ts";
import type { Call, Effect, Input, Stream } from "../host.ts";
import { methodsOf } from "../method.ts";
import { Code } from "../status.ts";
import { scripted, transcript, worldForTest } from "./scripted-service.ts";

const { exchange } = methodsOf(ClockSyncServiceDefinition);
const { operate } = methodsOf(QuantumStateServiceDefinition);
const one = 1 as Stream<OperateRequest>;
const SECOND_NS = 1_000_000_000;

type Step = (now: Instant, input: Input) => readonly Effect[];

/** Alice does as told, Bob answers calls and hears subject `s`. */
function world(step: Step, ...faults: FaultEntry[]) {
  const alice = scripted("client", { step });
  const bob = scripted("server", {
    subscriptions: [{ subject: "s", type: Acknowledgement }],
    step: (_, input) =>
      input.kind === "call"
        ? [respond(input.call as Call<ExchangeResponse>, { sequence: 1, received: undefined, sent: undefined })]
        : [],
  });
  const both = worldForTest({ faults });
  both.add(alice.service, { place: "alice", config: {} });
  both.add(bob.service, { place: "bob", config: {} });
  both.start();
  return { world: both, alice, bob };
}

function numbered(sequence: number): Effect {
  return publish("s", Acknowledgement, { incarnation: 0, sequences: [sequence], kind: "" });
}

function ask(id: number, deadline: number): Effect {
  const request = { sequence: id, sent: undefined };
  return call(id as Call<ExchangeResponse>, "server/bob", exchange, request, deadline as Instant);
}

function operation(operationId: number): Effect {
  return send(one, { operationId, at: 0, operation: undefined });
}

function atStart(...effects: Effect[]): Step {
  return (_, input) => (input.kind === "started" ? effects : []);
}

function partition(atNs: number, forNs: number, oneWay = false): FaultEntry {
  return { kind: "partition", atNs, forNs, target: { a: ["alice"], b: ["bob"] }, args: { oneWay } };
}

test("bus messages are lost, doubled and overtake one another; RPC is not touched by that", () => {
  const all = { atNs: 0, forNs: SECOND_NS, target: {} };
  const messages = Array.from({ length: 200 }, (_, index) => numbered(index + 1));
  const requests = Array.from({ length: 50 }, (_, index) => operation(index + 1));
  const { world: under, bob } = world(
    atStart(...messages, openStream(one, "server/bob", operate), ...requests),
    { kind: "loss", ...all, args: { probability: 0.2 } },
    { kind: "duplication", ...all, args: { probability: 0.2, delayNs: 40 } },
    { kind: "reorder", ...all, args: { probability: 0.2, maxDelayNs: 500 } },
  );
  under.run();
  const heard = bob.heard.flatMap(({ input }) =>
    input.kind === "message" ? (input.message as Acknowledgement).sequences : [],
  );
  expect(new Set(heard).size).toBeLessThan(200);
  expect(heard.length).toBeGreaterThan(new Set(heard).size);
  expect(heard).not.toEqual([...heard].sort((a, b) => a - b));
  const items = bob.heard.flatMap(({ input }) =>
    input.kind === "stream-item" ? [(input.item as OperateRequest).operationId] : [],
  );
  expect(items).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});

test("a delay with jitter never reorders a stream", () => {
  const step: Step = (now, input) => {
    if (input.kind === "started") return [openStream(one, "server/bob", operate), setTimer("t", 10 as Instant)];
    return now < 2000 ? [operation(now), setTimer("t", (now + 10) as Instant)] : [];
  };
  const delay: FaultEntry = { kind: "delay", atNs: 0, forNs: 1500, target: {}, args: { ns: 50, jitterNs: 1000 } };
  const { world: under, bob } = world(step, delay);
  under.run();
  const items = bob.heard.flatMap(({ input }) =>
    input.kind === "stream-item" ? [(input.item as OperateRequest).operationId] : [],
  );
  expect(items).toEqual(Array.from({ length: 199 }, (_, index) => (index + 1) * 10));
});

test("a partition loses messages that are sent or would arrive while it lasts", () => {
  const step: Step = (now, input) =>
    input.kind === "started" || input.kind === "timer"
      ? [numbered(now), setTimer("t", (now + 100) as Instant)].slice(0, now < 1000 ? 2 : 1)
      : [];
  const { world: under, bob } = world(step, partition(350, 200));
  under.run();
  const sent = bob.heard.flatMap(({ input }) =>
    input.kind === "message" ? (input.message as Acknowledgement).sequences : [],
  );
  expect(sent).toEqual([0, 100, 200, 600, 700, 800, 900, 1000]);
});

test("under a partition a call hangs till its deadline; one with patience is answered after it", () => {
  const { world: under, alice, bob } = world(atStart(ask(1, 500), ask(2, 5000)), partition(0, 1000));
  under.run();
  expect(transcript(alice).slice(1)).toEqual([
    `500 call-failed 1 ${Code.DEADLINE_EXCEEDED}`,
    '1200 reply 2 {"sequence":1}',
  ]);
  expect(transcript(bob)).toEqual(["0 started 1", '1100 call 1 from client/alice until 5000 {"sequence":2}']);
});

test("a one-way partition of the way back holds the answer", () => {
  const back: FaultEntry = {
    kind: "partition",
    atNs: 0,
    forNs: 1000,
    target: { a: ["bob"], b: ["alice"] },
    args: { oneWay: true },
  };
  const { world: under, alice, bob } = world(atStart(ask(1, 5000)), back);
  under.run();
  expect(transcript(bob)[1]).toBe('100 call 1 from client/alice until 5000 {"sequence":1}');
  expect(transcript(alice)[1]).toBe('1100 reply 1 {"sequence":1}');
});

test("a short partition stalls a stream and loses nothing of it, whatever was on its way", () => {
  const step: Step = (now, input) => {
    if (input.kind === "started") return [openStream(one, "server/bob", operate), setTimer("t", 40 as Instant)];
    return input.kind === "timer" && now < 2000 ? [operation(now), setTimer("t", (now + 40) as Instant)] : [];
  };
  const { world: under, bob } = world(step, partition(500, 300), partition(1000, 70), partition(1060, 200));
  under.run();
  const items = bob.heard.flatMap(({ now, input }) =>
    input.kind === "stream-item" ? [[(input.item as OperateRequest).operationId, now] as const] : [],
  );
  expect(items.map(([number]) => number)).toEqual(Array.from({ length: 49 }, (_, index) => (index + 1) * 40));
  for (const [, now] of items) {
    expect(now >= 500 && now < 800).toBe(false);
    expect(now >= 1000 && now < 1260).toBe(false);
  }
});

test("a partition longer than the keepalive ends a stream with UNAVAILABLE on both sides", () => {
  const {
    world: under,
    alice,
    bob,
  } = world(atStart(openStream(one, "server/bob", operate)), partition(1000, 10 * SECOND_NS, true));
  under.run();
  expect(transcript(alice).at(-1)).toBe(`${5 * SECOND_NS + 1000} stream-ended 1 ${Code.UNAVAILABLE}`);
  expect(transcript(bob).at(-1)).toBe(`${5 * SECOND_NS + 1000} stream-ended 2 ${Code.UNAVAILABLE}`);
});

test("a stream opened under a long partition ends with UNAVAILABLE, and never comes to the server", () => {
  const {
    world: under,
    alice,
    bob,
  } = world(
    (_, input) => {
      if (input.kind === "started") return [setTimer("open", SECOND_NS as Instant)];
      return input.kind === "timer" ? [openStream(one, "server/bob", operate), operation(1)] : [];
    },
    partition(0, 20 * SECOND_NS),
  );
  under.run();
  expect(transcript(alice).at(-1)).toMatch(new RegExp(`^[56]000000000 stream-ended 1 ${Code.UNAVAILABLE}$`));
  expect(transcript(bob)).toEqual(["0 started 1"]);
});

test("processes crash and come back on schedule", () => {
  const { world: under, bob } = world(
    () => [],
    { kind: "crash", atNs: 100, forNs: 50, target: { process: "bob" }, args: {} },
    { kind: "crash", atNs: 200, forNs: 0, target: { process: "server/bob" }, args: {} },
    { kind: "restart", atNs: 400, forNs: 0, target: { process: "bob" }, args: {} },
  );
  under.run();
  expect(transcript(bob)).toEqual(["0 started 1", "150 started 2", "400 started 3"]);
});

test("a bus outage is told to the place, and nothing comes or goes while it lasts", () => {
  const step: Step = (now, input) =>
    input.kind === "started" || input.kind === "timer"
      ? [numbered(now), setTimer("t", (now + 100) as Instant)].slice(0, now < 1000 ? 2 : 1)
      : [];
  const outage = (place: string, atNs: number): FaultEntry => ({
    kind: "bus-outage",
    atNs,
    forNs: 200,
    target: { place },
    args: {},
  });
  const { world: under, alice, bob } = world(step, outage("bob", 350), outage("alice", 650), outage("*", 700));
  under.run();
  expect(transcript(bob).filter((line) => line.includes("bus"))).toEqual([
    "350 bus-down",
    "550 bus-up",
    "700 bus-down",
    "900 bus-up",
  ]);
  expect(transcript(alice).filter((line) => line.includes("bus"))).toEqual(["650 bus-down", "900 bus-up"]);
  const got = bob.heard.flatMap(({ input }) =>
    input.kind === "message" ? (input.message as Acknowledgement).sequences : [],
  );
  expect(got.filter((sequence) => [300, 400, 600, 700, 800].includes(sequence))).toEqual([]);
  expect(got).toContain(200);
  expect(got).toContain(1000);
});

test("a fault may be added while the world runs", () => {
  const { world: under, alice } = world((now, input) =>
    input.kind === "started" || input.kind === "timer" ? [ask(now + 1, now + 1000)] : [],
  );
  under.run();
  under.inject({ kind: "delay", atNs: 0, forNs: SECOND_NS, target: { from: "bob" }, args: { ns: 300, jitterNs: 0 } });
  under.crash("alice");
  under.restart("alice");
  under.run();
  expect(transcript(alice).at(-1)).toBe('700 reply 201 {"sequence":1}');
});
