/**
 * The other end of the stream: `nature <directory>` serves quantum-state, `echo <directory>` answers every third
 * message with its beginning and knows nothing. Both say "ready", answer "cpu" with the CPU time they have used, and
 * end on "end".
 */
import { join } from "node:path";
import { startNats } from "@bellmesh/broker";
import { MeshProcess, MeshTime } from "@bellmesh/mesh/grpc-nats";
import { service } from "@bellmesh/quantum-state";
import { loadTopology } from "@bellmesh/topology";
import { type MethodDefinition, Server, ServerCredentials } from "@grpc/grpc-js";
import { pino } from "pino";

const [role, directory = "."] = process.argv.slice(2);
const target = `unix:${join(directory, `${role}.sock`)}`;

let stop = () => Promise.resolve();

process.on("message", async (message) => {
  if (message === "cpu") {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1000);
    return;
  }
  await stop();
  process.exit(0);
});

if (role === "nature") {
  const line = loadTopology("line:2");
  const topology = { ...line, clock: { ...line.clock, preset: "perfect" as const } };
  const everything = { publish: [">"], subscribe: [">"] };
  const users = [{ user: "nature", password: "nature", permissions: everything }];
  const nats = await startNats({ prefer: "embedded", users, directory });
  const running = await MeshProcess.start({
    network: topology.name,
    seed: 1,
    services: [{ service, place: "nature", config: { topology } }],
    time: new MeshTime(process.hrtime.bigint(), 1),
    natsUrl: nats.urlFor("nature"),
    stateDir: join(directory, "nature"),
    listen: [target],
    targetOf: () => target,
    delayNs: () => 0,
    clockOf: () => undefined,
    log: pino({ level: "silent" }),
  });
  stop = async () => {
    await running.stop();
    await nats.stop();
  };
  process.send?.("ready");
} else {
  const same = (bytes: Buffer) => bytes;
  const echo: MethodDefinition<Buffer, Buffer> = {
    path: "/bellmesh.quantum_state.v1.QuantumStateService/Operate",
    requestStream: true,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  /** Messages after the first, with which a node attaches. */
  let heard = -1;
  const server = new Server();
  server.addService(
    { echo },
    {
      echo: (call: NodeJS.ReadWriteStream) =>
        call.on("data", (bytes: Buffer) => {
          heard += 1;
          if (heard > 0 && heard % 3 === 0) call.write(bytes.subarray(0, 8));
        }),
    },
  );
  server.bindAsync(target, ServerCredentials.createInsecure(), () => process.send?.("ready"));
}
