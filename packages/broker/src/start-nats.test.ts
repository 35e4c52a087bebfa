import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "nats";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findNatsServer } from "./find-nats-server.ts";
import { type RunningNats, type StartNatsOptions, startNats } from "./start-nats.ts";

const users = [
  { user: "alice", password: "p@ss/word", permissions: { publish: ["a.>"], subscribe: [">"] } },
  { user: "bob", password: "bob's", permissions: {} },
];
const isServerHere = findNatsServer(process.env.PATH) !== undefined;
if (!isServerHere) console.warn("skipped: starting a nats-server; there is none on this machine");

const running: RunningNats[] = [];
const servers: Server[] = [];
let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((nats) => nats.stop()));
  for (const server of servers.splice(0)) server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function start(options: Partial<StartNatsOptions>): Promise<RunningNats> {
  const nats = await startNats({ users, directory, ...options });
  running.push(nats);
  return nats;
}

async function canLogIn(nats: RunningNats, user: string): Promise<boolean> {
  const { host, username, password } = new URL(nats.urlFor(user));
  const credentials = { user: username, pass: decodeURIComponent(password) };
  const connection = await connect({ servers: host, ...credentials, reconnect: false }).catch(() => undefined);
  await connection?.close();
  return connection !== undefined;
}

test("a URL that is given is used as it is", async () => {
  const nats = await start({ url: "nats://me:secret@elsewhere:4222" });
  expect(nats.kind).toBe("url");
  expect(nats.pid).toBeUndefined();
  expect(nats.urlFor("alice")).toBe("nats://me:secret@elsewhere:4222");
  nats.kill("SIGKILL");
  await nats.restart();
  await nats.stop();
});

test("a URL that is preferred must be given", async () => {
  await expect(start({ prefer: "url" })).rejects.toThrow("no URL of NATS is given; set NATS_URL");
});

test.skipIf(!isServerHere)("the server of this machine is taken where there is one", async () => {
  const nats = await start({});
  expect(nats.kind).toBe("server");
  expect(readFileSync(join(directory, "nats-server.conf"), "utf8")).toContain('user: "alice"');
});

describe.each(["embedded", "server"] as const)("A NATS of our own, %s", (prefer) => {
  describe.skipIf(prefer === "server" && !isServerHere)("which is started,", () => {
    test("knows its users and nobody else", async () => {
      const nats = await start({ prefer });
      expect(nats.kind).toBe(prefer);
      expect(await canLogIn(nats, "alice")).toBe(true);
      expect(await canLogIn(nats, "bob")).toBe(true);
      expect(() => nats.urlFor("carol")).toThrow("the bus knows no user carol");
      const { host } = new URL(nats.urlFor("alice"));
      await expect(connect({ servers: host, reconnect: false })).rejects.toThrow(/authorization/i);
    });

    test("comes back on its port, when it was killed and when it still runs", async () => {
      const nats = await start({ prefer });
      const url = nats.urlFor("alice");
      const first = nats.pid;
      nats.kill("SIGKILL");
      await nats.exited;
      expect(await canLogIn(nats, "alice")).toBe(false);
      await nats.restart();
      const second = nats.pid;
      await nats.restart();
      expect(new Set([first, second, nats.pid]).size).toBe(3);
      expect(nats.urlFor("alice")).toBe(url);
      expect(await canLogIn(nats, "alice")).toBe(true);
    });

    test("stops though it is paused", async () => {
      const nats = await start({ prefer });
      nats.kill("SIGSTOP");
      await nats.stop();
      expect(await canLogIn(nats, "alice")).toBe(false);
    });

    test("says why it cannot have a port that is another's", async () => {
      const server = createServer((socket) => socket.end("INFO {}\r\n"));
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      await expect(start({ prefer, port })).rejects.toThrow(/could not be started: .*address already in use/s);
    });

    test("finds ports beside many others", async () => {
      const all = await Promise.all(
        Array.from({ length: 5 }, (_, index) => start({ prefer, directory: join(directory, String(index)) })),
      );
      expect(new Set(all.map((nats) => nats.urlFor("bob"))).size).toBe(5);
    });
  });
});
