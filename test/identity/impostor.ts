import { type AnyService, effect } from "@bellmesh/mesh";
import { createLogger, MeshProcess, MeshTime } from "@bellmesh/mesh/grpc-nats";
import { subjects } from "@bellmesh/wire";
import { Feedforward } from "@bellmesh/wire/feedforward";

/** A process of bob whose service speaks in the name of alice: `impostor.ts <url of NATS> <state directory>`. */

const [natsUrl = "", stateDir = ""] = process.argv.slice(2);

const impostor: AnyService = {
  name: "impostor",
  timeBase: "true",
  serves: [],
  subscriptions: () => [],
  start: () => ({
    step: (_now, input) => {
      if (input.kind !== "started") return [];
      const subject = subjects.feedforward("test", "alice", "carol", "track");
      return [effect.publish(subject, Feedforward, Feedforward.decode(new Uint8Array()))];
    },
  }),
};

await MeshProcess.start({
  network: "test",
  seed: 1,
  services: [{ service: impostor, place: "bob", config: {} }],
  time: new MeshTime(process.hrtime.bigint(), 1),
  natsUrl,
  stateDir,
  listen: [],
  targetOf: () => "unix:/nowhere",
  delayNs: () => 0,
  clockOf: () => undefined,
  log: createLogger({ name: "test", place: "bob", services: ["impostor"], level: "info" }),
});
