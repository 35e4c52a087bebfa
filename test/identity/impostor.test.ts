import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { connect, type NatsConnection } from "nats";
import { afterEach, beforeEach, expect, test } from "vitest";

const impostor = fileURLToPath(new URL("impostor.ts", import.meta.url));

let directory = "";
let nats: RunningNats;
let observer: NatsConnection;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "impostor-"));
  // A broker that lets everybody say everything.
  const permissions = { publish: [">"], subscribe: [">"] };
  nats = await startNats({ prefer: "embedded", users: [{ user: "anybody", password: "x", permissions }], directory });
  observer = await connect({ servers: new URL(nats.urlFor("anybody")).host, user: "anybody", pass: "x" });
});

afterEach(async () => {
  await observer.close();
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("A service that speaks in another's name is stopped by its own host, before anybody hears it", async () => {
  const heard: string[] = [];
  observer.subscribe("bellmesh.v1.test.ff.>", { callback: (_error, { subject }) => heard.push(subject) });
  await observer.flush();
  const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    const args = [impostor, nats.urlFor("anybody"), join(directory, "state")];
    execFile(process.execPath, args, { timeout: 40_000 }, (error, _stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stderr });
    });
  });
  expect(ended.stderr).toContain("impostor/bob publishes on bellmesh.v1.test.ff.alice.carol.track");
  expect(ended.code).toBe(1);
  await observer.flush();
  expect(heard).toEqual([]);
});
