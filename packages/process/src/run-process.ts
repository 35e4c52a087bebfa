import { flushCompileCache } from "node:module";
import type { AnyService } from "@bellmesh/mesh";
import { createLogger, MeshProcess } from "@bellmesh/mesh/grpc-nats";
import { TopologyError } from "@bellmesh/topology";
import type { Logger } from "pino";
import { EnvironmentError } from "./environment-error.ts";
import { Life } from "./life.ts";
import { isCrashInStep, type Serving } from "./parent-channel.ts";
import { placeOf, watchClocks } from "./place-clocks.ts";
import { processOptions } from "./process-options.ts";
import { type Environment, type ProcessSettings, processSettings } from "./process-settings.ts";

/**
 * Runs services as a process of a mesh, as the environment says; returns once it serves. It ends on SIGTERM, SIGINT
 * and when its parent is gone. Exit codes: 0 stopped, 1 broken, 2 it could not begin (one line on stderr says why).
 */
export async function runProcess(services: readonly AnyService[], env: Environment): Promise<void> {
  const settings = settingsOrExit(services, env);
  const log = loggerOf(settings);
  const life = new Life(log);
  try {
    const process = await MeshProcess.start({ ...processOptions(services, settings), log });
    const clocks = watchClocks(settings, process);
    life.begin(async () => {
      for (const clock of clocks) clock.close();
      await process.stop();
    });
    obeyParent(process, log);
    announce({ ready: true, ports: process.ports });
    log.info({ listen: settings.listen, ports: process.ports }, "serving");
  } catch (error) {
    refuse(error);
  }
  // Kept also when the process is killed: the next one starts faster.
  flushCompileCache();
}

function settingsOrExit(services: readonly AnyService[], env: Environment): ProcessSettings {
  const names = services.map(({ name }) => name);
  try {
    return processSettings(names, env);
  } catch (error) {
    return refuse(error);
  }
}

function loggerOf({ topology, addresses, logLevel }: ProcessSettings): Logger {
  const places = [...new Set(addresses.map(placeOf))];
  const services = [...new Set(addresses.map((address) => address.slice(0, address.indexOf("/"))))];
  return createLogger({ name: topology.name, place: places.join(","), services, level: logLevel });
}

/** Crashes in the middle of a step need the process's own help; of other faults its parent tells it elsewhere. */
function obeyParent(mesh: MeshProcess, log: Logger): void {
  process.on("message", (message) => {
    if (!isCrashInStep(message)) {
      log.warn({ message }, "ignored what the parent says: it is no message of this channel");
      return;
    }
    const { crashInStepOf: services } = message;
    log.warn(
      { services },
      services.length === 0 ? "lives on" : "ends in the middle of the next step of these services",
    );
    mesh.crashInStepOf(services);
  });
}

function announce(serving: Serving): void {
  process.send?.(serving);
}

/** Ends a process that has not begun. */
function refuse(error: unknown): never {
  const isForeseen = error instanceof EnvironmentError || error instanceof TopologyError;
  const variable = error instanceof TopologyError ? "BELLMESH_TOPOLOGY: " : "";
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`bellmesh: ${variable}${message}\n`);
  if (!isForeseen && error instanceof Error && !("syscall" in error)) process.stderr.write(`${error.stack}\n`);
  process.exit(2);
}
