import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Code } from "../status.ts";
import { Health } from "./health.ts";

/** The gRPC project's own definition, read by another implementation of protobuf. */
const proto = new URL("../../../../node_modules/grpc-health-check/proto/health/v1/health.proto", import.meta.url);
const HealthClient = (
  loadPackageDefinition(loadSync(proto.pathname, { enums: String, defaults: true })) as unknown as {
    grpc: { health: { v1: { Health: ServiceClientConstructor } } };
  }
).grpc.health.v1.Health;

const LINKS = "bellmesh.link_layer.v1.LinkLayerService";
const CLOCKS = "bellmesh.clock_sync.v1.ClockSyncService";

type Answer = { error: ServiceError | null; response: unknown };

let folder = "";
let server: Server;
let health: Health;
let client: InstanceType<ServiceClientConstructor>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "health-"));
  server = new Server();
  health = new Health([LINKS, CLOCKS]);
  health.register(server);
  const address = `unix:${join(folder, "socket")}`;
  await new Promise((resolve) => server.bindAsync(address, ServerCredentials.createInsecure(), resolve));
  client = new HealthClient(address, credentials.createInsecure());
});

afterEach(() => {
  client.close();
  server.forceShutdown();
  rmSync(folder, { recursive: true, force: true });
});

function ask(method: "Check" | "List", request: object): Promise<Answer> {
  return new Promise((resolve) => {
    client[method]?.(request, (error: ServiceError | null, response: unknown) => resolve({ error, response }));
  });
}

async function check(service: string): Promise<unknown> {
  const { error, response } = await ask("Check", { service });
  return error ? error.code : (response as { status: string }).status;
}

/** Follows a service; what has been told so far stands in `heard`, how it ended in `ended`. */
function watch(service: string) {
  const stream = client.Watch?.({ service }) as ClientReadableStream<{ status: string }>;
  const seen = { heard: [] as string[], ended: undefined as number | undefined, stream };
  stream.on("data", ({ status }) => seen.heard.push(status));
  stream.on("error", (error: ServiceError) => {
    seen.ended = error.code;
  });
  return seen;
}

describe("Check", () => {
  test("says SERVING of the process from the start, and NOT_SERVING of a service until it is of use", async () => {
    expect(await check("")).toBe("SERVING");
    expect(await check(LINKS)).toBe("NOT_SERVING");
    health.set(LINKS, true);
    expect([await check(LINKS), await check(CLOCKS)]).toEqual(["SERVING", "NOT_SERVING"]);
  });

  test("is NOT_FOUND for a service that is not served here", async () => {
    expect(await check("bellmesh.nowhere.v1.Service")).toBe(Code.NOT_FOUND);
  });

  test("says NOT_SERVING of everything once the process shuts down, whatever is set later", async () => {
    health.set(LINKS, true);
    health.shutdown();
    health.set(CLOCKS, true);
    expect([await check(""), await check(LINKS), await check(CLOCKS)]).toEqual(Array(3).fill("NOT_SERVING"));
  });
});

test("List says it of all at once", async () => {
  health.set(CLOCKS, true);
  const { response } = await ask("List", {});
  const statuses = { "": "SERVING", [LINKS]: "NOT_SERVING", [CLOCKS]: "SERVING" };
  expect(response).toEqual({
    statuses: Object.fromEntries(Object.entries(statuses).map(([service, status]) => [service, { status }])),
  });
});

describe("Watch", () => {
  test("tells how it stands at once, then changes only", async () => {
    const seen = watch(LINKS);
    await vi.waitFor(() => expect(seen.heard).toEqual(["NOT_SERVING"]));
    for (const serving of [false, true, true, false]) health.set(LINKS, serving);
    health.set(CLOCKS, true);
    await vi.waitFor(() => expect(seen.heard).toEqual(["NOT_SERVING", "SERVING", "NOT_SERVING"]));
  });

  test("tells SERVICE_UNKNOWN of a service not served here, and stays open", async () => {
    const seen = watch("bellmesh.nowhere.v1.Service");
    await vi.waitFor(() => expect(seen.heard).toEqual(["SERVICE_UNKNOWN"]));
    await check("");
    expect(seen.ended).toBeUndefined();
  });

  test("tells of the shutdown, and ends with it, so that the server can close in peace", async () => {
    health.set(LINKS, true);
    const [service, process] = [watch(LINKS), watch("")];
    await vi.waitFor(() => expect([service.heard, process.heard]).toEqual([["SERVING"], ["SERVING"]]));
    health.shutdown();
    health.close();
    await vi.waitFor(() => expect([service.ended, process.ended]).toEqual([Code.UNAVAILABLE, Code.UNAVAILABLE]));
    expect([service.heard, process.heard]).toEqual(Array(2).fill(["SERVING", "NOT_SERVING"]));
    await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  });

  test("outlives a watcher that went away", async () => {
    const [gone, there] = [watch(LINKS), watch(LINKS)];
    await vi.waitFor(() => expect([gone.heard.length, there.heard.length]).toEqual([1, 1]));
    gone.stream.cancel();
    await vi.waitFor(() => expect(gone.ended).toBe(Code.CANCELLED));
    health.set(LINKS, true);
    await vi.waitFor(() => expect(there.heard).toEqual(["NOT_SERVING", "SERVING"]));
  });
});

test("bytes that are no health check end the call and nothing else", async () => {
  const code = await new Promise((resolve) => {
    const path = "/grpc.health.v1.Health/Check";
    const garbage = Buffer.from([10, 200]);
    client.makeUnaryRequest(
      path,
      () => garbage,
      Buffer.from,
      {},
      (error) => resolve(error?.code),
    );
  });
  expect(code).toBe(Code.INTERNAL);
  expect(await check("")).toBe("SERVING");
});

test("the health of what is not served here cannot be set, nor that of the process itself", () => {
  expect(() => health.set("bellmesh.nowhere.v1.Service", true)).toThrow("not among the services served here");
  expect(() => health.set("", false)).toThrow("alive until it shuts down");
});
