/**
 * One end of the feedforward probes of a running mesh: `hear` counts, `tell <times>` sends, by turns through a machine
 * on the mesh's own host and straight on a bare connection. Both processes read the same monotonic clock.
 */
import { effect, Routes, type Service } from "@bellmesh/mesh";
import { MeshProcess, MeshTime } from "@bellmesh/mesh/grpc-nats";
import { subjects } from "@bellmesh/wire";
import { Feedforward } from "@bellmesh/wire/feedforward";
import { connect } from "nats";
import { pino } from "pino";

const [role, network = "", from = "", to = "", url = "", stateDir = "", startNs = "0", times = "0"] =
  process.argv.slice(2);
const EVERY_MS = 4;
const subject = subjects.feedforward(network, from, to, "correction");
const bareSubject = subjects.feedforward(network, from, to, "parity");
const nowNs = () => Number(process.hrtime.bigint());

const ours: number[] = [];
const bare: number[] = [];

function message(sequence: number): Feedforward {
  const correction = { jobId: "probe", shot: sequence, operation: 0, owed: { x: true, z: false } };
  return { sequence, incarnation: 1, measuredAt: nowNs(), notAfter: 0, payload: { $case: "correction", correction } };
}

/** It publishes one message per timer, or hears them. The instants are read here, and belong to nobody's protocol. */
const routes = new Routes<{ sent: number }>()
  .on("started", (_machine, now) => (role === "tell" ? [effect.setTimer("next", now)] : []))
  .timer((machine, _now, { due }) => {
    machine.sent += 1;
    const next = machine.sent < Number(times) ? [effect.setTimer("next", (due + EVERY_MS * 1e6) as typeof due)] : [];
    return [...next, effect.publish(subject, Feedforward, message(machine.sent))];
  })
  .message(Feedforward, (_machine, _now, heard) => {
    ours.push((nowNs() - heard.measuredAt) / 1000);
    return [];
  });

const service: Service<null> = {
  name: "probe",
  timeBase: "true",
  serves: [],
  subscriptions: () => (role === "hear" ? [{ subject, type: Feedforward }] : []),
  start: () => routes.machine({ sent: 0 }),
};

const { hostname, port, username, password } = new URL(url);
const connection = await connect({ servers: `${hostname}:${port}`, user: username, pass: password });
await MeshProcess.start({
  network,
  seed: 1,
  services: [{ service, place: role === "hear" ? to : from, config: null }],
  time: new MeshTime(BigInt(startNs), 1),
  natsUrl: url,
  stateDir,
  listen: [],
  targetOf: (address) => address,
  // Before the distance rule: what the emulator itself costs.
  delayNs: () => 0,
  clockOf: () => undefined,
  log: pino({ level: "silent" }),
});
if (role === "hear") {
  connection.subscribe(bareSubject, {
    callback: (_error, { data }) => bare.push((nowNs() - Feedforward.decode(data).measuredAt) / 1000),
  });
  process.on("message", () => process.send?.({ ours, bare }));
} else {
  let sent = 0;
  const sending = setInterval(() => {
    sent += 1;
    connection.publish(bareSubject, Feedforward.encode(message(sent)).finish());
    if (sent < Number(times)) return;
    clearInterval(sending);
    setTimeout(() => process.send?.("done"), 200);
  }, EVERY_MS);
}
process.send?.("ready");
