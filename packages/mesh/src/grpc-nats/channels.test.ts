import { createServer, type Server as NetServer, type Socket } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Channels } from "./channels.ts";

const METHOD = "/test.v1.EchoService/Echo";
const same = (bytes: Buffer) => bytes;

let mute: NetServer;
let sockets: Socket[];
let port = 0;
let channels: Channels;
let server: grpc.Server | undefined;

beforeEach(async () => {
  sockets = [];
  // It takes connections and never says a word, as a peer does that is paused, or gone from its address.
  mute = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  port = (mute.address() as { port: number }).port;
  channels = new Channels(() => `dns:///127.0.0.1:${port}`);
});

afterEach(async () => {
  channels.close();
  server?.forceShutdown();
  await silence();
});

async function silence(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => mute.close(() => resolve()));
}

function ask(): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = channels.to("link-layer/alice");
    client.makeUnaryRequest(METHOD, same, same, Buffer.from("hello"), (error, answer) => {
      if (answer) resolve(answer.toString());
      else reject(error);
    });
  });
}

test("what waits for a connection that nobody answers ends with UNAVAILABLE", async () => {
  await expect(ask()).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
});

test("a client goes on where the peer has come back, though nobody has ended its former connection", async () => {
  const client = channels.to("link-layer/alice");
  await expect(ask()).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
  await silence();
  server = new grpc.Server();
  const codecs = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  const echo: grpc.handleUnaryCall<Buffer, Buffer> = ({ request }, answer) => answer(null, request);
  server.addService({ echo: { path: METHOD, requestStream: false, responseStream: false, ...codecs } }, { echo });
  await new Promise((resolve) =>
    server?.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), resolve),
  );
  await vi.waitFor(async () => expect(await ask()).toBe("hello"), { timeout: 30_000, interval: 200 });
  expect(channels.to("link-layer/alice")).toBe(client);
});
