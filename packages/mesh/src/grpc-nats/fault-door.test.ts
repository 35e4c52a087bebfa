import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { FaultServiceDefinition, type InjectRequest } from "@bellmesh/wire/fault";
import * as grpc from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FaultScope, faultMessage, type Method, methodsOf } from "../index.ts";
import { scripted } from "../virtual/scripted-service.ts";
import { createLogger, MeshProcess, MeshTime } from "./index.ts";
import { statusFromGrpc } from "./rich-status.ts";

const { inject, list, clear } = methodsOf(FaultServiceDefinition);
const log = createLogger({ name: "test", place: "bob", services: [], level: "silent" });
const scope: FaultScope = {
  nodes: ["alice", "bob"],
  links: [{ name: "alice-bob", ends: ["alice", "bob"] }],
  processes: ["physical-link/alice-bob", "link-layer/bob"],
  slotsOf: () => 1,
};
const cut = {
  atNs: 0,
  forNs: Number.POSITIVE_INFINITY,
  kind: "fibre-cut",
  target: { link: "alice-bob" },
  args: {},
} as const;

let directory = "";
let nats: RunningNats;
let started: MeshProcess[] = [];
let client: grpc.Client;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  const permissions = { publish: [">"], subscribe: [">"] };
  nats = await startNats({ prefer: "embedded", users: [{ user: "test", password: "test", permissions }], directory });
  client = new grpc.Client(`unix:${directory}/station.sock`, grpc.credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await Promise.all(started.map((process) => process.stop()));
  started = [];
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The station of a link, which hears of faults. */
async function start(faults: FaultScope | undefined) {
  const { service, heard } = scripted("physical-link", {});
  const socket = `unix:${directory}/station.sock`;
  const mesh = await MeshProcess.start({
    network: "test",
    seed: 1,
    services: [{ service, place: "alice-bob", config: {} }],
    time: new MeshTime(process.hrtime.bigint(), 1),
    natsUrl: nats.urlFor("test"),
    stateDir: directory,
    listen: [socket],
    targetOf: () => socket,
    delayNs: (from, to) => {
      if (from === "mallory" || to === "mallory") throw new RangeError("no such place");
      return 0;
    },
    clockOf: () => undefined,
    log,
    faults,
  });
  started.push(mesh);
  // A machine that has not started yet is told of what acts then.
  await expect.poll(() => heard.length).toBeGreaterThan(0);
  return { mesh, told: () => heard.map(({ input }) => input.kind).filter((kind) => kind.startsWith("fault-")) };
}

type Claims = Readonly<Record<string, string>>;

const nature: Claims = { "bellmesh-node": "nature", "bellmesh-service": "faults" };

function call<Request, Response>(
  method: Method<Request, Response>,
  request: Request,
  claims = nature,
): Promise<Response> {
  const metadata = new grpc.Metadata();
  for (const [key, value] of Object.entries(claims)) metadata.set(key, value);
  const encode = (message: Request) => Buffer.from(method.requestType.encode(message).finish());
  const decode = (bytes: Buffer) => method.responseType.decode(bytes);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(method.path, encode, decode, request, metadata, (error, response) => {
      if (error) reject(statusFromGrpc(error));
      else resolve(response as Response);
    });
  });
}

function asked(...entries: InjectRequest["entries"]): InjectRequest {
  return { entries, fromNow: false };
}

describe("A process that was not started to allow faults", () => {
  test("refuses them, and says how it would not", async () => {
    await start(undefined);
    await expect(call(inject, asked(faultMessage(cut)))).rejects.toMatchObject({
      code: grpc.status.PERMISSION_DENIED,
      reason: "FAULTS_NOT_ALLOWED",
      message: expect.stringContaining("--allow-faults"),
    });
  });
});

describe("A process that allows faults", () => {
  test.each<[string, Claims, grpc.status, string]>([
    ["does not say who he is", {}, grpc.status.UNAUTHENTICATED, "NO_IDENTITY"],
    ["is of no place of the network", { "bellmesh-node": "mallory" }, grpc.status.PERMISSION_DENIED, "UNKNOWN_PLACE"],
    ["is at a node", { "bellmesh-node": "bob" }, grpc.status.PERMISSION_DENIED, "NOT_NATURE"],
    [
      "is a service of the stack",
      { "bellmesh-node": "bob", "bellmesh-service": "link-layer" },
      grpc.status.PERMISSION_DENIED,
      "NOT_NATURE",
    ],
  ])("refuses everything to whoever %s", async (_who, claims, code, reason) => {
    const { told } = await start(scope);
    const refused = { code, reason };
    await expect(call(inject, asked(faultMessage(cut)), claims)).rejects.toMatchObject(refused);
    await expect(call(list, {}, claims)).rejects.toMatchObject(refused);
    await expect(call(clear, { entries: [] }, claims)).rejects.toMatchObject(refused);
    expect(await call(list, {})).toEqual({ acting: [], coming: [] });
    expect(told()).toEqual([]);
  });

  test("takes those that concern it, tells its services, and ends one or all when it is told to", async () => {
    const { told } = await start(scope);
    const elsewhere = faultMessage({ ...cut, kind: "t2-collapse", target: { node: "bob" }, args: { t2Ns: 1 } });
    const { entries } = await call(inject, asked(faultMessage(cut), elsewhere));
    expect(entries).toEqual([faultMessage(cut)]);
    expect(await call(list, {})).toEqual({ acting: [faultMessage(cut)], coming: [] });
    const other = { ...cut, kind: "loss-drift", args: { db: 1 } } as const;
    await call(inject, asked(faultMessage(other)));
    expect(await call(clear, { entries: [faultMessage(other)] })).toEqual({ cleared: 1 });
    expect(await call(list, {})).toEqual({ acting: [faultMessage(cut)], coming: [] });
    expect(await call(clear, { entries: [] })).toEqual({ cleared: 1 });
    expect(await call(list, {})).toEqual({ acting: [], coming: [] });
    await expect.poll(told).toEqual(["fault-began", "fault-began", "fault-ended", "fault-ended"]);
  });

  test("knows after a crash what acted before it", async () => {
    const { mesh } = await start(scope);
    await call(inject, asked(faultMessage(cut)));
    await mesh.stop();
    const { told } = await start(scope);
    await expect.poll(told).toEqual(["fault-began"]);
  });

  test.each([
    [{ ...faultMessage(cut), kind: "fiber-cut" }, grpc.status.INVALID_ARGUMENT, "INVALID_FAULT", "entries[1].kind"],
    [{ ...faultMessage(cut), target: "{" }, grpc.status.INVALID_ARGUMENT, "INVALID_FAULT", "entries[1].target"],
    [
      { ...faultMessage(cut), kind: "crash", target: '{"process":"link-layer/bob"}' },
      grpc.status.FAILED_PRECONDITION,
      "NOT_BY_PROCESS",
      "entries[1].kind",
    ],
  ])("refuses all where one is wrong: %j", async (wrong, code, reason, place) => {
    await start(scope);
    const refused = call(inject, asked(faultMessage(cut), wrong));
    await expect(refused).rejects.toMatchObject({ code, reason, message: expect.stringContaining(place) });
    expect(await call(list, {})).toEqual({ acting: [], coming: [] });
  });
});
