import type { Instant } from "@bellmesh/wire";
import { ClockSyncServiceDefinition, type ExchangeResponse } from "@bellmesh/wire/clock-sync";
import { expect, test } from "vitest";
import { call, cancelCall, fail, respond, setTimer } from "../effects.ts";
import type { Address, Call, Effect, Input } from "../host.ts";
import { type Method, methodsOf } from "../method.ts";
import { Code, failure } from "../status.ts";
import { scripted, transcript, worldForTest } from "./scripted-service.ts";

const { exchange } = methodsOf(ClockSyncServiceDefinition);
const request = { sequence: 7, sent: undefined };
const response: ExchangeResponse = { sequence: 8, received: undefined, sent: undefined };

function ask(id: number, deadline: number, to: Address = "server/bob"): Effect {
  return call(id as Call<ExchangeResponse>, to, exchange, request, deadline as Instant);
}

function answerAll(_now: Instant, input: Input): readonly Effect[] {
  return input.kind === "call" ? [respond(input.call as Call<ExchangeResponse>, response)] : [];
}

/** A client that makes one call at the start, and a server; both heard. */
function pair(step: (now: Instant, input: Input) => readonly Effect[], atStart: readonly Effect[]) {
  const client = scripted("client", { step: (_, input) => (input.kind === "started" ? atStart : []) });
  const server = scripted("server", { step });
  const world = worldForTest();
  world.add(client.service, { place: "alice", config: {} });
  world.add(server.service, { place: "bob", config: {} });
  world.start();
  return { world, client, server };
}

test("a call and its answer each take the light time", () => {
  const { world, client, server } = pair(answerAll, [ask(1, 10_000)]);
  expect(world.run().reason).toBe("quiescent");
  expect(transcript(server)).toEqual(["0 started 1", '100 call 1 from client/alice until 10000 {"sequence":7}']);
  expect(transcript(client)).toEqual(["0 started 1", '200 reply 1 {"sequence":8}']);
});

test("a refusal reaches the caller with its status", () => {
  const refusal = failure(Code.FAILED_PRECONDITION, "not now", "EGP_NORES", { node: "bob" });
  const { world, client } = pair(
    (_, input) => (input.kind === "call" ? [fail(input.call, refusal)] : []),
    [ask(1, 10_000)],
  );
  world.run();
  expect(client.heard.at(-1)?.input).toMatchObject({ kind: "call-failed", status: refusal });
});

test("at the deadline both sides hear, and a later answer is not wrong", () => {
  const step = (_: Instant, input: Input): readonly Effect[] => {
    if (input.kind === "call") return [setTimer("answer", 900 as Instant)];
    return input.kind === "timer" ? [respond(1 as Call<ExchangeResponse>, response)] : [];
  };
  const { world, client, server } = pair(step, [ask(1, 500)]);
  world.run();
  expect(transcript(client)).toEqual(["0 started 1", `500 call-failed 1 ${Code.DEADLINE_EXCEEDED}`]);
  expect(transcript(server).slice(2)).toEqual(["500 cancelled 1", "900 timer answer due 900"]);
});

test("a request that comes after its deadline is not delivered", () => {
  const { world, client, server } = pair(answerAll, [ask(1, 50)]);
  world.run();
  expect(transcript(client)).toEqual(["0 started 1", `50 call-failed 1 ${Code.DEADLINE_EXCEEDED}`]);
  expect(transcript(server)).toEqual(["0 started 1"]);
});

test("a deadline that has passed fails at once", () => {
  const { world, client, server } = pair(answerAll, [ask(1, 0)]);
  world.run();
  expect(transcript(client)).toEqual(["0 started 1", `0 call-failed 1 ${Code.DEADLINE_EXCEEDED}`]);
  expect(transcript(server)).toEqual(["0 started 1"]);
});

test("an answered call leaves no deadline behind", () => {
  const { world } = pair(answerAll, [ask(1, 1_000_000)]);
  expect(world.run()).toMatchObject({ reason: "quiescent", virtualNs: 200 });
});

test("a cancelled call is cancelled at the server, and the caller hears no more of it", () => {
  const { world, client, server } = pair(() => [], [ask(1, 10_000), cancelCall(1 as Call)]);
  world.run();
  expect(transcript(server)).toEqual([
    "0 started 1",
    '100 call 1 from client/alice until 10000 {"sequence":7}',
    "100 cancelled 1",
  ]);
  expect(transcript(client)).toEqual(["0 started 1"]);
});

test("an unknown address and a process that is down are UNAVAILABLE, after the latency", () => {
  const { world, client } = pair(answerAll, [
    ask(1, 10_000, "nobody/bob"),
    ask(2, 10_000),
    ask(3, 10_000, "x/nowhere"),
  ]);
  world.crash("server/bob");
  world.run();
  expect(transcript(client)).toEqual([
    "0 started 1",
    `0 call-failed 3 ${Code.UNAVAILABLE}`,
    `200 call-failed 1 ${Code.UNAVAILABLE}`,
    `200 call-failed 2 ${Code.UNAVAILABLE}`,
  ]);
});

test("a server that goes down fails the calls it has, and those on their way to it", () => {
  const { world, client } = pair(() => [], [ask(1, 10_000)]);
  world.run({ untilNs: 150 });
  world.crash("bob");
  world.run();
  expect(transcript(client).slice(1)).toEqual([`250 call-failed 1 ${Code.UNAVAILABLE}`]);

  const second = pair(answerAll, [ask(1, 10_000)]);
  second.world.run({ untilNs: 50 });
  second.world.crash("server/bob");
  second.world.restart("server/bob");
  second.world.run();
  expect(transcript(second.client).slice(1)).toEqual([`200 call-failed 1 ${Code.UNAVAILABLE}`]);
  expect(transcript(second.server)).toEqual(["0 started 1", "50 started 2"]);
});

test("a client that goes down cancels its calls, and gets no answer of its former life", () => {
  const { world, client, server } = pair(() => [], [ask(1, 10_000)]);
  world.run({ untilNs: 150 });
  world.crash("client/alice");
  world.restart("client/alice");
  world.run({ untilNs: 5000 });
  expect(transcript(server).slice(2, 3)).toEqual(["250 cancelled 1"]);
  expect(transcript(client).filter((line) => line.includes("call-failed"))).toEqual([]);
});

test("answering twice, or answering what was never asked, is a bug of the service", () => {
  const twice = (_: Instant, input: Input): readonly Effect[] =>
    input.kind === "call" ? [...answerAll(_, input), ...answerAll(_, input)] : [];
  expect(() => pair(twice, [ask(1, 10_000)]).world.run()).toThrow(/server\/bob answers call 1.*\n.*at 100 ns/);
  const unasked = () => [respond(99 as Call<ExchangeResponse>, response)];
  expect(() => pair(unasked, []).world.run()).toThrow(/answers call 99/);
});

test("a request or an answer that cannot be decoded ends the call with INTERNAL", () => {
  const broken = { ...exchange.requestType, decode: () => exchange.requestType.decode(Uint8Array.of(8)) };
  const brokenRequest: typeof exchange = { ...exchange, requestType: broken };
  const brokenResponse = {
    ...exchange,
    responseType: { ...exchange.responseType, decode: () => exchange.responseType.decode(Uint8Array.of(8)) },
  };
  for (const method of [brokenRequest, brokenResponse] as Method<typeof request, ExchangeResponse>[]) {
    const effect = call(1 as Call<ExchangeResponse>, "server/bob", method, request, 10_000 as Instant);
    const { world, client } = pair(answerAll, [effect]);
    world.run();
    expect(transcript(client)).toEqual(["0 started 1", `200 call-failed 1 ${Code.INTERNAL}`]);
  }
});

test("what arrives is a copy: the sender's object is not shared", () => {
  const mine = { sequence: 7, sent: { instant: 5, picoseconds: 6 } };
  const { world, server } = pair(answerAll, [
    call(1 as Call<ExchangeResponse>, "server/bob", exchange, mine, 10_000 as Instant),
  ]);
  world.run();
  const got = server.heard[1]?.input;
  expect(got).toMatchObject({ kind: "call", request: mine });
  if (got?.kind === "call") expect(got.request).not.toBe(mine);
});

test("a stamped service gets hardware readings, others none", () => {
  const clock = {
    local: (trueNs: Instant) => (trueNs + 5) as Instant,
    trueAt: (local: Instant) => (local - 5) as Instant,
    hardware: (trueNs: Instant) => ({ instant: trueNs + 1000, picoseconds: 250 }),
    correct: () => undefined,
    drift: () => undefined,
  };
  const world = worldForTest({ clockOf: () => clock });
  const client = scripted("client", {
    timeBase: "node",
    stamped: true,
    step: (_, input) => (input.kind === "started" ? [ask(1, 9_000), setTimer("t", 300 as Instant)] : []),
  });
  const server = scripted("server", { timeBase: "node", step: answerAll });
  world.add(client.service, { place: "alice", config: {} });
  world.add(server.service, { place: "bob", config: {} });
  world.start();
  world.run();
  expect(transcript(client).slice(1)).toEqual([
    '205 reply 1 at 1200+250ps {"sequence":8}',
    "300 timer t due 300 at 1295+250ps",
  ]);
  expect(transcript(server)[1]).toBe('105 call 1 from client/alice until 9000 {"sequence":7}');
});
