import { spawn, spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const launcher = fileURLToPath(new URL("../bin/bellmesh.mjs", import.meta.url));

/** The Nodes at hand: the one that runs this, and the system's when that is another version (then it hands over). */
const nodes = [process.execPath, ...otherNode()];

function otherNode(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  for (const folder of [...folders, "/usr/bin", "/usr/local/bin"]) {
    const path = join(folder, "node");
    try {
      accessSync(path, constants.X_OK);
    } catch {
      continue;
    }
    const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
    if (/^v(2\d|[3-9]\d)\./.test(stdout) && stdout.trim() !== process.version) return [path];
  }
  return [];
}

describe.each(nodes)("the launcher on %s", (node) => {
  const run = (...words: string[]) => spawnSync(node, [launcher, ...words], { encoding: "utf8" });

  test("gives the command's output and exit code", () => {
    const { status, stdout, stderr } = run("topology", "validate", "line:3", "--json");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, name: "line-3" });
    expect(status).toBe(0);
  });

  test("gives its errors on standard error, and code 2", () => {
    const { status, stdout, stderr } = run("topology", "validate", "lime:3");
    expect(stderr).toBe("bellmesh: lime:3: there is no such preset; did you mean line:3?\n");
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  test("passes a signal on, and ends by it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bellmesh-launcher-"));
    const fifo = join(folder, "net.yaml");
    spawnSync("mkfifo", [fifo]);
    // The command reads a topology that never comes; it has begun once the pipe has a reader.
    const child = spawn(node, [launcher, "topology", "validate", fifo], { stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("exit", (_, signal) => resolve(signal)));
    const writer = await opened(fifo);
    child.kill("SIGTERM");
    expect(await ended).toBe("SIGTERM");
    closeSync(writer);
    rmSync(folder, { recursive: true });
  });
});

/** The pipe for writing, as soon as somebody reads it. */
async function opened(fifo: string): Promise<number> {
  for (;;) {
    try {
      return openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
