import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunDirectory } from "./run-directory.ts";

/** One of each kind: between them they load whatever any process of a mesh does. */
const MAINS = ["node", "physical-link", "quantum-state"];
const LIMIT_MS = 10_000;

/** Where Node keeps what it has compiled for the processes of a mesh. */
export function compileCacheOf(directory: RunDirectory, named: string | undefined): string {
  return named ? join(named, "mesh") : join(dirname(directory.path), ".compile-cache");
}

/**
 * Fills Node's cache of compiled code where there is none yet, so that a mesh's processes, which all start at once,
 * do not each compile the same sources. A service that is told nothing loads all it needs, says so, and ends.
 */
export async function warmCompileCache(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  await Promise.all(MAINS.map((service) => loaded(service, directory)));
}

function loaded(service: string, directory: string): Promise<void> {
  const main = fileURLToPath(import.meta.resolve(`@bellmesh/${service}/main`));
  return new Promise((resolve) => {
    const env = { NODE_COMPILE_CACHE: directory };
    const child = spawn(process.execPath, [main], { stdio: "ignore", env, timeout: LIMIT_MS });
    child.once("exit", () => resolve());
    // Without the cache a mesh starts later, and that is all.
    child.once("error", () => resolve());
  });
}
