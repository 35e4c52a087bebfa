import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLogger, Health, NatsBus } from "@bellmesh/mesh/grpc-nats";
import { type Environment, EnvironmentError } from "@bellmesh/process";
import { loadTopology, type Topology, TopologyError } from "@bellmesh/topology";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { Collector } from "./collector.ts";
import { COLLECTOR } from "./mesh-nats.ts";
import { deployedProcesses } from "./process-plan.ts";

/** The name under which its health is asked for. */
const SERVICE = "bellmesh.collector";
const VERDICT_EVERY_MS = 1000;
/** The processes of a mesh stop together, and each has a last word for the ledger. */
const LAST_WORDS_MS = 1500;
const STOP_LIMIT_MS = 8000;

interface Settings {
  readonly topology: Topology;
  readonly seed: number;
  readonly directory: string;
  readonly waitsFor: (process: string) => boolean;
  readonly natsUrl: string;
  readonly listen: string;
  readonly logLevel: string;
}

/**
 * Runs the collector of a mesh's ledger as a process of its own, as the environment says; returns once it collects.
 * In the directory `collector` of the state directory it writes `ledger-<n>`, another for each start, and once a
 * second `verdict.json`, what the referees say so far. It ends as the processes of services do.
 */
export async function runCollector(env: Environment): Promise<void> {
  const settings = settingsOrExit(env);
  const log = createLogger({
    name: settings.topology.name,
    place: COLLECTOR,
    services: [COLLECTOR],
    level: settings.logLevel,
  });
  const health = new Health([SERVICE]);
  const server = new Server();
  health.register(server);
  const bus = NatsBus.open({
    url: settings.natsUrl,
    name: COLLECTOR,
    log,
    onUp: () => health.set(SERVICE, true),
    onDown: (reason) => {
      health.set(SERVICE, false);
      log.warn({ reason }, "the bus is away");
    },
  });
  const { topology, seed, directory } = settings;
  const file = join(directory, `ledger-${nextNumber(directory)}`);
  const collector = new Collector({ bus, topology, seed, file, log, waitsFor: settings.waitsFor });
  writeVerdict(directory, collector, false);
  const writing = setInterval(() => writeVerdict(directory, collector, false), VERDICT_EVERY_MS);
  const stop = async () => {
    health.shutdown();
    await lastWords(collector);
    clearInterval(writing);
    collector.close(collector.openPairs === 0);
    writeVerdict(directory, collector, collector.openPairs === 0);
    await bus.close();
    server.forceShutdown();
  };
  endOnSignal(log, stop);
  await listening(server, settings.listen);
  log.info({ listen: settings.listen, ledger: file }, "collecting");
  flushCompileCache();
}

function settingsOrExit(env: Environment): Settings {
  try {
    const topology = loadTopology(
      required(env, "BELLMESH_TOPOLOGY", "name a topology file, or a preset such as line:9"),
    );
    const stateDir = required(env, "BELLMESH_STATE_DIR", "name the directory where the ledger is to be kept");
    const directory = join(stateDir, COLLECTOR);
    mkdirSync(directory, { recursive: true });
    return {
      topology,
      seed: Number(env.BELLMESH_SEED ?? 1),
      directory,
      waitsFor: deployedProcesses(topology),
      natsUrl: required(env, "NATS_URL", "give it as in nats://collector:password@127.0.0.1:4222"),
      listen: required(env, "BELLMESH_LISTEN", 'give an address such as "0.0.0.0:50051"'),
      logLevel: env.BELLMESH_LOG_LEVEL?.trim() || "info",
    };
  } catch (error) {
    if (!(error instanceof EnvironmentError || error instanceof TopologyError || isSystemError(error))) throw error;
    const variable = error instanceof TopologyError ? "BELLMESH_TOPOLOGY: " : "";
    process.stderr.write(`bellmesh: ${variable}${error.message}\n`);
    return process.exit(2);
  }
}

function required(env: Environment, variable: string, expected: string): string {
  const value = env[variable];
  if (value === undefined || value.trim() === "") throw new EnvironmentError(variable, "it is not set", expected);
  return value;
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}

/** Nobody's ledger is written over. */
function nextNumber(directory: string): number {
  const numbers = readdirSync(directory).map((name) => Number(/^ledger-(\d+)$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers) + 1;
}

/** What is known so far, replaced as a whole so that whoever reads it reads one state of it. */
function writeVerdict(directory: string, collector: Collector, atQuiescence: boolean): void {
  const { books, received, held, late, delivered, openPairs, outstanding } = collector;
  const verdicts = collector.verdicts(atQuiescence);
  const gaps = books.ledger.gaps().length;
  const counts = { events: books.ledger.events, received, held, late, gaps, outstanding, delivered, openPairs };
  const { emulatorLimits } = books.readership;
  const path = join(directory, "verdict.json");
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...counts, emulatorLimits, verdicts })}\n`);
  renameSync(`${path}.new`, path);
}

async function lastWords(collector: Collector): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < STOP_LIMIT_MS - LAST_WORDS_MS) {
    const sinceSignalMs = performance.now() - began;
    if (Math.min(collector.quietMs, sinceSignalMs) > LAST_WORDS_MS) return;
    await sleep(100);
  }
}

function endOnSignal(log: Logger, stop: () => Promise<void>): void {
  let ending = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (ending) process.exit(1);
      ending = true;
      log.info({ reason: signal }, "stopping");
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.fatal({ err: error }, "broken; ending");
          process.exit(1);
        },
      );
    });
  }
}

function listening(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(new Error(`cannot listen on ${address}: ${error.message}`));
      else resolve(port);
    });
  });
}
