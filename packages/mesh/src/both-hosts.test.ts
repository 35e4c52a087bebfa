import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, startNats } from "@bellmesh/broker";
import type { Instant } from "@bellmesh/wire";
import { subjects } from "@bellmesh/wire";
import { ClockSyncServiceDefinition, type ExchangeResponse } from "@bellmesh/wire/clock-sync";
import { Acknowledgement } from "@bellmesh/wire/feedforward";
import { LinkLayerServiceDefinition } from "@bellmesh/wire/link-layer";
import { type OperateRequest, type OperateResponse, QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  cancelCall,
  close,
  fail,
  openServerStream,
  openStream,
  publish,
  respond,
  send,
  setTimer,
  store,
} from "./effects.ts";
import { createLogger, MeshProcess, MeshTime } from "./grpc-nats/index.ts";
import type { Address, Call, Effect, Input, Stream } from "./host.ts";
import { methodsOf } from "./method.ts";
import { Code, failure, OK } from "./status.ts";
import { type Script, scripted, transcript, worldForTest } from "./virtual/scripted-service.ts";

/** What the host contract promises a machine, asked of both hosts: the same script is told the same. */

const { exchange } = methodsOf(ClockSyncServiceDefinition);
const { operate } = methodsOf(QuantumStateServiceDefinition);
const { events } = methodsOf(LinkLayerServiceDefinition);
const one = 1 as Stream<OperateRequest>;
const serves = [ClockSyncServiceDefinition, QuantumStateServiceDefinition, LinkLayerServiceDefinition];
const MILLISECOND_NS = 1e6;
/** Far from anything the wire may take, so that both hosts order alike. */
const soon = (now: Instant, milliseconds: number) => (now + milliseconds * MILLISECOND_NS) as Instant;

type Step = NonNullable<Script["step"]>;

interface Scenario {
  readonly client: Step;
  readonly server: Step;
  readonly subscriptions?: Script["subscriptions"];
}

let directory = "";
let nats: RunningNats;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  const everything = { publish: [">"], subscribe: [">"] };
  const users = [{ user: "test", password: "test", permissions: everything }];
  nats = await startNats({ prefer: "embedded", users, directory });
});

afterAll(async () => {
  await nats?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What each side was told, without instants: those of a real wire are nobody's to foretell. */
type Told = { readonly client: readonly string[]; readonly server: readonly string[] };

function timeless(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^\d+ /, "").replace(/ (until|due) \d+/, ""));
}

function inVirtual({ client, server, subscriptions }: Scenario): Told {
  const near = scripted("client", { step: client });
  const far = scripted("server", { step: server, serves, subscriptions: subscriptions ?? [] });
  const world = worldForTest({ delayNs: () => 1000 });
  world.add(far.service, { place: "bob", config: {} });
  world.add(near.service, { place: "alice", config: {} });
  world.start();
  world.run();
  return { client: timeless(transcript(near)), server: timeless(transcript(far)) };
}

let meshes = 0;

async function inMesh({ client, server, subscriptions }: Scenario, expected: Told): Promise<Told> {
  meshes += 1;
  const at = join(directory, String(meshes));
  const near = scripted("client", { step: client });
  const far = scripted("server", { step: server, serves, subscriptions: subscriptions ?? [] });
  const time = new MeshTime(process.hrtime.bigint(), 1);
  const start = (service: typeof near.service, place: string) =>
    MeshProcess.start({
      network: "test",
      seed: 1,
      services: [{ service, place, config: {} }],
      time,
      natsUrl: nats.urlFor("test"),
      stateDir: at,
      listen: [`unix:${at}.${place}.sock`],
      targetOf: (address: Address) => `unix:${at}.${address.slice(address.indexOf("/") + 1)}.sock`,
      delayNs: () => 1000,
      clockOf: () => undefined,
      log: createLogger({ name: "test", place, services: [service.name], level: "silent" }),
    });
  const serving = await start(far.service, "bob");
  await expect.poll(() => far.heard.length, { timeout: 20_000 }).toBeGreaterThan(0);
  const asking = await start(near.service, "alice");
  try {
    const told = () => ({ client: timeless(transcript(near)), server: timeless(transcript(far)) });
    await expect.poll(told, { timeout: 10_000 }).toEqual(expected);
    return told();
  } finally {
    await Promise.all([serving.stop(), asking.stop()]);
  }
}

const request = { sequence: 7, sent: undefined };
const response: ExchangeResponse = { sequence: 8, received: undefined, sent: undefined };
const item = (operationId: number): OperateRequest => ({ operationId, at: 0, operation: undefined });
const answer = (operationId: number): OperateResponse => ({ operationId, outcome: undefined });
const idle: Step = () => [];
const toServer = (input: Input) => (input as { stream: Stream<OperateResponse> }).stream;

function atStart(effects: (now: Instant) => readonly Effect[]): Step {
  return (now, input) => (input.kind === "started" ? effects(now) : []);
}

function ask(now: Instant, id: number, milliseconds: number, to: Address = "server/bob"): Effect {
  return call(id as Call<ExchangeResponse>, to, exchange, request, soon(now, milliseconds));
}

const scenarios: Record<string, Scenario> = {
  "a call is answered": {
    client: atStart((now) => [ask(now, 1, 5000)]),
    server: (_, input) => (input.kind === "call" ? [respond(input.call as Call<ExchangeResponse>, response)] : []),
  },
  "a call is refused, with reason and details": {
    client: (now, input) => {
      if (input.kind === "started") return [ask(now, 1, 5000)];
      if (input.kind !== "call-failed") return [];
      expect(input.status).toEqual({ ...failure(9, "not now", "EGP_NORES", { node: "bob" }), retryAfterNs: 5e8 });
      return [];
    },
    server: (_, input) => {
      const status = { ...failure(9, "not now", "EGP_NORES", { node: "bob" }), retryAfterNs: 5e8 };
      return input.kind === "call" ? [fail(input.call, status)] : [];
    },
  },
  "at its deadline both sides of a call hear of it": {
    client: atStart((now) => [ask(now, 1, 100)]),
    server: idle,
  },
  "a deadline that has passed fails at once": {
    client: atStart((now) => [ask(now, 1, 0)]),
    server: idle,
  },
  "a cancelled call is cancelled at the server, and the caller hears no more": {
    client: (now, input) => {
      if (input.kind === "started") return [ask(now, 1, 5000), setTimer("cancel", soon(now, 100))];
      return input.kind === "timer" ? [cancelCall(1 as Call)] : [];
    },
    server: idle,
  },
  "calls and streams to nobody are UNAVAILABLE": {
    client: atStart((now) => [ask(now, 1, 5000, "server/carol"), openStream(one, "server/carol", operate)]),
    server: idle,
  },
  "items cross both ways in order": {
    client: atStart(() => [openStream(one, "server/bob", operate), ...[1, 2, 3].map((n) => send(one, item(n)))]),
    server: (_, input) =>
      input.kind === "stream-item"
        ? [send(toServer(input), answer(10 * (input.item as OperateRequest).operationId))]
        : [],
  },
  "a client half-closes and still hears": {
    client: atStart(() => [openStream(one, "server/bob", operate), send(one, item(1)), close(one)]),
    server: (_, input) =>
      input.kind === "stream-ended"
        ? [send(toServer(input), answer(5)), close(input.stream, failure(Code.ABORTED, "enough"))]
        : [],
  },
  "a server ends a stream behind its items": {
    client: atStart(() => [openStream(one, "server/bob", operate)]),
    server: (_, input) =>
      input.kind === "stream-opened" ? [send(toServer(input), answer(1)), close(input.stream, OK)] : [],
  },
  "a stream with one request brings it along, and is cancelled by closing it": {
    client: (now, input) => {
      const stream = 3 as Stream<never>;
      if (input.kind === "timer") return [close(stream)];
      if (input.kind !== "started") return [];
      return [openServerStream(stream, "server/bob", events, { afterSequence: 4 }), setTimer("close", soon(now, 100))];
    },
    server: idle,
  },
  "a client that closes with a status cancels": {
    client: (now, input) => {
      if (input.kind === "started") return [openStream(one, "server/bob", operate), setTimer("x", soon(now, 100))];
      return input.kind === "timer" ? [close(one, failure(Code.ABORTED, "changed my mind"))] : [];
    },
    server: idle,
  },
  "an item too many ends the stream behind those before it": {
    client: atStart(() => [openStream(one, "server/bob", operate)]),
    server: (_, input) =>
      input.kind === "stream-opened"
        ? Array.from({ length: 1025 }, (_, number) => send(toServer(input), answer(number)))
        : [],
  },
  "a message on the bus reaches who subscribed": {
    client: atStart(() => [
      publish(subjects.feedforward("test", "alice", "bob", "ack"), Acknowledgement, {
        incarnation: 2,
        sequences: [1, 4],
        kind: "track",
      }),
    ]),
    server: idle,
    subscriptions: [{ subject: subjects.feedforwardTo("test", "bob", "ack"), type: Acknowledgement }],
  },
  "timers come in the order of their instants, moved and cancelled as asked": {
    client: (now, input) => {
      if (input.kind !== "started") return [];
      const names = [40, 20, 60, 10].map((ms) => setTimer(`after ${ms}`, soon(now, ms)));
      return [...names, setTimer("after 10", soon(now, 50)), { kind: "cancel-timer", timer: "after 60" }];
    },
    server: idle,
  },
  "what is stored is said to be": {
    client: atStart(() => [store("key", Uint8Array.of(1))]),
    server: idle,
  },
};

test.each(Object.entries(scenarios))("%s: the same in both worlds", async (_, scenario) => {
  const virtual = inVirtual(scenario);
  expect(await inMesh(scenario, virtual)).toEqual(virtual);
});
