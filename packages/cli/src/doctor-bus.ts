import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findNatsServer } from "@bellmesh/broker";
import { connectTo, EmulationError } from "@bellmesh/emulation";
import type { Finding } from "./doctor-finding.ts";

const run = promisify(execFile);
const PATIENCE_MS = 5000;

/** The NATS that a mesh would run over. */
export async function busFindings(): Promise<Finding[]> {
  return [await serverFinding(), ...(await urlFinding())];
}

/** Docker, for meshes in containers. */
export async function containerFindings(): Promise<Finding[]> {
  const about = "Docker";
  try {
    const { stdout } = await run("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: PATIENCE_MS });
    return [{ about, state: "ok", found: `engine ${stdout.trim()}`, mend: "" }];
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const found = missing ? "not installed" : "no engine answers";
    const what = missing ? "install Docker" : "start the engine, or join the group that may use it";
    return [{ about, state: "note", found, mend: `${what}, to run meshes in containers; processes need none` }];
  }
}

async function serverFinding(): Promise<Finding> {
  const about = "nats-server";
  const path = findNatsServer(process.env.PATH);
  if (path === undefined) {
    const mend = "the embedded broker stands in; for a real one install nats-server (apt-get install nats-server)";
    return { about, state: "note", found: "not installed", mend };
  }
  const version = await run(path, ["--version"], { timeout: PATIENCE_MS }).then(
    ({ stdout, stderr }) => (stdout + stderr).trim().replace(/^nats-server:\s*/, ""),
    () => undefined,
  );
  if (version !== undefined) return { about, state: "ok", found: `${version} at ${path}`, mend: "" };
  return { about, state: "wrong", found: `${path} does not run`, mend: "install it anew, or use --nats embedded" };
}

async function urlFinding(): Promise<Finding[]> {
  const url = process.env.NATS_URL;
  if (!url) return [{ about: "NATS_URL", state: "ok", found: "not set: every mesh gets a NATS of its own", mend: "" }];
  try {
    const connection = await connectTo(url);
    const { version = "unknown" } = connection.info ?? {};
    await connection.close();
    return [{ about: "NATS_URL", state: "ok", found: `version ${version} answers and takes us`, mend: "" }];
  } catch (error) {
    if (!(error instanceof EmulationError)) throw error;
    const problem = error.message.slice(0, -error.expected.length - 2);
    return [{ about: "NATS_URL", state: "wrong", found: problem, mend: error.expected }];
  }
}
