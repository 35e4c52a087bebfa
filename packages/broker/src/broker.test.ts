import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { connect, type Msg, type NatsConnection, headers as natsHeaders } from "nats";
import { afterEach, expect, test } from "vitest";
import { Broker, type BrokerOptions } from "./broker.ts";

const patient = { timeout: 30_000, interval: 5 };
const CONNECT = 'CONNECT {"verbose":false}\r\n';
const brokers: Broker[] = [];
const clients: NatsConnection[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
});

async function start(options: Partial<BrokerOptions> = {}): Promise<Broker> {
  const broker = await Broker.start({ host: "127.0.0.1", port: 0, users: [], ...options });
  brokers.push(broker);
  return broker;
}

async function client(broker: Broker, options: object = {}): Promise<NatsConnection> {
  const connection = await connect({ servers: `127.0.0.1:${broker.port}`, reconnect: false, ...options });
  clients.push(connection);
  return connection;
}

/** A connection by hand: what it hears, and whether it has ended. */
async function byHand(broker: Broker) {
  const socket = connectSocket(broker.port, "127.0.0.1");
  sockets.push(socket);
  const line = { socket, heard: "", isClosed: false };
  socket.on("data", (bytes) => {
    line.heard += bytes.toString();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    line.isClosed = true;
  });
  await expect.poll(() => line.heard, patient).toContain("INFO");
  line.heard = "";
  return line;
}

test("it greets with what it can do", async () => {
  const broker = await start({ name: "mine", maxPayload: 500 });
  const { info } = await client(broker);
  expect(info).toMatchObject({ server_name: "mine", proto: 1, headers: true, max_payload: 500 });
  expect(info?.auth_required).toBeUndefined();
});

test("the client of NATS publishes, subscribes, asks and answers over it", async () => {
  const broker = await start();
  const [alice, bob] = [await client(broker), await client(broker)];
  bob.subscribe("question.*", {
    callback: (_, message: Msg) => {
      const headers = natsHeaders();
      headers.set("Lang", message.headers?.get("Lang") ?? "");
      message.respond(Buffer.from(`${message.subject} ${message.data.length}`), { headers });
    },
  });
  await bob.flush();
  const asked = natsHeaders();
  asked.set("Lang", "en");
  const answer = await alice.request("question.long", new Uint8Array(1_000_000), { timeout: 20_000, headers: asked });
  expect(answer.string()).toBe("question.long 1000000");
  expect(answer.headers?.get("Lang")).toBe("en");
  await expect(alice.request("nobody", undefined, { timeout: 20_000 })).rejects.toMatchObject({ code: "503" });
});

test("headers are kept from those who do not know them", async () => {
  const broker = await start();
  const old = await byHand(broker);
  old.socket.write(`${CONNECT}SUB a 1\r\nPING\r\n`);
  await expect.poll(() => old.heard, patient).toBe("PONG\r\n");
  const headers = natsHeaders();
  headers.set("a", "b");
  (await client(broker)).publish("a", Buffer.from("hello"), { headers });
  await expect.poll(() => old.heard, patient).toBe("PONG\r\nMSG a 1 5\r\nhello\r\n");
});

test("who leaves is forgotten, and so is what he said last", async () => {
  const broker = await start();
  const [leaving, staying] = [await byHand(broker), await byHand(broker)];
  leaving.socket.write(`${CONNECT}SUB a group 1\r\nSUB a 2\r\nFOO\r\nSUB a 3\r\n`);
  await expect.poll(() => leaving.isClosed, patient).toBe(true);
  expect(leaving.heard).toBe("-ERR 'Unknown Protocol Operation'\r\n");
  staying.socket.write(`${CONNECT}SUB a group 1\r\n${"PUB a 1\r\nx\r\n".repeat(3)}PING\r\n`);
  await expect.poll(() => staying.heard, patient).toBe(`${"MSG a 1 1\r\nx\r\n".repeat(3)}PONG\r\n`);
});

test("who does not log in is let go", async () => {
  const users = [{ user: "alice", password: "secret", permissions: {} }];
  const line = await byHand(await start({ users }));
  await expect.poll(() => line.isClosed, patient).toBe(true);
  expect(line.heard).toBe("-ERR 'Authentication Timeout'\r\n");
});

test("a slow consumer is let go, and nobody else is slowed", async () => {
  const said: string[] = [];
  const broker = await start({ maxPendingBytes: 1_000_000, log: (line) => said.push(line) });
  const slow = await byHand(broker);
  slow.socket.write('CONNECT {"verbose":false,"name":"sleeper"}\r\nSUB a 1\r\nPING\r\n');
  await expect.poll(() => slow.heard, patient).toBe("PONG\r\n");
  slow.socket.pause();
  const [publisher, quick] = [await client(broker), await client(broker)];
  let heard = 0;
  quick.subscribe("a", {
    callback: () => {
      heard += 1;
    },
  });
  await quick.flush();
  const payload = new Uint8Array(500_000);
  let published = 0;
  await expect
    .poll(async () => {
      for (let message = 0; message < 4; message++) publisher.publish("a", payload);
      published += 4;
      await publisher.flush();
      return said;
    }, patient)
    .toEqual([expect.stringMatching(/^slow consumer, client 1 sleeper: \d+ bytes wait for it; disconnected$/)]);
  await expect.poll(() => heard, patient).toBe(published);
  slow.socket.resume();
  await expect.poll(() => slow.isClosed, patient).toBe(true);
});

test("it stops though a client takes nothing and never ends its side", async () => {
  const broker = await start();
  const line = await byHand(broker);
  line.socket.write(`${CONNECT}SUB a 1\r\nPING\r\n`);
  await expect.poll(() => line.heard, patient).toBe("PONG\r\n");
  line.socket.pause();
  const publisher = await client(broker);
  for (let message = 0; message < 20; message++) publisher.publish("a", new Uint8Array(900_000));
  await publisher.flush();
  const gone = once(line.socket, "close");
  await broker.stop();
  line.socket.resume();
  await gone;
  await expect(client(broker)).rejects.toThrow();
});

test("a port in use is refused as the system does", async () => {
  const { port } = await start();
  await expect(Broker.start({ host: "127.0.0.1", port, users: [] })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
