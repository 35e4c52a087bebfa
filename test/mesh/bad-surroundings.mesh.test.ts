import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningNats, startNats } from "@bellmesh/broker";
import { Mesh } from "@bellmesh/emulation";
import { objections } from "@bellmesh/simulation";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { afterEach, beforeEach, expect, test } from "vitest";

const topology = fileURLToPath(new URL("../../examples/topologies/alice-repeater-bob.yaml", import.meta.url));
const nature = fileURLToPath(new URL("../../services/quantum-state/src/main.ts", import.meta.url));

let directory = "";
let nats: RunningNats;
let children: ChildProcess[] = [];
let mounted: string | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bm-"));
  const permissions = { publish: [">"], subscribe: [">"] };
  nats = await startNats({ prefer: "embedded", users: [{ user: "nature", password: "n", permissions }], directory });
});

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  children = [];
  await nats.stop();
  if (mounted !== undefined) execFileSync("umount", ["--lazy", mounted]);
  mounted = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** Nature as a process of its own, with everything right but what the test says. */
class Nature {
  readonly child: ChildProcess;
  output = "";

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [nature], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        BELLMESH_TOPOLOGY: topology,
        BELLMESH_SERVICE: "quantum-state",
        BELLMESH_NODE: "nature",
        BELLMESH_SEED: "1",
        BELLMESH_STATE_DIR: join(directory, "state"),
        BELLMESH_LISTEN: `unix:${directory}/{service}.{place}.sock`.replace(
          "{service}.{place}",
          "quantum-state.nature",
        ),
        BELLMESH_TARGETS: `unix:${directory}/{service}.{place}.sock`,
        NATS_URL: nats.urlFor("nature"),
        ...environment,
      },
    });
    children.push(this.child);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (data: Buffer) => {
        this.output += data.toString();
      });
    }
  }

  async says(pattern: RegExp): Promise<void> {
    await expect.poll(() => this.output, { timeout: 30_000 }).toMatch(pattern);
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }
}

test("A socket that another process serves on is named, and the process does not begin", async () => {
  const first = new Nature();
  await first.says(/"serving"/);
  const second = new Nature({ BELLMESH_STATE_DIR: join(directory, "other") });
  expect(await second.exitCode()).toBe(2);
  expect(second.output).toMatch(/^bellmesh: .*quantum-state\.nature\.sock/m);
  expect(first.child.exitCode).toBeNull();
});

test("A port that is in use is named, and the process does not begin", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    const process = new Nature({ BELLMESH_LISTEN: `127.0.0.1:${port}` });
    expect(await process.exitCode()).toBe(2);
    expect(process.output).toMatch(new RegExp(`^bellmesh: .*127\\.0\\.0\\.1:${port}`, "m"));
  } finally {
    server.close();
  }
});

test("A NATS that is not where NATS_URL says is named without its password; the process waits for it", async () => {
  const process = new Nature({ NATS_URL: "nats://nature:secret@127.0.0.1:9" });
  await process.says(/127\.0\.0\.1:9/);
  expect(process.output).not.toContain("secret");
  expect(process.child.exitCode).toBeNull();
});

test("A mesh asked to use a NATS that is not there says so at once", async () => {
  const asked = Mesh.start({ topology, seed: 1, directory, nats: { url: "nats://127.0.0.1:9" } });
  await expect(asked).rejects.toThrow(/127\.0\.0\.1:9/);
});

test("A state directory that is no directory is named, and the process does not begin", async () => {
  const file = join(directory, "file");
  writeFileSync(file, "");
  const process = new Nature({ BELLMESH_STATE_DIR: file });
  expect(await process.exitCode()).toBe(2);
  expect(process.output).toMatch(/^bellmesh: BELLMESH_STATE_DIR: .*file/m);
});

/** A disk of a few megabytes, where we may mount one. */
function smallDisk(sizeKb: number): string | undefined {
  const disk = join(directory, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeKb}k,mode=700`, "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  mounted = disk;
  return disk;
}

/** Takes all the room there is. */
function fill(disk: string): void {
  const bytes = Buffer.alloc(4096);
  const file = openSync(join(disk, "ballast"), "w");
  try {
    for (;;) writeSync(file, bytes);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
  } finally {
    closeSync(file);
  }
}

const NO_DISK = "a small disk can be mounted by root only";

test("A full disk at the start is named, and the process does not begin", async (context) => {
  const disk = smallDisk(64);
  if (disk === undefined) return context.skip(NO_DISK);
  fill(disk);
  const process = new Nature({ BELLMESH_STATE_DIR: join(disk, "state") });
  expect(await process.exitCode()).toBe(2);
  expect(process.output).toMatch(/^bellmesh: .*(ENOSPC|no space)/m);
});

test("A disk that fills up stops no pair; what was to be written is, when there is room", async (context) => {
  const disk = smallDisk(65_536);
  if (disk === undefined) return context.skip(NO_DISK);
  const mesh = await Mesh.start({ topology, seed: 3, directory: disk });
  try {
    await mesh.whenReady(60_000);
    fill(disk);
    const wishes = { minFidelity: undefined, missPolicy: MissPolicy.UNSPECIFIED, graceNs: 0, finalState: undefined };
    const ask = { from: "alice", to: "bob", pairs: 40, maxTimeNs: 60e9, ...wishes };
    const { table } = await mesh.request(ask);
    expect(table.failed()).toEqual({});
    rmSync(join(disk, "ballast"));
    expect(await mesh.settle()).toBe(true);
    const { verdicts } = mesh.account({ from: "alice", to: "bob", atQuiescence: true });
    expect(objections(verdicts)).toEqual([]);
  } finally {
    await mesh.stop();
  }
});
