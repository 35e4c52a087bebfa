/**
 * A process for tests: two services at bob that answer a call, and write that down and more unless it has sequence 0.
 * It says over its channel that it serves, and is told there in the steps of whom to crash.
 */
import { subjects } from "@bellmesh/wire";
import { ClockSyncServiceDefinition } from "@bellmesh/wire/clock-sync";
import { Acknowledgement } from "@bellmesh/wire/feedforward";
import { publish, record, respond, setTimer, store } from "../effects.ts";
import type { Address, Call } from "../host.ts";
import { type Script, scripted } from "../virtual/scripted-service.ts";
import { createLogger, MeshProcess, MeshTime } from "./index.ts";

const [directory = "", natsUrl = ""] = process.argv.slice(2);

const step: Script["step"] = (now, input) => {
  if (input.kind !== "call") return [];
  const { sequence } = input.request as { sequence: number };
  const acknowledgement = { incarnation: 1, sequences: [sequence], kind: "track" };
  const halfStored = { pair: `alice-bob/1/${sequence}`, node: "bob", link: "alice-bob", slot: 0 };
  const answer = respond(input.call as Call, { sequence, received: undefined, sent: undefined });
  if (sequence === 0) return [answer];
  return [
    answer,
    publish(subjects.feedforward("test", "bob", "alice", "ack"), Acknowledgement, acknowledgement),
    setTimer("soon", now),
    store("asked", Uint8Array.of(sequence)),
    record({ $case: "halfStored", halfStored }),
  ];
};
const services = ["server", "other"].map((name) => {
  const { service } = scripted(name, { serves: [ClockSyncServiceDefinition], step });
  return { service, place: "bob", config: {} };
});
const mesh = await MeshProcess.start({
  network: "test",
  seed: 1,
  services,
  time: new MeshTime(process.hrtime.bigint(), 1),
  natsUrl,
  stateDir: directory,
  listen: [`unix:${directory}/bob.sock`],
  targetOf: () => `unix:${directory}/bob.sock`,
  delayNs: () => 0,
  clockOf: () => undefined,
  log: createLogger({ name: "test", place: "bob", services: [], level: "silent" }),
});
process.on("message", (told) => {
  mesh.crashInStepOf(told as readonly Address[]);
  process.send?.({ told });
});
process.on("disconnect", () => process.exit());
for (;;) {
  if (mesh.readiness.ready("*")) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
}
process.send?.({ ready: true });
