import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConnectionOptions } from "nats";

const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
/** The user of the bus who may hear everything and say nothing. */
const LISTENER = "observer";
const STOP_LIMIT_MS = 20_000;

interface Process {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

interface Status {
  readonly directory: string;
  readonly processes: readonly Process[];
}

/** A mesh of processes that `bellmesh up` has started, as its JSON tells of it. */
export class RunningMesh {
  readonly #child: ChildProcess;
  readonly #scratch: string;
  readonly #status: Status;

  constructor(child: ChildProcess, scratch: string, status: Status) {
    this.#child = child;
    this.#scratch = scratch;
    this.#status = status;
  }

  /** The gRPC target of every process. */
  get targets(): readonly string[] {
    return this.#status.processes.map(({ name, ports: [port] }) => this.#targetOf(name, port));
  }

  /** Every place, in alphabetical order. */
  get places(): readonly string[] {
    const addresses = this.#status.processes.flatMap((process) => process.addresses);
    return [...new Set(addresses.map((address) => address.slice(address.indexOf("/") + 1)))].sort();
  }

  /** How somebody who only listens connects to the bus. */
  get nats(): ConnectionOptions {
    const record = JSON.parse(readFileSync(`${this.#status.directory}/mesh.json`, "utf8"));
    const { host, username, password } = new URL(record.nats.urls[LISTENER]);
    return { servers: host, user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  }

  /** Where the node-controller of a node is reached, by TCP as from anywhere else. */
  doorOf(node: string): string {
    const process = this.#status.processes.find(({ addresses }) => addresses.includes(`node-controller/${node}`));
    return `127.0.0.1:${process?.ports[0]}`;
  }

  async stop(): Promise<void> {
    await ended(this.#child);
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  #targetOf(name: string, port: number | undefined): string {
    return port === undefined ? `unix:${this.#status.directory}/s/${name}.sock` : `127.0.0.1:${port}`;
  }
}

/** Starts a mesh by the command line, as a newcomer does, and waits until it is ready. */
export async function meshUp(topology: string): Promise<RunningMesh> {
  const scratch = mkdtempSync(join(tmpdir(), "interop-"));
  const args = ["up", "--topology", topology, "--json"];
  const env = { ...process.env, XDG_RUNTIME_DIR: scratch, NATS_URL: "" };
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  try {
    return new RunningMesh(child, scratch, await firstResult(child, () => said));
  } catch (error) {
    await ended(child);
    rmSync(scratch, { recursive: true, force: true });
    throw error;
  }
}

function firstResult(child: ChildProcess, said: () => string): Promise<Status> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (data) => {
      text += data;
      const line = text.split("\n").find((each, index, lines) => each.startsWith("{") && index < lines.length - 1);
      if (line !== undefined) resolve(JSON.parse(line));
    });
    child.once("exit", (code) => reject(new Error(`bellmesh up ended with exit code ${code}: ${said()}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const limit = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await exit;
  clearTimeout(limit);
}
