/**
 * `node test/bench/nature/local-operations.ts`: how many local operations nature takes over one open stream.
 * Nature is services/quantum-state as a process of its own; this process is a node-controller that streams gates,
 * controlled gates and measurements, and counts the answers. CPU is nature's own, by /proc.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startNats } from "@bellmesh/broker";
import { methodsOf } from "@bellmesh/mesh";
import { Basis, type OperateRequest, QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import { Client, credentials, Metadata } from "@grpc/grpc-js";

const OPERATIONS = process.argv.includes("--quick") ? 40_000 : 400_000;
/** Sent and not yet known to be done; a measurement in every block of this many tells. */
const BLOCK = 10;
const OPEN_BLOCKS = 200;
const TICKS_PER_S = 100;

const directory = mkdtempSync(join(tmpdir(), "nature-"));
const socket = `unix:${join(directory, "nature.sock")}`;
const nats = await startNats({
  prefer: "embedded",
  directory,
  users: [{ user: "nature", password: "only here", permissions: { publish: [">"], subscribe: [">"] } }],
});
const child = spawn(process.execPath, ["services/quantum-state/src/main.ts"], {
  env: {
    ...process.env,
    BELLMESH_TOPOLOGY: "line:3",
    BELLMESH_SERVICE: "quantum-state",
    BELLMESH_NODE: "nature",
    BELLMESH_STATE_DIR: directory,
    BELLMESH_LISTEN: socket,
    BELLMESH_TARGETS: `unix:${join(directory, "{place}.sock")}`,
    BELLMESH_LOG_LEVEL: "warn",
    NATS_URL: nats.urlFor("nature"),
  },
  stdio: ["ignore", "inherit", "inherit"],
});
try {
  while (!existsSync(join(directory, "nature.sock"))) await sleep(20);
  await measured(child.pid as number);
} finally {
  child.kill();
  await new Promise((resolve) => child.once("exit", resolve));
  await nats.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function measured(pid: number): Promise<void> {
  const { operate } = methodsOf(QuantumStateServiceDefinition);
  const client = new Client(socket, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set("bellmesh-node", "n0");
  metadata.set("bellmesh-service", "node-controller");
  const stream = client.makeBidiStreamRequest(
    operate.path,
    (request: OperateRequest) => Buffer.from(operate.requestType.encode(request).finish()),
    (bytes: Buffer) => operate.responseType.decode(bytes),
    metadata,
  );
  let sent = 0;
  let answered = 0;
  let at = 0;
  const send = (operation: OperateRequest["operation"]) => {
    at += 10;
    stream.write({ operationId: sent, at, operation });
    sent += 1;
  };
  const block = () => {
    const [one, other] = [`a${sent}`, `b${sent}`];
    send({ $case: "initialise", initialise: { qubit: one } });
    send({ $case: "initialise", initialise: { qubit: other } });
    for (let gate = 0; gate < 2; gate += 1) {
      send({ $case: "gate", gate: { qubit: one, axis: Basis.X, angle: 0.3 + gate } });
      send({ $case: "gate", gate: { qubit: other, axis: Basis.Y, angle: 0.7 } });
    }
    for (const axis of [Basis.X, Basis.Z]) {
      send({ $case: "controlledGate", controlledGate: { control: one, target: other, axis } });
    }
    send({ $case: "measurement", measurement: { qubit: one, basis: Basis.Z } });
    send({ $case: "measurement", measurement: { qubit: other, basis: Basis.X } });
  };
  const finished = new Promise<void>((resolve, reject) => {
    stream.on("data", (answer: { outcome?: { $case: string } }) => {
      if (answer.outcome?.$case !== "bit") reject(new Error(`nature refused: ${JSON.stringify(answer)}`));
      answered += 1;
      if (answered % 2 === 1) return;
      if (sent < OPERATIONS) block();
      else if (answered >= sent / (BLOCK / 2)) resolve();
    });
    stream.on("error", reject);
  });
  stream.write({ operationId: 0, at: 0, operation: { $case: "attach", attach: { incarnation: 1 } } });
  const began = { ms: performance.now(), cpuS: cpuSOf(pid) };
  for (let open = 0; open < OPEN_BLOCKS; open += 1) block();
  await finished;
  const wallS = (performance.now() - began.ms) / 1000;
  const cpuS = cpuSOf(pid) - began.cpuS;
  const perSecond = (seconds: number) => Math.round(sent / seconds).toLocaleString("en");
  const rates = `${perSecond(wallS)} per second, ${perSecond(cpuS)} per second of nature's CPU`;
  process.stdout.write(`${sent} operations over one stream: ${rates}\n`);
  stream.cancel();
  client.close();
}

/** User and system time of a process, in seconds. */
function cpuSOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}
