/** One end of a bare stream of gRPC between two processes: `serve <socket>` echoes, `ask <socket> <times>` counts. */
import { Client, credentials, type MethodDefinition, Server, ServerCredentials } from "@grpc/grpc-js";

const same = (bytes: Buffer) => bytes;
const echo: MethodDefinition<Buffer, Buffer> = {
  path: "/bench.Floor/Echo",
  requestStream: true,
  responseStream: true,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};

const [role, socket = "", times = "0"] = process.argv.slice(2);
if (role === "serve") {
  const server = new Server();
  server.addService(
    { echo },
    { echo: (call: NodeJS.ReadWriteStream) => call.on("data", (bytes) => call.write(bytes)) },
  );
  server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), () => process.send?.("ready"));
} else {
  process.send?.("ready");
  const client = new Client(`unix:${socket}`, credentials.createInsecure());
  const stream = client.makeBidiStreamRequest(echo.path, same, same);
  const payload = Buffer.alloc(80, 1);
  const roundTripsUs: number[] = [];
  let sentAt = performance.now();
  stream.on("data", () => {
    roundTripsUs.push((performance.now() - sentAt) * 1000);
    if (roundTripsUs.length >= Number(times)) process.send?.(roundTripsUs);
    else {
      sentAt = performance.now();
      stream.write(payload);
    }
  });
  stream.on("error", () => undefined);
  stream.write(payload);
}
