import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EmulationError } from "./emulation-error.ts";
import { identityOf, processOf } from "./process-identity.ts";
import { RunDirectory, runBase, runningMeshes } from "./run-directory.ts";

let base = "";
let sleeper: ChildProcess | undefined;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "bellmesh-run-"));
});
afterEach(() => {
  sleeper?.kill("SIGKILL");
  rmSync(base, { recursive: true, force: true });
});

test("a mesh has its directory for itself, and says who has it", () => {
  const directory = new RunDirectory(base, "lab");
  expect(directory.owner()).toBeUndefined();
  directory.claim();
  expect(directory.owner()).toBe(process.pid);
  expect(runningMeshes(base)).toEqual(["lab"]);
  expect(() => new RunDirectory(base, "lab").claim()).toThrow(
    `the mesh lab is up already (process ${process.pid}, ${join(base, "lab")}); stop it with bellmesh down --name lab`,
  );
  new RunDirectory(base, "other").claim();
  expect(runningMeshes(base)).toEqual(["lab", "other"]);
});

test("what a supervisor that is gone has left is ended and cleared away", async () => {
  const directory = new RunDirectory(base, "lab");
  directory.claim();
  sleeper = spawn("sleep", ["600"], { stdio: "ignore" });
  await once(sleeper, "spawn");
  const ended = once(sleeper, "exit");
  writeFileSync(directory.pids, `${identityOf(sleeper.pid as number)}\n`);
  writeFileSync(join(directory.sockets, "link-layer.alice.sock"), "");
  writeFileSync(join(directory.path, "lock"), "2147483646 77");
  expect(directory.owner()).toBeUndefined();
  directory.claim();
  expect(directory.owner()).toBe(process.pid);
  expect(readdirSync(directory.sockets)).toEqual([]);
  await ended;
});

test("another process with the number of one that is gone is not taken for it", () => {
  const [pid] = identityOf(process.pid).split(" ");
  expect(processOf(identityOf(process.pid))).toBe(process.pid);
  if (process.platform === "linux") expect(processOf(`${pid} 77`)).toBeUndefined();
  expect(processOf("")).toBeUndefined();
});

test("given back it is gone, or the logs are all that is left", () => {
  const directory = new RunDirectory(base, "lab");
  directory.claim();
  writeFileSync(join(directory.logs, "x.log"), "hello");
  directory.release(true);
  expect(directory.owner()).toBeUndefined();
  expect(existsSync(join(directory.logs, "x.log"))).toBe(true);
  expect(existsSync(directory.state)).toBe(false);
  directory.claim();
  expect(readdirSync(directory.logs)).toEqual([]);
  directory.release(false);
  expect(existsSync(directory.path)).toBe(false);
});

test("a name that is none, and a directory that cannot be written, are told", () => {
  expect(() => new RunDirectory(base, "My Lab")).toThrow(/"My Lab" is no name for a mesh; take lower-case letters/);
  writeFileSync(join(base, "file"), "");
  const claim = () => new RunDirectory(join(base, "file"), "lab").claim();
  expect(claim).toThrow(EmulationError);
  expect(claim).toThrow(/cannot be written \((ENOTDIR|EEXIST)\); give another place with XDG_RUNTIME_DIR/);
});

test("meshes stand in the user's run-time directory where there is one", () => {
  expect(runBase(base)).toBe(join(base, "bellmesh"));
  const temporary = join(tmpdir(), `bellmesh-${userInfo().uid}`);
  expect(runBase(undefined)).toBe(temporary);
  expect(runBase(join(base, "missing"))).toBe(temporary);
});
