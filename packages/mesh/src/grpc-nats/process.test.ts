import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { after, subjects } from "@bellmesh/wire";
import { ClockSyncServiceDefinition } from "@bellmesh/wire/clock-sync";
import { Acknowledgement } from "@bellmesh/wire/feedforward";
import * as grpc from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { respond, setTimer } from "../effects.ts";
import type { Address, Call } from "../host.ts";
import { MessageWriter } from "../message-writer.ts";
import { methodsOf } from "../method.ts";
import { StringTable } from "../string-table.ts";
import { type Script, scripted } from "../virtual/scripted-service.ts";
import { NatsBus } from "./bus.ts";
import { identityMetadata } from "./identity.ts";
import { createLogger, MeshProcess, type MeshProcessOptions, MeshTime } from "./index.ts";
import { encodeStamped, type Sending, stampOf } from "./stamp.ts";

const { exchange } = methodsOf(ClockSyncServiceDefinition);
const FULL_NAME = ClockSyncServiceDefinition.fullName;
const LINK_NS = 2_000_000;
const log = createLogger({ name: "test", place: "bob", services: [], level: "silent" });
const places = new Set(["alice", "bob", "nature"]);

let directory = "";
let nats: RunningNats;
let started: MeshProcess[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  const permissions = { publish: [">"], subscribe: [">"] };
  nats = await startNats({ prefer: "embedded", users: [{ user: "test", password: "test", permissions }], directory });
});

afterEach(async () => {
  await Promise.all(started.map((process) => process.stop()));
  started = [];
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

const socket = () => `unix:${directory}/bob.sock`;

async function start(script: Script, options: Partial<MeshProcessOptions> = {}) {
  const service = scripted("server", { serves: [ClockSyncServiceDefinition], ...script });
  const mesh = await MeshProcess.start({
    network: "test",
    seed: 1,
    services: [{ service: service.service, place: "bob", config: {} }],
    time: new MeshTime(process.hrtime.bigint(), 1),
    natsUrl: nats.urlFor("test"),
    stateDir: directory,
    listen: [socket()],
    targetOf: socket,
    delayNs: (from, to) => {
      if (!places.has(from) || !places.has(to)) throw new RangeError(`no place ${from}`);
      return from === "nature" || to === "nature" ? 0 : LINK_NS;
    },
    clockOf: () => undefined,
    log,
    ...options,
  });
  started.push(mesh);
  return { mesh, heard: service.heard };
}

function client(): grpc.Client {
  return new grpc.Client(socket(), grpc.credentials.createInsecure());
}

/** Calls with these bytes; the status it came to, or the response. */
function ask(metadata: grpc.Metadata, bytes: Uint8Array): Promise<grpc.ServiceError | Buffer> {
  const caller = client();
  return new Promise((resolve) => {
    const same = (buffer: Buffer) => buffer;
    const deadline = Date.now() + 10_000;
    caller.makeUnaryRequest(
      exchange.path,
      same,
      same,
      Buffer.from(bytes),
      metadata,
      { deadline },
      (error, response) => {
        caller.close();
        resolve(error ?? (response as Buffer));
      },
    );
  });
}

const request = exchange.requestType.encode({ sequence: 7, sent: undefined } as never).finish();
const asAlice = () => identityMetadata("application/alice", "server/bob");
const answering: Script["step"] = (_, input) =>
  input.kind === "call" ? [respond(input.call as Call, { sequence: 8, received: undefined, sent: undefined })] : [];

function healthOf(service: string): Promise<number | grpc.ServiceError> {
  const caller = client();
  const bytes = Buffer.concat([Buffer.from([10, service.length]), Buffer.from(service)]);
  return new Promise((resolve) => {
    const path = "/grpc.health.v1.Health/Check";
    const deadline = Date.now() + 10_000;
    const serialize = (buffer: Buffer) => buffer;
    const deserialize = (answer: Buffer) => answer[1] ?? 0;
    caller.makeUnaryRequest(path, serialize, deserialize, bytes, new grpc.Metadata(), { deadline }, (error, answer) => {
      caller.close();
      resolve(error ?? (answer as number));
    });
  });
}

const SERVING = 1;
const NOT_SERVING = 2;

describe("a process", () => {
  test("answers whoever speaks the contract, stamps or no stamps", async () => {
    const { heard } = await start({ step: answering });
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    const answer = await ask(asAlice(), request);
    expect(answer).toBeInstanceOf(Buffer);
    expect(exchange.responseType.decode(answer as Buffer)).toMatchObject({ sequence: 8 });
    expect(heard.at(-1)?.input).toMatchObject({ kind: "call", from: "application/alice" });
  });

  test("refuses and counts who says nothing of himself, who is from no place, and what is no message", async () => {
    const { heard, mesh } = await start({ step: answering });
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    expect(await ask(new grpc.Metadata(), request)).toMatchObject({ code: grpc.status.UNAUTHENTICATED });
    expect(await ask(identityMetadata("application/mallory", "server/bob"), request)).toMatchObject({
      code: grpc.status.PERMISSION_DENIED,
      details: expect.stringContaining("mallory"),
    });
    expect(await ask(asAlice(), Uint8Array.of(8, 255))).toMatchObject({
      code: grpc.status.INTERNAL,
      details: expect.stringContaining(exchange.path),
    });
    expect(Object.fromEntries(mesh.telemetry.refusals)).toEqual({ NO_IDENTITY: 1, UNKNOWN_PLACE: 1, UNDECODABLE: 1 });
    expect(heard.filter(({ input }) => input.kind === "call")).toEqual([]);
  });

  test("says where else to look when asked for an address it does not host", async () => {
    const { heard } = await start({ step: answering });
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    expect(await ask(identityMetadata("application/alice", "server/alice"), request)).toMatchObject({
      code: grpc.status.NOT_FOUND,
      details: expect.stringContaining("server/bob"),
    });
  });

  test("is alive but not ready while the bus is away, and its machine waits for it", async () => {
    const natsUrl = nats.urlFor("test");
    await nats.stop();
    const { heard, mesh } = await start({ step: answering }, { natsUrl });
    expect(await healthOf("")).toBe(SERVING);
    expect(await healthOf(FULL_NAME)).toBe(NOT_SERVING);
    expect(await ask(asAlice(), request)).toMatchObject({ code: grpc.status.UNAVAILABLE });
    expect(heard).toEqual([]);
    await nats.restart();
    await expect.poll(() => mesh.readiness.ready("*"), { timeout: 20_000 }).toBe(true);
    expect(await healthOf(FULL_NAME)).toBe(SERVING);
    await expect.poll(() => heard.map(({ input }) => input.kind)).toEqual(["started"]);
  });

  test("tells its machine when the bus goes and comes", async () => {
    const { heard, mesh } = await start({});
    await expect.poll(() => heard.length).toBe(1);
    await nats.stop();
    await expect.poll(() => heard.at(-1)?.input.kind, { timeout: 20_000 }).toBe("bus-down");
    expect(await healthOf(FULL_NAME)).toBe(NOT_SERVING);
    expect(mesh.readiness.reason("*")).not.toBe("");
    await nats.restart();
    await expect.poll(() => heard.at(-1)?.input.kind, { timeout: 20_000 }).toBe("bus-up");
  });

  test("starts again with the next incarnation, on the socket that a killed one left behind", async () => {
    const first = await start({});
    await expect.poll(() => first.heard[0]?.input).toMatchObject({ kind: "started", incarnation: 1 });
    await first.mesh.stop();
    const second = await start({});
    await expect.poll(() => second.heard[0]?.input).toMatchObject({ kind: "started", incarnation: 2 });
  });

  test("names the address that another process serves on", async () => {
    await start({});
    await expect(start({}, { stateDir: join(directory, "other") })).rejects.toThrow(/bob\.sock: another process/);
    const blocker = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    const { port } = blocker.address() as { port: number };
    const listen = [`127.0.0.1:${port}`];
    await expect(start({}, { stateDir: join(directory, "third"), listen })).rejects.toThrow(`127.0.0.1:${port}`);
    blocker.close();
  });

  test("stops: not ready first, then calls are refused, and nothing is left behind", async () => {
    const { heard, mesh } = await start({});
    await expect.poll(() => heard.length).toBe(1);
    const waiting = ask(asAlice(), request);
    await expect.poll(() => heard.at(-1)?.input.kind).toBe("call");
    const stopped = mesh.stop();
    expect(await healthOf(FULL_NAME)).toBe(NOT_SERVING);
    expect(await waiting).toMatchObject({ code: grpc.status.UNAVAILABLE });
    await stopped;
    expect(heard.at(-1)?.input.kind).toBe("stopping");
    expect(existsSync(socket().slice("unix:".length))).toBe(false);
  });
});

describe("a message", () => {
  const subject = subjects.feedforward("test", "alice", "bob", "ack");
  const hearing: Script = {
    subscriptions: [{ subject: subjects.feedforwardTo("test", "bob", "ack"), type: Acknowledgement }],
  };

  async function publisher(): Promise<NatsBus> {
    return new Promise((resolve) => {
      const bus = NatsBus.open({
        url: nats.urlFor("test"),
        name: "publisher",
        log,
        onUp: () => resolve(bus),
        onDown: () => undefined,
      });
    });
  }

  test("from no place of the network, or that is none, is dropped and counted", async () => {
    const { heard, mesh } = await start(hearing);
    await expect.poll(() => heard.length).toBe(1);
    const bus = await publisher();
    const bytes = Acknowledgement.encode({ incarnation: 1, sequences: [3], kind: "track" }).finish();
    bus.publish(subjects.feedforward("test", "mallory", "bob", "ack"), bytes);
    bus.publish(subject, Uint8Array.of(10, 200));
    bus.publish(subject, bytes);
    await expect.poll(() => heard.at(-1)?.input).toMatchObject({ kind: "message", message: { sequences: [3] } });
    expect(heard).toHaveLength(2);
    expect(Object.fromEntries(mesh.telemetry.refusals)).toEqual({ UNKNOWN_PUBLISHER: 1, UNDECODABLE: 1 });
    await bus.close();
  });

  test("between places acts no earlier than light allows, and from nature at the instant it was sent", async () => {
    const here = await start({ ...hearing, step: answering });
    await expect.poll(() => here.heard.length).toBe(1);
    const { time } = here.mesh;
    const stamp = async (from: Address, sentAtNs: number) => {
      const stamped = Buffer.alloc(10);
      stamped.set([0x81, 0x7d]);
      stamped.writeBigUInt64LE(BigInt(sentAtNs), 2);
      await ask(identityMetadata(from, "server/bob"), Buffer.concat([request, stamped]));
      return here.heard.at(-1)?.now as number;
    };
    const justNow = time.now();
    expect(await stamp("client/nature", justNow)).toBe(justNow);
    // So far ahead that it arrives before on a busy machine too.
    const ahead = time.now() + 500_000_000;
    expect(await stamp("client/alice", ahead)).toBe(ahead + LINK_NS);
    expect(await stamp("client/alice", ahead)).toBeGreaterThanOrEqual(ahead + LINK_NS);
  });
});

describe("What the emulator has made late", () => {
  const writer = new MessageWriter(new StringTable());
  /** Answers a call at once, or, asked with sequence 1, by a timer 1 ms later. */
  const answeringLater: Script["step"] = (now, input) => {
    if (input.kind === "call" && (input.request as { sequence: number }).sequence === 1) {
      asked = input.call as Call;
      return [setTimer("answer", after(now, 1_000_000))];
    }
    if (input.kind === "timer") return [respond(asked, answer)];
    return input.kind === "call" ? [respond(input.call as Call, answer)] : [];
  };
  const answer = { sequence: 8, received: undefined, sent: undefined };
  let asked = 0 as Call;

  /** By how much the answer says that it was late. */
  async function lateness(from: Address, sequence: number, sending: Sending): Promise<number> {
    const bytes = encodeStamped(writer, exchange.requestType, { sequence, sent: undefined }, sending);
    const response = await ask(identityMetadata(from, "server/bob"), bytes);
    if (response instanceof Error) throw response;
    return stampOf(response)?.lateNs ?? Number.NaN;
  }

  test("is handed on within a node as it is, and grows by what a message between nodes took beyond light", async () => {
    const { mesh, heard } = await start({ step: answeringLater });
    await expect.poll(() => heard.length).toBe(1);
    const now = () => mesh.time.now();
    // Sent ahead of time, so that the way here is never what is late, however busy the machine.
    const ahead = () => now() + 500_000_000;
    expect(await lateness("client/nature", 7, { sentAtNs: ahead(), lateNs: 5_000_000 })).toBe(5_000_000);
    expect(await lateness("client/bob", 7, { sentAtNs: ahead(), lateNs: 0 })).toBe(0);
    expect(await lateness("client/alice", 7, { sentAtNs: ahead(), lateNs: 0 })).toBe(0);
    const sending = { sentAtNs: now() - LINK_NS - 40_000_000, lateNs: 5_000_000 };
    expect(await lateness("client/alice", 7, sending)).toBeGreaterThanOrEqual(45_000_000);
  });

  test("grows where a process has gone on to a later instant before the message came", async () => {
    const { mesh, heard } = await start({ step: answeringLater });
    await expect.poll(() => heard.length).toBe(1);
    const sentAtNs = mesh.time.now();
    await lateness("client/nature", 7, { sentAtNs: sentAtNs + 3_000_000, lateNs: 0 });
    expect(await lateness("client/nature", 7, { sentAtNs, lateNs: 1_000_000 })).toBeGreaterThanOrEqual(4_000_000);
  });

  test("is handed on by a node's timers, and not by those of hardware, whose instants are its own", async () => {
    for (const timeBase of ["node", "true"] as const) {
      const { mesh, heard } = await start({ step: answeringLater, timeBase });
      // What goes by a node's clock first waits for someone to tell what it reads.
      await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(1);
      const sending = { sentAtNs: mesh.time.now() + 500_000_000, lateNs: 5_000_000 };
      expect(await lateness("client/nature", 1, sending)).toBe(timeBase === "node" ? 5_000_000 : 0);
      await mesh.stop();
    }
  });
});
