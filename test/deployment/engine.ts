import { execFileSync } from "node:child_process";
import Docker from "dockerode";

/** A Docker engine and the compose command that goes with it, or why there is none. */
export type Engine =
  | { readonly docker: Docker; readonly compose: ComposeCommand; readonly reason?: never }
  | { readonly docker?: never; readonly compose?: never; readonly reason: string };

/** As testcontainers wants it named: nothing for `docker compose`, else a program of its own. */
export interface ComposeCommand {
  readonly executable?: { readonly standalone: true; readonly executablePath: string };
}

/**
 * Looks for a Docker engine. Where BELLMESH_REQUIRE_DOCKER is set, as in CI, there must be one.
 * @throws Error when there is none and there must be.
 */
export async function findEngine(): Promise<Engine> {
  const engine = await lookForEngine();
  if (engine.reason !== undefined && process.env.BELLMESH_REQUIRE_DOCKER) {
    throw new Error(`BELLMESH_REQUIRE_DOCKER is set, and ${engine.reason}`);
  }
  return engine;
}

async function lookForEngine(): Promise<Engine> {
  const docker = new Docker();
  try {
    await docker.ping();
  } catch (error) {
    return { reason: `no Docker engine answers: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (answers("docker", ["compose", "version"])) return { docker, compose: {} };
  if (answers("docker-compose", ["version"])) {
    return { docker, compose: { executable: { standalone: true, executablePath: "docker-compose" } } };
  }
  return { reason: "there is neither docker compose nor docker-compose" };
}

function answers(command: string, words: readonly string[]): boolean {
  try {
    execFileSync(command, words, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
