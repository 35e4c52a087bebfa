import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTopology } from "@bellmesh/topology";
import { ClockState, type ClockStatus, WatchStatusResponse } from "@bellmesh/wire/clock-sync";
import {
  Client,
  credentials,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClockTrust, uncertaintyMaxPs } from "./clock-trust.ts";

type Watch = ServerWritableStream<Buffer, Buffer>;

/** A clock-sync as the process sees it: it serves WatchStatus, and says what the test wants. */
class ClockSync {
  readonly server = new Server();
  readonly watches = new Set<Watch>();
  metadata: Metadata | undefined;
  report: Partial<ClockStatus>;

  constructor(report: Partial<ClockStatus>) {
    this.report = report;
    const same = (bytes: Buffer) => bytes;
    const path = "/bellmesh.clock_sync.v1.ClockSyncService/WatchStatus";
    const codecs = {
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    const watch = (stream: Watch) => {
      this.watches.add(stream);
      this.metadata = stream.metadata;
      stream.write(this.#bytes());
    };
    this.server.addService({ watch: { path, requestStream: false, responseStream: true, ...codecs } }, { watch });
  }

  async serve(address: string): Promise<void> {
    const bound = (resolve: (value: unknown) => void) =>
      this.server.bindAsync(address, ServerCredentials.createInsecure(), resolve);
    await new Promise(bound);
  }

  tell(report: Partial<ClockStatus>): void {
    this.report = report;
    for (const watch of this.watches) watch.write(this.#bytes());
  }

  #bytes(): Buffer {
    const none = { state: ClockState.UNSPECIFIED, grandmaster: "", uncertaintyPs: 0, offsetPs: 0 };
    const status = { ...none, frequencyPpb: 0, pathDelayPs: 0, ...this.report };
    return Buffer.from(WatchStatusResponse.encode({ status }).finish());
  }
}

const uncertainty = 2_500_000;
const locked = { state: ClockState.LOCKED, uncertaintyPs: 100 };

let folder = "";
let address = "";
let client: Client;
let sync: ClockSync;
let trust: ClockTrust | undefined;
let said: [boolean, string][];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clock-trust-"));
  address = `unix:${join(folder, "socket")}`;
  const soon = { "grpc.initial_reconnect_backoff_ms": 20, "grpc.max_reconnect_backoff_ms": 50 };
  client = new Client(address, credentials.createInsecure(), soon);
  said = [];
});

afterEach(() => {
  trust?.close();
  client.close();
  sync.server.forceShutdown();
  rmSync(folder, { recursive: true, force: true });
});

async function watching(report: Partial<ClockStatus>): Promise<void> {
  sync = new ClockSync(report);
  await sync.serve(address);
  const say = (ok: boolean, reason: string) => said.push([ok, reason]);
  trust = new ClockTrust({ node: "alice", client, uncertaintyMaxPs: uncertainty, say });
}

async function nowSays(ok: boolean, reason: string | RegExp): Promise<void> {
  await vi.waitFor(() => expect(said.at(-1)).toEqual([ok, expect.stringMatching(reason)]), { timeout: 20_000 });
}

describe("A clock is trusted", () => {
  test.each([
    ["of the grandmaster", { state: ClockState.GRANDMASTER }],
    ["that is locked", locked],
    ["in holdover, as long as it is certain enough", { state: ClockState.HOLDOVER, uncertaintyPs: uncertainty }],
  ])("%s", async (_which, report) => {
    await watching(report);
    await nowSays(true, /^$/);
    expect(said).toEqual([
      [false, "clock-sync of alice has not told how its clock is"],
      [true, ""],
    ]);
  });
});

describe("A clock is not trusted", () => {
  test.each([
    ["that is not locked", { state: ClockState.UNLOCKED, uncertaintyPs: 1 }, "the clock of alice is not locked"],
    ["of no known state", {}, "the clock of alice is not locked"],
    ["that is locked and too uncertain", { ...locked, uncertaintyPs: 2_500_001 }, /alice may be more than 2500 ns off/],
    ["in holdover for too long", { state: ClockState.HOLDOVER, uncertaintyPs: 3e6 }, /in holdover, may be more than/],
  ])("%s", async (_which, report, reason) => {
    await watching(report);
    await nowSays(false, reason);
  });

  test("while its clock-sync is away, and is again when that is back", async () => {
    await watching(locked);
    await nowSays(true, "");
    sync.server.forceShutdown();
    await nowSays(false, "clock-sync of alice is away");
    sync = new ClockSync(locked);
    await sync.serve(address);
    await nowSays(true, "");
  });
});

test("Changes are told, and nothing twice", async () => {
  await watching(locked);
  await nowSays(true, "");
  sync.tell({ ...locked, uncertaintyPs: 3e6 });
  sync.tell({ ...locked, uncertaintyPs: 4e6 });
  sync.tell(locked);
  sync.tell({ ...locked, uncertaintyPs: 99 });
  sync.tell({ state: ClockState.UNLOCKED });
  await nowSays(false, "not locked");
  expect(said.map(([ok]) => ok)).toEqual([false, true, false, true, false]);
});

test("It says who asks, as every call in the mesh does", async () => {
  await watching(locked);
  await nowSays(true, "");
  expect(sync.metadata?.getMap()).toMatchObject({ "bellmesh-node": "alice", "bellmesh-to": "clock-sync/alice" });
});

test("A node's clock must be certain to half of the narrowest detection window of its links", () => {
  const line = loadTopology("line:3");
  const windows = [4000, 600];
  const links = line.links.map((link, index) => {
    const detectionWindowNs = windows[index] ?? link.heralding.detectionWindowNs;
    return { ...link, heralding: { ...link.heralding, detectionWindowNs } };
  });
  const topology = { ...line, links };
  const limits = line.nodes.map(({ name }) => uncertaintyMaxPs(topology, name));
  expect(limits).toEqual([2_000_000, 300_000, 300_000]);
});
