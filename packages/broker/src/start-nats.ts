import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { BusUser } from "./bus-user.ts";
import { findNatsServer } from "./find-nats-server.ts";
import { natsServerConfig } from "./nats-server-config.ts";

/** A given NATS, a nats-server of this machine, or our own broker. */
export type NatsKind = "url" | "server" | "embedded";

export interface StartNatsOptions {
  /** Instead of the first there is: a URL if one is given, a nats-server if one is found, else the broker. */
  readonly prefer?: NatsKind;
  readonly url?: string;
  readonly users: readonly BusUser[];
  /** Where configuration and log go. */
  readonly directory: string;
  /** 0, the default: any. */
  readonly port?: number;
  /** Where to look for a nats-server, as the environment's PATH says. */
  readonly path?: string;
}

/** A NATS that answers. */
export interface RunningNats {
  readonly kind: NatsKind;
  /** Of our child; undefined for a NATS that somebody else runs. */
  readonly pid: number | undefined;
  /** Of our child on this machine. */
  readonly port: number | undefined;
  /** Settles when the child has ended, by itself or not. Another promise after every restart. */
  readonly exited: Promise<void>;
  urlFor(user: string): string;
  kill(signal: NodeJS.Signals): void;
  /** Ends it, and waits until it has ended. */
  stop(): Promise<void>;
  /** Starts it again on the same port; stops it first where it still runs. */
  restart(): Promise<void>;
}

const HOST = "127.0.0.1";
const PORT_ATTEMPTS = 5;
const READY_LIMIT_MS = 10_000;
const STOP_LIMIT_MS = 3000;

/**
 * Finds or starts a NATS.
 * @throws Error saying what was tried and why it did not work.
 */
export async function startNats(options: StartNatsOptions): Promise<RunningNats> {
  const kind = options.prefer ?? (options.url !== undefined ? "url" : undefined);
  if (kind === "url") return givenNats(options.url);
  const server = kind === "embedded" ? undefined : findNatsServer(options.path);
  if (kind === "server" && server === undefined) {
    throw new Error("no nats-server is on the PATH or in /usr/sbin; install it, or use the embedded broker");
  }
  mkdirSync(options.directory, { recursive: true });
  let reason = "";
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    const port = options.port || (await freePort());
    const nats = new ChildNats(options, server, port);
    try {
      await nats.restart();
      return nats;
    } catch (error) {
      // Somebody else may have been quicker to the port.
      reason = (error as Error).message;
      if (options.port) break;
    }
  }
  throw new Error(`${server ?? "the embedded broker"} could not be started: ${reason}`);
}

function givenNats(url: string | undefined): RunningNats {
  if (url === undefined) throw new Error("no URL of NATS is given; set NATS_URL");
  const nothing = async () => undefined;
  return {
    kind: "url",
    pid: undefined,
    port: undefined,
    exited: new Promise(() => undefined),
    urlFor: () => url,
    kill: () => undefined,
    stop: nothing,
    restart: nothing,
  };
}

class ChildNats implements RunningNats {
  readonly kind: NatsKind;
  exited: Promise<void> = Promise.resolve();
  readonly #users: ReadonlyMap<string, BusUser>;
  readonly port: number;
  /** By which it greets: another's server may answer on our port while ours gives up. */
  readonly #name = `bellmesh-${randomUUID()}`;
  readonly #command: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #said = "";

  constructor({ users, directory }: StartNatsOptions, server: string | undefined, port: number) {
    this.kind = server === undefined ? "embedded" : "server";
    this.#users = new Map(users.map((user) => [user.user, user]));
    this.port = port;
    if (server === undefined) {
      const file = join(directory, "broker-users.json");
      writeFileSync(file, JSON.stringify(users), { mode: 0o600 });
      this.#command = process.execPath;
      const main = fileURLToPath(new URL("./main.ts", import.meta.url));
      this.#args = [main, "--host", HOST, "--port", String(port), "--name", this.#name, "--users", file];
    } else {
      const file = join(directory, "nats-server.conf");
      writeFileSync(file, natsServerConfig({ host: HOST, port, users, name: this.#name }), { mode: 0o600 });
      this.#command = server;
      this.#args = ["--config", file];
    }
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  urlFor(user: string): string {
    const known = this.#users.get(user);
    if (known === undefined) throw new Error(`the bus knows no user ${user}`);
    return `nats://${encodeURIComponent(user)}:${encodeURIComponent(known.password)}@${HOST}:${this.port}`;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async restart(): Promise<void> {
    await this.stop();
    // A group of its own: Ctrl-C in the terminal is for whoever stops the bus after those who speak on it.
    const child = spawn(this.#command, this.#args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
    this.#child = child;
    this.#said = "";
    const hear = (text: Buffer) => {
      this.#said = `${this.#said}${text}`.slice(-2000);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    let ended: string | undefined;
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        ended ??= how;
        resolve();
      };
      child.once("error", (error) => end(error.message));
      // Not before everything it said has been heard.
      child.once("close", (code, signal) => end(`it ended with ${signal ?? `code ${code}`}`));
    });
    const deadline = Date.now() + READY_LIMIT_MS;
    while ((await nameOfServer(this.port)) !== this.#name) {
      if (ended !== undefined) throw new Error(`${ended}: ${this.#said.trim()}`);
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`it does not answer on port ${this.port}: ${this.#said.trim()}`);
      }
      await sleep(10);
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    await this.exited;
    clearTimeout(patience);
  }
}

/** The name by which a NATS greets, which speaks first; undefined where none answers. */
function nameOfServer(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    let greeting = "";
    const settle = () => {
      socket.destroy();
      resolve(/^INFO .*"server_name":"([^"]*)"/.exec(greeting)?.[1]);
    };
    socket.setTimeout(1000, settle);
    socket.on("data", (bytes) => {
      greeting += bytes;
      if (greeting.includes("\n")) settle();
    });
    socket.once("error", settle);
    socket.once("close", settle);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
