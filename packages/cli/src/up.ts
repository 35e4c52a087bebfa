import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Mesh, type NatsChoice } from "@bellmesh/emulation";
import { loadTopology } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import type { Command, Option, Output } from "./command.ts";
import { LiveText } from "./live-text.ts";
import { meshBase } from "./mesh-option.ts";
import { meshText } from "./mesh-text.ts";
import { StopSignals } from "./stop-signals.ts";
import { UsageError } from "./usage-error.ts";

/** The options of every command that starts a mesh. */
export const meshOptions: Readonly<Record<string, Option>> = {
  topology: { value: "TOPOLOGY", summary: "a topology file, or a preset: line:9, ring:6, star:5, grid:3x3" },
  seed: { value: "S", summary: "the seed of all chance (default: 1)" },
  nats: {
    value: "NATS",
    summary: "server, embedded, or a URL (default: NATS_URL, else a nats-server that is here, else embedded)",
  },
  "allow-faults": { summary: "let faults be injected while it runs, by bellmesh faults inject" },
  "per-node": { summary: "one process per node with its four services, instead of one per service" },
};

const READY_FIRST_MS = 30_000;
const READY_PER_PROCESS_MS = 2000;
const SHOW_EVERY_MS = 1000;
const PORT_MAX = 65_535;

/** `bellmesh up`: a topology as processes of this machine. */
export const up: Command = {
  name: "up",
  summary: "start a mesh of processes on this machine and keep it running",
  description:
    "Starts a process for every service of every node, link and nature, over real gRPC and NATS, and keeps them\n" +
    "running: one that ends is started again. Stays until Ctrl-C, or bellmesh down from elsewhere; with --detach it\n" +
    "returns when all are ready. Any number of meshes may run side by side, each under a name of its own.",
  positionals: [],
  options: {
    ...meshOptions,
    name: { value: "NAME", summary: "by which other commands find it (default: the topology's)" },
    port: { value: "PORT", summary: "TCP port of the first node-controller, the others follow (default: a free one)" },
    detach: { summary: "return when the mesh is ready, and leave it running" },
  },
  examples: [
    "bellmesh up --topology examples/topologies/alice-repeater-bob.yaml",
    "bellmesh up --topology line:5 --name lab --per-node --port 50100 --detach",
  ],
  async run(given, output) {
    const topology = givenMeshTopology(given);
    const name = given.text("name") ?? loadTopology(topology).name;
    const port = given.wholeNumber("port", 1, PORT_MAX);
    if (given.has("detach")) return detached(given, name, output);
    const signals = new StopSignals();
    const mesh = await Mesh.start({
      topology,
      ...givenMeshOptions(given),
      name,
      ...(port !== undefined && { port }),
      keepLogs: true,
      onStopAsked: () => signals.stop("bellmesh down"),
    });
    try {
      await Promise.race([mesh.whenReady(readyLimitMs(mesh)), signals.stopped]);
      if (!signals.isStopped) await stay(mesh, given, output, signals);
    } finally {
      output.note(`stopping ${name}`);
      await mesh.stop();
    }
    return 0;
  },
};

/** The source of the topology. @throws UsageError when none is given. */
export function givenMeshTopology(given: Arguments): string {
  return given.requiredText("topology", "name a topology file, or a preset such as line:9");
}

/** @throws UsageError for a value that is none. */
export function givenMeshOptions(given: Arguments) {
  return {
    seed: given.wholeNumber("seed", 0, Number.MAX_SAFE_INTEGER) ?? 1,
    perNode: given.has("per-node"),
    allowFaults: given.has("allow-faults"),
    nats: givenNats(given),
    directory: meshBase(),
    compileCache: process.env.NODE_COMPILE_CACHE,
  };
}

/** How long a mesh may take until it is ready. */
export function readyLimitMs(mesh: Mesh): number {
  return READY_FIRST_MS + READY_PER_PROCESS_MS * mesh.connection.processes;
}

function givenNats(given: Arguments): NatsChoice {
  const text = given.text("nats");
  if (text === "server" || text === "embedded") return text;
  if (text !== undefined) {
    if (/^(nats|tls):\/\/./.test(text)) return { url: text };
    const expected = "give server, embedded, or a URL such as nats://127.0.0.1:4222";
    throw new UsageError(`--nats ${JSON.stringify(text)} is no NATS`, expected);
  }
  const url = process.env.NATS_URL;
  return url ? { url } : "auto";
}

/** Shows how it goes until it is to stop: a table that changes on a terminal, the table and what happens elsewhere. */
async function stay(mesh: Mesh, given: Arguments, output: Output, signals: StopSignals): Promise<void> {
  const status = await mesh.status();
  if (given.has("json")) output.result(JSON.stringify(status));
  const live = new LiveText(process.stdout);
  if (!given.has("json") && !live.isLive) output.result(meshText(status));
  process.send?.({ ready: true });
  const shown = new Map(status.processes.map((one) => [one.name, one.reason]));
  while (!signals.isStopped) {
    const now = await mesh.status();
    if (live.isLive && !given.has("json")) live.show(`${meshText(now)}\n\nCtrl-C stops it.`);
    for (const { name, reason } of now.processes) {
      if (shown.get(name) === reason) continue;
      shown.set(name, reason);
      if (!live.isLive || given.has("json")) output.note(`${name}: ${reason === "" ? "ready" : reason}`);
    }
    await Promise.race([new Promise((resolve) => setTimeout(resolve, SHOW_EVERY_MS)), signals.stopped]);
  }
}

/** Leaves a supervisor in the background. What it says goes to a file; when it cannot begin, it is told here. */
async function detached(given: Arguments, name: string, output: Output): Promise<number> {
  mkdirSync(meshBase(), { recursive: true, mode: 0o700 });
  const file = join(meshBase(), `${name}.log`);
  const log = openSync(file, "w", 0o600);
  const words = process.argv.slice(2).filter((word) => word !== "--detach");
  const child = spawn(process.execPath, [fileURLToPath(new URL("./main.ts", import.meta.url)), ...words], {
    stdio: ["ignore", log, log, "ipc"],
    detached: true,
  });
  closeSync(log);
  const code = await new Promise<number>((resolve) => {
    child.on("message", () => resolve(0));
    child.on("exit", (exitCode) => resolve(exitCode ?? 1));
  });
  if (child.connected) child.disconnect();
  child.unref();
  const said = readFileSync(file, "utf8").trim();
  if (code !== 0) output.note(said);
  else if (given.has("json")) output.result(said.split("\n").find((line) => line.startsWith("{")) ?? "");
  else
    output.result(`${said}\n\nbellmesh request --name ${name} asks for pairs; bellmesh down --name ${name} stops it.`);
  return code;
}
