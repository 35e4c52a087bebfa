import type { Instant } from "@bellmesh/wire";
import { LinkLayerServiceDefinition } from "@bellmesh/wire/link-layer";
import { type OperateRequest, type OperateResponse, QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import { expect, test } from "vitest";
import { close, openServerStream, openStream, send, setTimer } from "../effects.ts";
import type { Address, Effect, Input, Stream } from "../host.ts";
import { methodsOf } from "../method.ts";
import { Code, failure, OK } from "../status.ts";
import { scripted, transcript, worldForTest } from "./scripted-service.ts";
import type { WorldOptions } from "./world.ts";

const { operate } = methodsOf(QuantumStateServiceDefinition);
const { events } = methodsOf(LinkLayerServiceDefinition);
const one = 1 as Stream<OperateRequest>;

type Step = (now: Instant, input: Input) => readonly Effect[];

function item(operationId: number): OperateRequest {
  return { operationId, at: 0, operation: undefined };
}

function answer(operationId: number): OperateResponse {
  return { operationId, outcome: undefined };
}

function open(to: Address = "server/bob"): Effect {
  return openStream(one, to, operate);
}

function pair(clientStep: Step, serverStep: Step, options: Partial<WorldOptions> = {}) {
  const client = scripted("client", { step: clientStep });
  const server = scripted("server", { step: serverStep });
  const world = worldForTest(options);
  world.add(client.service, { place: "alice", config: {} });
  world.add(server.service, { place: "bob", config: {} });
  world.start();
  return { world, client, server };
}

function atStart(...effects: Effect[]): Step {
  return (_, input) => (input.kind === "started" ? effects : []);
}

const idle: Step = () => [];

test("items cross both ways in order, each after the light time; our streams are odd, those we serve even", () => {
  const { world, client, server } = pair(atStart(open(), send(one, item(1)), send(one, item(2))), (_, input) =>
    input.kind === "stream-item"
      ? [send(input.stream as Stream<OperateResponse>, answer((input.item as OperateRequest).operationId * 10))]
      : [],
  );
  world.run();
  expect(transcript(server)).toEqual([
    "0 started 1",
    "100 stream-opened 2 from client/alice",
    '100 stream-item 2 {"operationId":1}',
    '100 stream-item 2 {"operationId":2}',
  ]);
  expect(transcript(client).slice(1)).toEqual([
    '200 stream-item 1 {"operationId":10}',
    '200 stream-item 1 {"operationId":20}',
  ]);
});

test("a client that closes half-closes: the server hears it behind the items and may go on", () => {
  const { world, client, server } = pair(atStart(open(), send(one, item(1)), close(one)), (_, input) =>
    input.kind === "stream-ended"
      ? [send(input.stream as Stream<OperateResponse>, answer(5)), close(input.stream, failure(Code.ABORTED, "enough"))]
      : [],
  );
  world.run();
  expect(transcript(server).slice(2)).toEqual(['100 stream-item 2 {"operationId":1}', "100 stream-ended 2 0"]);
  expect(transcript(client).slice(1)).toEqual([
    '200 stream-item 1 {"operationId":5}',
    `200 stream-ended 1 ${Code.ABORTED}`,
  ]);
});

test("a server that closes ends the stream behind its items; what the client still sends is dropped", () => {
  const { world, client, server } = pair(
    (now, input) => {
      if (input.kind === "started") return [open(), setTimer("send", 150 as Instant)];
      return input.kind === "timer" && now === 150 ? [send(one, item(1))] : [];
    },
    (_, input) =>
      input.kind === "stream-opened"
        ? [send(input.stream as Stream<OperateResponse>, answer(1)), close(input.stream, OK)]
        : [],
  );
  world.run();
  expect(transcript(client).slice(1)).toEqual([
    "150 timer send due 150",
    '200 stream-item 1 {"operationId":1}',
    "200 stream-ended 1 0",
  ]);
  expect(transcript(server)).toEqual(["0 started 1", "100 stream-opened 2 from client/alice"]);
});

test("a stream with one request brings it along; closing it at the client cancels it", () => {
  const stream = 3 as Stream<never>;
  const request = { afterSequence: 4 };
  const { world, server } = pair((_, input) => {
    if (input.kind === "started") {
      return [openServerStream(stream, "server/bob", events, request), setTimer("close", 50 as Instant)];
    }
    return input.kind === "timer" ? [close(stream)] : [];
  }, idle);
  world.run();
  expect(transcript(server).slice(1)).toEqual([
    '100 stream-opened 2 from client/alice {"afterSequence":4}',
    `150 stream-ended 2 ${Code.CANCELLED}`,
  ]);
});

test("a client that closes with a status cancels", () => {
  const { world, server } = pair(atStart(open(), close(one, failure(Code.ABORTED, "changed my mind"))), idle);
  world.run();
  expect(transcript(server).at(-1)).toBe(`100 stream-ended 2 ${Code.CANCELLED}`);
});

test("a stream to nobody, or to a process that is down, ends with UNAVAILABLE after the latency", () => {
  for (const to of ["nobody/bob", "server/bob"] as const) {
    const { world, client } = pair(atStart(open(to), send(one, item(1))), idle);
    world.crash("server/bob");
    world.run();
    expect(transcript(client)).toEqual(["0 started 1", `200 stream-ended 1 ${Code.UNAVAILABLE}`]);
  }
});

test("when a process goes down its peers' streams end: UNAVAILABLE at a client, CANCELLED at a server", () => {
  const toServer = pair(atStart(open()), idle);
  toServer.world.run();
  toServer.world.crash("bob");
  toServer.world.run();
  expect(transcript(toServer.client).at(-1)).toBe(`200 stream-ended 1 ${Code.UNAVAILABLE}`);

  const toClient = pair(atStart(open()), idle);
  toClient.world.run();
  toClient.world.crash("alice");
  toClient.world.run();
  expect(transcript(toClient.server).at(-1)).toBe(`200 stream-ended 2 ${Code.CANCELLED}`);
});

test("an item on its way to a process that goes down is lost, also when it starts again at once", () => {
  const { world, server } = pair((_, input) => {
    if (input.kind === "started") return [open(), setTimer("send", 300 as Instant)];
    return input.kind === "timer" ? [send(one, item(1))] : [];
  }, idle);
  world.run({ untilNs: 350 });
  world.crash("server/bob");
  world.restart("server/bob");
  world.run();
  expect(transcript(server).filter((line) => line.includes("item"))).toEqual([]);
});

test("the sender hears of room when a buffer that was half full is less than half full again", () => {
  const limits = { streamItemsMax: 4 };
  const step = atStart(open(), send(one, item(1)), send(one, item(2)), send(one, item(3)));
  const { world, client } = pair(step, idle, { limits });
  world.run();
  expect(transcript(client).slice(1)).toEqual(["200 writable 1"]);

  const little = pair(atStart(open(), send(one, item(1))), idle, { limits });
  little.world.run();
  expect(transcript(little.client)).toEqual(["0 started 1"]);
});

test("an item too many ends the stream with RESOURCE_EXHAUSTED on both sides", () => {
  const limits = { streamItemsMax: 4 };
  const sends = [1, 2, 3, 4, 5, 6].map((number) => send(one, item(number)));
  const { world, client, server } = pair(atStart(open(), ...sends), idle, { limits });
  world.run();
  expect(transcript(client).slice(1)).toEqual([`0 stream-ended 1 ${Code.RESOURCE_EXHAUSTED}`]);
  expect(transcript(server).slice(2)).toEqual([
    '100 stream-item 2 {"operationId":1}',
    '100 stream-item 2 {"operationId":2}',
    '100 stream-item 2 {"operationId":3}',
    '100 stream-item 2 {"operationId":4}',
    `100 stream-ended 2 ${Code.RESOURCE_EXHAUSTED}`,
  ]);
});

test("an item that cannot be decoded ends the stream with INTERNAL on both sides", () => {
  const broken = { ...operate.requestType, decode: () => operate.requestType.decode(Uint8Array.of(8)) };
  const step = atStart(openStream(one, "server/bob", { ...operate, requestType: broken }), send(one, item(1)));
  const { world, client, server } = pair(step, idle);
  world.run();
  expect(transcript(server).at(-1)).toBe(`100 stream-ended 2 ${Code.INTERNAL}`);
  expect(transcript(client).at(-1)).toBe(`200 stream-ended 1 ${Code.INTERNAL}`);
});

test("misuse is a bug of the service: even numbers, numbers in use, sending on what has ended", () => {
  const even = 2 as Stream<OperateRequest>;
  const run = (...effects: Effect[]) => pair(atStart(...effects), idle).world.run();
  expect(() => run(openStream(even, "server/bob", operate))).toThrow(/odd/);
  expect(() => run(open(), open())).toThrow(/which is open/);
  expect(() => run(send(one, item(1)))).toThrow(/never open/);
  expect(() => run(open(), close(one), send(one, item(1)))).toThrow(/has ended/);
});

test("closing what has ended already is nothing", () => {
  const { world, client } = pair(
    (_, input) => {
      if (input.kind === "started") return [open()];
      return input.kind === "stream-ended" ? [close(one)] : [];
    },
    (_, input) => (input.kind === "stream-opened" ? [close(input.stream), close(input.stream)] : []),
  );
  world.run();
  expect(transcript(client).at(-1)).toBe("200 stream-ended 1 0");
});
