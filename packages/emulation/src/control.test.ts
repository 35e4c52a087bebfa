import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askSupervisor, ControlServer } from "./control.ts";
import { EmulationError } from "./emulation-error.ts";

let directory = "";
let server: ControlServer | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-control-"));
});
afterEach(async () => {
  await server?.close();
  rmSync(directory, { recursive: true });
});

test("a supervisor answers on a socket that its owner alone may open", async () => {
  const socket = join(directory, "s.sock");
  server = await ControlServer.listen(socket, {
    "/echo": async (query) => ({ said: query.get("word") }),
    "/nothing": () => undefined,
  });
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(await askSupervisor(socket, "/echo?word=hello")).toEqual({ said: "hello" });
  expect(await askSupervisor(socket, "/nothing")).toBeNull();
});

test("a question can be given up", async () => {
  const socket = join(directory, "s.sock");
  server = await ControlServer.listen(socket, { "/never": () => new Promise(() => undefined) });
  await expect(askSupervisor(socket, "/never", AbortSignal.timeout(20))).rejects.toThrow(EmulationError);
});

test("one that is not there, does not know the question or fails is told", async () => {
  const socket = join(directory, "s.sock");
  await expect(askSupervisor(socket, "/echo")).rejects.toThrow(EmulationError);
  server = await ControlServer.listen(socket, {
    "/fails": () => {
      throw new Error("no answer to that");
    },
  });
  await expect(askSupervisor(socket, "/fails")).rejects.toThrow(/no answer to that/);
  await expect(askSupervisor(socket, "/other")).rejects.toThrow(/the supervisor knows no \/other/);
});
