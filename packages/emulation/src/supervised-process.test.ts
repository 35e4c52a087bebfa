import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OrphanGuard } from "./orphan-guard.ts";
import { SupervisedProcess } from "./supervised-process.ts";

const SERVES = 'process.send({ ready: true, ports: [4711] }); setInterval(() => {}, 1000); console.log("hello");';

let directory = "";
let guard: OrphanGuard;
let running: SupervisedProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-supervised-"));
  guard = new OrphanGuard(join(directory, "pids"));
});
afterEach(async () => {
  await running?.stop(0);
  guard.close();
  rmSync(directory, { recursive: true });
});

function supervised(program: string): SupervisedProcess {
  const entry = join(directory, "program.mjs");
  writeFileSync(entry, program);
  running = new SupervisedProcess({
    plan: {
      name: "link-layer.alice",
      service: "link-layer",
      place: "alice",
      addresses: ["link-layer/alice"],
      entry: pathToFileURL(entry).href,
      isDoor: true,
    },
    environment: (ports) => ({ PORTS: ports.join(",") }),
    logFile: join(directory, "log"),
    guard,
    onChange: () => undefined,
  });
  return running;
}

const patient = { timeout: 20_000 };

test("a process serves, with its ports, its log and its number noted", async () => {
  const process = supervised(SERVES);
  process.start();
  await expect.poll(() => process.phase, patient).toBe("serving");
  expect(process.ports).toEqual([4711]);
  await expect.poll(() => process.lastLines(1)).toEqual(["hello"]);
  expect(readFileSync(join(directory, "pids"), "utf8")).toContain(`${process.pid} `);
  await process.stop(5000);
  expect(process).toMatchObject({ phase: "stopped", pid: undefined, exitReason: "SIGTERM", starts: 1 });
  expect(readFileSync(join(directory, "pids"), "utf8").trim()).toBe("");
});

test("one that is killed is started again, and told of the ports it had", async () => {
  const process = supervised(`${SERVES} console.log("ports", process.env.PORTS);`);
  process.start();
  await expect.poll(() => process.phase, patient).toBe("serving");
  process.signal("SIGKILL");
  await expect.poll(() => process.starts, patient).toBe(2);
  await expect.poll(() => process.phase, patient).toBe("serving");
  expect(process.exitReason).toBe("SIGKILL");
  await expect.poll(() => process.lastLines(1), patient).toEqual(["ports 4711"]);
});

test("one that keeps ending is started ever later", async () => {
  const process = supervised("process.exitCode = 1;");
  process.start();
  await expect.poll(() => process.starts, patient).toBeGreaterThan(2);
  expect(process.exitReason).toBe("exit code 1");
  await process.stop(0);
  expect(process.phase).toBe("stopped");
});

test("one that says it cannot begin is not started again", async () => {
  const process = supervised('console.error("bellmesh: NATS_URL: it is not set"); process.exitCode = 2;');
  process.start();
  await expect.poll(() => process.phase, patient).toBe("refused");
  expect(process.starts).toBe(1);
  expect(process.lastLines(1)).toEqual(["bellmesh: NATS_URL: it is not set"]);
});

test("one that does not stop is ended, also when it is paused", async () => {
  const process = supervised(`process.on("SIGTERM", () => {}); ${SERVES}`);
  process.start();
  await expect.poll(() => process.phase, patient).toBe("serving");
  process.signal("SIGSTOP");
  expect(process.phase).toBe("paused");
  await process.stop(100);
  expect(process.exitReason).toBe("SIGKILL");
});

describe("One that shall end in the middle of a step", () => {
  /** Notes what it is told, and kills itself when a file is there and it has been told of a service. */
  const STEPS = `${SERVES} import { existsSync } from "node:fs"; let services = [];
    process.on("message", (told) => { services = told.crashInStepOf; console.log("told", services.join()); });
    const step = () => services.length && existsSync(process.env.STEP) && process.kill(process.pid, "SIGKILL");
    setInterval(step, 5);`;
  const services = ["link-layer/alice"] as const;
  const step = () => writeFileSync(join(directory, "step"), "");

  async function serving(program = STEPS): Promise<SupervisedProcess> {
    const process = supervised(`process.env.STEP = ${JSON.stringify(join(directory, "step"))}; ${program}`);
    process.start();
    await expect.poll(() => process.phase, patient).toBe("serving");
    return process;
  }

  test("stays down when it has, until it is spared, and then starts at once", async () => {
    const process = await serving();
    const cause = {};
    process.crashInStep(cause, services);
    step();
    await expect.poll(() => process.phase, patient).toBe("stopped");
    expect(process).toMatchObject({ starts: 1, exitReason: "SIGKILL" });
    process.spare(cause);
    expect(process).toMatchObject({ starts: 2, phase: "starting" });
    await expect.poll(() => process.phase, patient).toBe("serving");
  });

  test("lives on when it is spared before there was a step, and is wanted again", async () => {
    const process = await serving();
    const { pid } = process;
    const cause = {};
    process.crashInStep(cause, services);
    await expect.poll(() => process.lastLines(1), patient).toEqual(["told link-layer/alice"]);
    process.spare(cause);
    await expect.poll(() => process.lastLines(1), patient).toEqual(["told "]);
    step();
    expect(process).toMatchObject({ pid, phase: "serving", starts: 1 });
    process.signal("SIGKILL");
    await expect.poll(() => process.starts, patient).toBe(2);
  });

  test("is spared when the last of several causes has gone", async () => {
    const process = await serving();
    const [first, second] = [{}, {}];
    process.crashInStep(first, services);
    process.crashInStep(second, services);
    process.spare(first);
    step();
    await expect.poll(() => process.phase, patient).toBe("stopped");
    process.spare(second);
    await expect.poll(() => process.phase, patient).toBe("serving");
  });

  test("is ended at once when it has no channel", async () => {
    const process = await serving(`${SERVES} process.disconnect();`);
    process.crashInStep({}, services);
    await expect.poll(() => process.phase, patient).toBe("stopped");
    expect(process.exitReason).toBe("SIGKILL");
  });

  test("is left down when it is down already", async () => {
    const process = await serving();
    process.signal("SIGKILL");
    await expect.poll(() => process.phase, { ...patient, interval: 1 }).toBe("waiting");
    const cause = {};
    process.crashInStep(cause, services);
    expect(process.phase).toBe("stopped");
    process.spare(cause);
    expect(process).toMatchObject({ starts: 2, phase: "starting" });
  });
});
