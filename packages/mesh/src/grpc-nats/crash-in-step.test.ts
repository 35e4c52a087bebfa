import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { subjects } from "@bellmesh/wire";
import { ClockSyncServiceDefinition } from "@bellmesh/wire/clock-sync";
import { LedgerEvent } from "@bellmesh/wire/ledger";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import * as grpc from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Address } from "../host.ts";
import { methodsOf } from "../method.ts";
import { NatsBus } from "./bus.ts";
import { identityMetadata } from "./identity.ts";
import { createLogger } from "./index.ts";
import { LedgerJournal } from "./ledger-journal.ts";
import { DurableStore } from "./store.ts";

const { exchange } = methodsOf(ClockSyncServiceDefinition);
const program = fileURLToPath(new URL("./crashing-process.ts", import.meta.url));
const log = createLogger({ name: "test", place: "bob", services: [], level: "silent" });
const patient = { timeout: 20_000 };

let directory = "";
let nats: RunningNats;
let child: ChildProcess;
/** What the process has said to its parent. */
let said: unknown[] = [];
/** What it has published. */
let published: string[] = [];
let bus: NatsBus;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  const permissions = { publish: [">"], subscribe: [">"] };
  nats = await startNats({ prefer: "embedded", users: [{ user: "test", password: "test", permissions }], directory });
  const url = nats.urlFor("test");
  const quiet = () => undefined;
  bus = NatsBus.open({ url, name: "listener", log, onUp: quiet, onDown: quiet });
  published = [];
  for (const subject of [
    subjects.feedforward("test", "bob", "alice", "ack"),
    subjects.ledger("test", "bob", "server"),
  ]) {
    bus.subscribe(subject, () => published.push(subject));
  }
  await bus.flush();
  said = [];
  child = fork(program, [directory, url]);
  child.on("message", (message) => said.push(message));
  await expect.poll(() => said, patient).toContainEqual({ ready: true });
});

afterEach(async () => {
  child.kill("SIGKILL");
  await bus.close();
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The status that a call came to. */
function ask(to: Address, sequence: number): Promise<grpc.status> {
  const caller = new grpc.Client(`unix:${directory}/bob.sock`, grpc.credentials.createInsecure());
  const bytes = Buffer.from(exchange.requestType.encode({ sequence, sent: undefined } as never).finish());
  const same = (buffer: Buffer) => buffer;
  const metadata = identityMetadata("application/alice", to);
  const deadline = Date.now() + 20_000;
  return new Promise((resolve) => {
    caller.makeUnaryRequest(exchange.path, same, same, bytes, metadata, { deadline }, (error) => {
      caller.close();
      resolve(error?.code ?? grpc.status.OK);
    });
  });
}

async function tell(services: readonly Address[]): Promise<void> {
  child.send(services);
  await expect.poll(() => said.at(-1), patient).toEqual({ told: services });
}

describe("A process that is told to crash in a step", () => {
  test("has written down what that recorded and stored, and nobody has heard of it", async () => {
    await tell(["server/bob"]);
    expect(await ask("server/bob", 7)).toBe(grpc.status.UNAVAILABLE);
    await expect.poll(() => child.signalCode, patient).toBe("SIGKILL");
    const folder = join(directory, "server.bob");
    expect(new DurableStore(folder).recover()).toEqual(new Map([["asked", Uint8Array.of(7)]]));
    const records = new LedgerJournal(folder, log).recover();
    const events = records.map(({ bytes }) => {
      const reader = new BinaryReader(bytes);
      reader.uint32();
      return LedgerEvent.decode(reader, reader.uint32()).event;
    });
    expect(events).toMatchObject([{ $case: "halfStored", halfStored: { pair: "alice-bob/1/7" } }]);
    await bus.flush();
    expect(published).toEqual([]);
  });

  test("lives on in steps that write nothing down, and in those of its other services", async () => {
    await tell(["server/bob"]);
    expect(await ask("server/bob", 0)).toBe(grpc.status.OK);
    expect(await ask("other/bob", 8)).toBe(grpc.status.OK);
    await tell([]);
  });

  test("lives on when that is taken back, and says what it has to say", async () => {
    await tell(["server/bob", "other/bob"]);
    await tell([]);
    expect(await ask("server/bob", 9)).toBe(grpc.status.OK);
    await expect.poll(() => published, patient).toHaveLength(2);
  });
});
