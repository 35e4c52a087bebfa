import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BusMessage, type BusOptions, NatsBus } from "./bus.ts";
import { NatsUrlError } from "./nats-url.ts";

const patient = { timeout: 30_000, interval: 5 };
const bytes = (text: string) => new TextEncoder().encode(text);
const permissions = { publish: ["ok.>", "_INBOX.>"], subscribe: ["ok.>", "_INBOX.>"] };
const users = [
  { user: "all", password: "secret", permissions: {} },
  { user: "few", password: "secret", permissions },
];
const opened: NatsBus[] = [];
const servers: Server[] = [];
let directory = "";
let nats: RunningNats;
let lines: { readonly level: number; readonly msg: string; readonly attempts?: number }[] = [];

const log = pino(
  new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  }),
);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  nats = await startNats({ prefer: "embedded", users, directory });
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
  for (const server of servers.splice(0)) server.close();
  lines = [];
});

afterAll(async () => {
  await nats?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A bus, and what it said of itself. */
function open(options: Partial<BusOptions> = {}) {
  const said: string[] = [];
  const bus = NatsBus.open({
    url: nats.urlFor("all"),
    name: "test",
    log,
    onUp: () => said.push("up"),
    onDown: () => said.push("down"),
    ...options,
  });
  opened.push(bus);
  return { bus, said };
}

async function openUp(options: Partial<BusOptions> = {}): Promise<NatsBus> {
  const { bus } = open(options);
  await expect.poll(() => bus.up, patient).toBe(true);
  return bus;
}

async function restartNats(between: () => void | Promise<void> = () => undefined): Promise<void> {
  const were = opened.filter((bus) => bus.up);
  nats.kill("SIGKILL");
  await nats.exited;
  await expect.poll(() => were.some((bus) => bus.up), patient).toBe(false);
  await between();
  await nats.restart();
  await expect.poll(() => were.every((bus) => bus.up), patient).toBe(true);
}

function listener(bus: NatsBus, subject: string, options: { queue?: string; max?: number } = {}) {
  const heard: string[] = [];
  const interest = bus.subscribe(subject, (message) => heard.push(new TextDecoder().decode(message.bytes)), options);
  return { heard, interest };
}

describe("A connection to NATS", () => {
  test("carries messages, headers and replies", async () => {
    const bus = await openUp();
    const heard: BusMessage[] = [];
    bus.subscribe("a.*", (message) => heard.push(message));
    expect(bus.publish("a.b", bytes("x"), { reply: "r", headers: { Kind: "k", Other: "o p" } })).toBe(true);
    expect(bus.publish("a.c", new Uint8Array())).toBe(true);
    await bus.flush();
    expect(heard).toEqual([
      { subject: "a.b", bytes: Buffer.from("x"), reply: "r", headers: { Kind: "k", Other: "o p" } },
      { subject: "a.c", bytes: Buffer.from(""), reply: undefined, headers: undefined },
    ]);
  });

  test("refuses an address that is none at once", () => {
    expect(() => open({ url: "localhost:4222" })).toThrow(NatsUrlError);
  });

  test("refuses subjects that are none, which might say something else to the server", async () => {
    const bus = await openUp();
    expect(() => bus.publish("a 0\r\n\r\nPUB b", bytes(""))).toThrow(/not a subject to publish on/);
    expect(() => bus.publish("a.*", bytes(""))).toThrow(/not a subject to publish on/);
    expect(() => bus.subscribe("a..b", () => undefined)).toThrow(/not a subject to subscribe to/);
    expect(bus.up).toBe(true);
  });

  test("drops and counts what is published while it is away, and sends none of it late", async () => {
    const { bus, said } = open();
    expect(bus.publish("late", bytes("too early"))).toBe(false);
    await expect.poll(() => bus.up, patient).toBe(true);
    const { heard } = listener(bus, "late");
    await restartNats(() => {
      for (let message = 0; message < 5; message++) expect(bus.publish("late", bytes("too late"))).toBe(false);
    });
    expect(bus.dropped).toBe(6);
    expect(bus.publish("late", bytes("in time"))).toBe(true);
    await bus.flush();
    expect(heard).toEqual(["in time"]);
    expect(said).toEqual(["up", "down", "up"]);
  });

  test("hears again what it listened to, and what it was told to listen to while it was away", async () => {
    const [bus, other] = [await openUp(), await openUp()];
    const before = listener(bus, "s.>");
    const ended = listener(bus, "s.a");
    const meanwhile: string[][] = [];
    await restartNats(() => {
      meanwhile.push(listener(bus, "s.a").heard);
      ended.interest.unsubscribe();
    });
    other.publish("s.a", bytes("1"));
    await other.flush();
    await bus.flush();
    expect([before.heard, ended.heard, ...meanwhile]).toEqual([["1"], [], ["1"]]);
  });

  test("a maximum holds over its losses, for a member of a group too", async () => {
    const bus = await openUp();
    const few = listener(bus, "m", { queue: "q", max: 3 });
    const later = listener(bus, "m");
    later.interest.unsubscribe(2);
    bus.publish("m", bytes("1"));
    await bus.flush();
    await restartNats();
    const rest = listener(bus, "m", { queue: "q" });
    for (let message = 2; message < 30; message++) bus.publish("m", bytes(String(message)));
    await bus.flush();
    expect(later.heard).toEqual(["1", "2"]);
    expect(few.heard).toHaveLength(3);
    // None was dealt to the member that had had its fill: nothing of the group is lost.
    expect(few.heard.length + rest.heard.length).toBe(29);
  });

  test("a request is answered once, or told that nobody listens; while away it comes to nothing", async () => {
    const bus = await openUp();
    const answers: string[] = [];
    const hear = ({ bytes: answer, headers }: BusMessage) => {
      answers.push(headers?.Status ?? new TextDecoder().decode(answer));
    };
    bus.subscribe("question", ({ reply = "" }) => {
      for (const answer of ["yes", "again"]) bus.publish(reply, bytes(answer));
    });
    bus.request("question", bytes("?"), hear);
    bus.request("nobody", bytes("?"), hear);
    await expect.poll(() => answers.toSorted(), patient).toEqual(["503", "yes"]);
    await restartNats(() => {
      bus.request("question", bytes("?"), hear);
    });
    await bus.flush();
    expect(answers).toHaveLength(2);
  });

  test("a message that NATS takes from nobody is dropped, counted and logged, and the connection goes on", async () => {
    const bus = await openUp();
    expect(bus.publish("big", new Uint8Array(2_000_000))).toBe(false);
    expect(bus.publish("big", new Uint8Array(2), { headers: { "no\nheader": "x" } })).toBe(false);
    expect(bus.dropped).toBe(2);
    expect(lines.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^NATS takes no message on big: .*2000000 bytes/),
      expect.stringMatching(/^NATS takes no message on big/),
    ]);
    await bus.flush();
    expect(bus.up).toBe(true);
  });

  test("ends when it is closed, with everything sent, and hears nothing more", async () => {
    const [bus, other] = [await openUp(), await openUp()];
    const ours = listener(bus, "end");
    const theirs = listener(other, "end");
    await other.flush();
    bus.publish("end", bytes("last"));
    await bus.close();
    await expect.poll(() => theirs.heard, patient).toEqual(["last"]);
    const heard = ours.heard.length;
    other.publish("end", bytes("after"));
    await other.flush();
    expect(ours.heard).toHaveLength(heard);
    expect(bus.publish("end", bytes("after"))).toBe(false);
    await bus.close();
  });
});

describe("What goes wrong", () => {
  test("is said once where nobody listens, and that it is well again", async () => {
    const url = nats.urlFor("all");
    nats.kill("SIGKILL");
    await nats.exited;
    const { bus } = open({ url });
    await expect.poll(() => lines.length, patient).toBeGreaterThan(0);
    await nats.restart();
    await expect.poll(() => bus.up, patient).toBe(true);
    const { host } = new URL(url);
    expect(lines.map(({ msg }) => msg)).toEqual([
      `NATS at ${host} cannot be reached: nobody listens there; check NATS_URL, or start nats-server. Trying again.`,
      `NATS at ${host} answers`,
    ]);
  });

  test("is a wrong password, said with the server and without the password", async () => {
    const { bus } = open({ url: nats.urlFor("all").replace("secret", "hidden") });
    await expect.poll(() => lines.length, patient).toBe(1);
    expect(lines[0]?.msg).toMatch(/^NATS at 127\.0\.0\.1:\d+ refuses these credentials; check user and password/);
    expect(JSON.stringify(lines)).not.toContain("hidden");
    expect(bus.up).toBe(false);
  });

  test("is a server that speaks something else, or no TLS", async () => {
    const server = createServer((socket) =>
      socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open({ url: `nats://127.0.0.1:${(server.address() as { port: number }).port}` });
    await expect.poll(() => lines.at(-1)?.msg, patient).toMatch(/cannot be reached: unexpected response from server/);
    open({ url: nats.urlFor("all").replace("nats://", "tls://") });
    await expect.poll(() => lines.at(-1)?.msg, patient).toMatch(/speaks no TLS; write nats:\/\//);
  });

  test("is a thing that one may not do: counted, said ever more rarely, and the connection goes on", async () => {
    const { bus, said } = open({ url: nats.urlFor("few") });
    await expect.poll(() => bus.up, patient).toBe(true);
    bus.subscribe("no.x", () => undefined);
    await expect.poll(() => bus.objections, patient).toBe(1);
    for (let message = 0; message < 100; message++) bus.publish("no.y", bytes("x"));
    await expect.poll(() => bus.objections, patient).toBe(101);
    expect(lines.slice(0, 2).map(({ msg }) => msg)).toEqual([
      "NATS forbids us to subscribe to no.x; check the permissions of the user in NATS_URL",
      "NATS forbids us to publish on no.y; check the permissions of the user in NATS_URL",
    ]);
    expect(lines).toHaveLength(7);
    expect(said).toEqual(["up"]);
  });

  test("is a server that lets us go as too slow: we say why, and come back", async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      socket.on("error", () => undefined).write('INFO {"version":"2.9.10","max_payload":1000}\r\n');
      socket.on("data", (said) => {
        for (const _ of said.toString().matchAll(/PING\r\n/g)) socket.write("PONG\r\n");
        if (isFirst && said.includes("PUB")) socket.end("-ERR 'Slow Consumer'\r\n");
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const reasons: string[] = [];
    const url = `nats://127.0.0.1:${(server.address() as { port: number }).port}`;
    const bus = await openUp({ url, onDown: (reason) => reasons.push(reason) });
    bus.publish("a", bytes("x"));
    await expect.poll(() => reasons, patient).toHaveLength(1);
    await expect.poll(() => bus.up, patient).toBe(true);
    expect(connections).toBe(2);
    expect(bus.objections).toBe(1);
    expect(reasons).toEqual([`NATS at ${new URL(url).host} is gone: Slow Consumer`]);
    expect(lines.map(({ msg }) => msg)).toEqual(reasons);
  });

  test("is a subscriber that throws: its process hears of it, the connection goes on", async () => {
    const program = `
      import { pino } from ${JSON.stringify(import.meta.resolve("pino"))};
      import { NatsBus } from ${JSON.stringify(new URL("./bus.ts", import.meta.url).href)};
      const thrown = [], heard = [];
      process.on("uncaughtException", (error) => thrown.push(error.message));
      const log = pino({ level: "silent" });
      const url = process.argv[1];
      const bus = await new Promise((resolve) => {
        const bus = NatsBus.open({ url, name: "x", log, onUp: () => resolve(bus), onDown: () => heard.push("down") });
      });
      bus.subscribe("t", ({ bytes }) => {
        heard.push(String(bytes[0]));
        if (bytes[0] === 1) throw new Error("broken");
      });
      for (const byte of [1, 2]) bus.publish("t", Uint8Array.of(byte));
      await bus.flush();
      await new Promise((resolve) => setImmediate(resolve));
      console.log(JSON.stringify({ thrown, heard, up: bus.up }));
      await bus.close();`;
    const args = ["--input-type=module", "--eval", program, nats.urlFor("all")];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    expect(JSON.parse(await text(child.stdout))).toEqual({ thrown: ["broken"], heard: ["1", "2"], up: true });
  });
});
