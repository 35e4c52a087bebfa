import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const launcher = `${root}packages/cli/bin/bellmesh.mjs`;
/** Long enough for some pairs, and much shorter than the request. */
const INTERRUPTED_AFTER_MS = 3000;
const patient = { timeout: 60_000, interval: 200 };

/** A place of its own for run directories, short because sockets stand in it. */
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bm-"));
});
afterAll(async () => {
  for (const name of up()) await bellmesh("down", "--name", name);
  rmSync(directory, { recursive: true, force: true });
});

function bellmesh(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, XDG_RUNTIME_DIR: directory, NATS_URL: "" };
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...words], { cwd: root, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** The same, sent a signal as soon as it has said that it asks. */
function interrupted(signal: NodeJS.Signals, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, XDG_RUNTIME_DIR: directory, NATS_URL: "" };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [launcher, ...words], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    const said = { out: "", err: "" };
    child.stdout.on("data", (part) => {
      said.out += part;
    });
    let isSent = false;
    child.stderr.on("data", (part) => {
      said.err += part;
      if (isSent || !said.err.includes("asking for")) return;
      isSent = true;
      setTimeout(() => child.kill(signal), INTERRUPTED_AFTER_MS);
    });
    child.on("close", (code) => resolve({ code: code ?? -1, ...said }));
  });
}

/** Names of the meshes whose supervisors run. */
function up(): string[] {
  const base = join(directory, "bellmesh");
  if (!existsSync(base)) return [];
  return readdirSync(base).filter((name) => existsSync(join(base, name, "lock")));
}

function pidsOf(name: string): number[] {
  const lines = readFileSync(join(directory, "bellmesh", name, "pids"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => Number(line.split(" ")[0]));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Which of these a line of a log has, each once. */
function keysOf(line: string): string[] {
  const keys = Object.keys(JSON.parse(line)).map((key) => `"${key}":`);
  return ['"node":', '"place":', '"service":'].filter((key) => keys.includes(key));
}

async function status(name: string) {
  return JSON.parse((await bellmesh("status", "--name", name, "--json")).out);
}

test("the commands of the README keep a mesh, ask it, show it and stop it", async () => {
  const readme = readFileSync(`${root}README.md`, "utf8");
  const [, block = ""] = /Keep a mesh running[^`]*```sh\n([^`]*)```/.exec(readme) ?? [];
  const lines = block.trim().split("\n");
  expect(lines.map((line) => line.split(" ")[2])).toEqual(["up", "request", "status", "down"]);
  for (const line of lines) {
    const { code, out, err } = await bellmesh(...line.split(" ").slice(2));
    expect({ code, err: err.replace(/^bellmesh: waiting for the emulator.*\n/m, "") }, line).toMatchObject({ code: 0 });
    expect(out).not.toBe("");
  }
  expect(up()).toEqual([]);
});

describe("a mesh that is up", () => {
  const name = "lab";

  beforeAll(async () => {
    const words = ["--topology", "line:2", "--name", name, "--per-node", "--nats", "embedded", "--detach", "--json"];
    const { code, out } = await bellmesh("up", ...words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name, network: "line-2", nats: { kind: "embedded", up: true } });
  });

  test("cannot be started again under its name, and another beside it can", async () => {
    const again = await bellmesh("up", "--topology", "line:2", "--name", name);
    expect(again).toMatchObject({ code: 2, out: "" });
    expect(again.err).toMatch(/^bellmesh: the mesh lab is up already \(process \d+, .*\); stop it with bellmesh down/);
    const words = ["--topology", "line:2", "--name", "other", "--per-node", "--allow-faults", "--detach"];
    expect((await bellmesh("up", ...words)).code).toBe(0);
    const which = await bellmesh("request", "--pairs", "3");
    expect(which.code).toBe(2);
    expect(which.err).toMatch(/2 meshes are up; say which with --name: lab, other/);
    expect((await bellmesh("request", "--name", "other", "--pairs", "3")).code).toBe(0);
  });

  test("lets go wrong during a request what a schedule says, where it allows that", async () => {
    const day = join(directory, "day.yaml");
    const lines = ["{ at: 0 s, for: forever, kind: loss, target: {}, args: { probability: 0.1 } }"];
    lines.push("{ at: 0 s, for: 400 ms, kind: fibre-cut, target: { link: n0-n1 }, args: {} }");
    const ask = (mesh: string) => bellmesh("request", "--name", mesh, "--pairs", "10", "--faults", day, "--json");
    writeFileSync(day, `faults:\n${lines.map((line) => `  - ${line}\n`).join("")}`);
    const forever = join(directory, "forever.yaml");
    writeFileSync(
      forever,
      "faults:\n  - { at: 0 s, for: forever, kind: delay, target: {}, args: { ns: 1000, jitterNs: 0 } }\n",
    );
    expect((await bellmesh("faults", "inject", forever, "--name", "other")).code).toBe(0);
    const { code, out } = await ask("other");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ delivered: 10, ledger: { violations: 0 } });
    expect(JSON.parse(out).virtualNs).toBeGreaterThan(300e6);
    const list = await bellmesh("faults", "list", "--name", "other", "--json");
    expect(JSON.parse(list.out)).toMatchObject({ acting: [{ kind: "delay" }], coming: [] });
    for (const refused of [await ask(name), await bellmesh("faults", "list", "--name", name, "--json")]) {
      expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/start it with --allow-faults/) });
      expect(JSON.parse(refused.out)).toMatchObject({ refusal: { reason: "FAULTS_NOT_ALLOWED" } });
    }
    writeFileSync(day, readFileSync(day, "utf8").replace("n0-n1", "n0-n7"));
    expect(await ask("other")).toMatchObject({ code: 2, err: expect.stringMatching(/day\.yaml:3/) });
    expect((await bellmesh("down", "--name", "other")).code).toBe(0);
  });

  test("withdraws a request that is interrupted, clears its faults, and serves the next", async () => {
    const day = join(directory, "long-day.yaml");
    const lines = ["{ at: 0 s, for: forever, kind: delay, target: {}, args: { ns: 1000, jitterNs: 0 } }"];
    lines.push("{ at: 1 s, for: forever, kind: pause, target: { process: node-controller/n0 } }");
    lines.push("{ at: 9000 s, for: 1 s, kind: fibre-cut, target: { link: n0-n1 }, args: {} }");
    writeFileSync(day, `faults:\n${lines.map((line) => `  - ${line}\n`).join("")}`);
    const words = ["request", "--name", "shaky", "--pairs", "100000"];
    const up = ["--topology", "line:2", "--name", "shaky", "--per-node", "--allow-faults", "--detach"];
    expect((await bellmesh("up", ...up)).code).toBe(0);
    const faulty = await interrupted("SIGINT", ...words, "--faults", day, "--json");
    expect(faulty.code).toBe(1);
    const { requested, delivered, failed, faults } = JSON.parse(faulty.out);
    expect({ requested, failed }).toEqual({ requested: 100_000, failed: { withdrawn: 100_000 - delivered } });
    expect(faults).toEqual({ began: 2, notBegun: 1 });
    const list = await bellmesh("faults", "list", "--name", "shaky", "--json");
    expect(JSON.parse(list.out)).toEqual({ acting: [], coming: [] });
    const plain = await interrupted("SIGTERM", ...words);
    expect(plain).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^bellmesh: SIGTERM: the request is withdrawn/m),
    });
    expect(plain.out).toMatch(/^pairs delivered +[1-9]/m);
    expect(plain.out).toMatch(/^pairs failed +[\d,]+ withdrawn \(withdrawn by its application\)$/m);
    const next = await bellmesh("request", "--name", "shaky", "--pairs", "10", "--json");
    expect(JSON.parse(next.out)).toMatchObject({ delivered: 10, ledger: { violations: 0, unknown: [] } });
    expect(next.code).toBe(0);
    expect((await bellmesh("down", "--name", "shaky")).code).toBe(0);
  });

  test("answers a request with the JSON of simulate, and what only a mesh has", async () => {
    const { code, out } = await bellmesh("request", "--name", name, "--pairs", "10", "--json");
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ world: "mesh", seed: 1, requested: 10, delivered: 10, failed: {} });
    expect(report).toMatchObject({ processes: 4, nats: "embedded", ledger: { violations: 0 } });
    const simulated = JSON.parse((await bellmesh("simulate", "--topology", "line:2", "--pairs", "1", "--json")).out);
    expect(Object.keys(report).slice(0, Object.keys(simulated).length)).toEqual(Object.keys(simulated));
    const refused = await bellmesh("request", "--name", name, "--to", "n0", "--json");
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.out).refusal.reason).toBe("self");
  });

  test("measures pairs for tomography, and tells where their fidelity went, the emulator's share too", async () => {
    const { code, out } = await bellmesh("request", "--name", name, "--tomography", "90", "--json");
    expect(code).toBe(0);
    const { fidelity, losses, tomography, ledger } = JSON.parse(out);
    expect(ledger.violations).toBe(0);
    const lost = 1 - fidelity.true;
    const sum = (Object.values(losses) as number[]).reduce((one, other) => one + other, 0);
    expect(losses.emulator).toBeGreaterThan(0);
    expect(losses.gates).toBe(0);
    // What the terms leave out are products of two of them.
    expect(Math.abs(sum - lost)).toBeLessThan(1.5 * sum * sum);
    // Both halves wait on from their delivery to their measurement, so the estimate is no higher, but for 5σ: F is a
    // quarter of 1 and three correlations, each the mean of 30 products of signs.
    const correlation = (4 * fidelity.true - 1) / 3;
    const sigma = Math.sqrt((3 * (1 - correlation * correlation)) / 30) / 4;
    expect(tomography.fidelity).toBeLessThan(fidelity.true + 5 * sigma);
    expect(tomography.fidelity).toBeGreaterThan(0.5);
  });

  test("says each thing once in a line of its logs, and names the node of every request", () => {
    const logs = join(directory, "bellmesh", name, "logs");
    const all = readdirSync(logs).flatMap((file) => readFileSync(join(logs, file), "utf8").split("\n"));
    const lines = all.filter((line) => line.startsWith("{"));
    const asked = lines.filter((line) => line.includes('"request accepted"'));
    expect(asked.length).toBeGreaterThan(0);
    for (const line of asked)
      expect(JSON.parse(line)).toMatchObject({ node: "n0", service: "node-controller", to: "n1" });
    for (const line of lines) expect(line.match(/"(node|place|service)":/g)?.toSorted()).toEqual(keysOf(line));
  });

  test("starts a process again that was killed, and NATS too", async () => {
    const before = await status(name);
    const node = before.processes.find((process: { name: string }) => process.name === "node.n1");
    process.kill(node.pid, "SIGKILL");
    await expect
      .poll(async () => (await status(name)).processes.find((one: { name: string }) => one.name === "node.n1"), patient)
      .toMatchObject({ ready: true, incarnation: 2, exitReason: "SIGKILL" });
    const services = (await status(name)).processes.map(({ pid }: { pid: number }) => pid);
    const [nats] = pidsOf(name).filter((pid) => !services.includes(pid));
    process.kill(nats as number, "SIGKILL");
    await expect.poll(() => pidsOf(name).includes(nats as number), patient).toBe(false);
    await expect.poll(async () => (await bellmesh("status", "--name", name)).code, patient).toBe(0);
    expect((await bellmesh("request", "--name", name, "--pairs", "5")).code).toBe(0);
  });

  test("leaves no process behind when its supervisor is killed", async () => {
    const { pid } = await status(name);
    const children = pidsOf(name);
    expect(children.length).toBe(5);
    const paused = children[2] as number;
    process.kill(paused, "SIGSTOP");
    process.kill(pid, "SIGKILL");
    await expect.poll(() => children.filter(isAlive), patient).toEqual([]);
    const gone = await bellmesh("status", "--name", name);
    expect(gone).toMatchObject({ code: 2, err: expect.stringMatching(/no mesh lab is up; start it with bellmesh up/) });
  });
});

test("what cannot be is told in one line: where, what, and what to do", async () => {
  const cases: [string[], RegExp][] = [
    [["up"], /--topology is missing; name a topology file/],
    [["up", "--topology", "nowhere.yaml"], /nowhere\.yaml: there is no such file/],
    [["up", "--topology", "line:2", "--nats", "carrier-pigeon"], /"carrier-pigeon" is no NATS; give server, embedded/],
    [
      ["up", "--topology", "line:2", "--nats", "nats://127.0.0.1:1"],
      /127\.0\.0\.1:1 cannot be reached \(nobody listens/,
    ],
    [["up", "--topology", "line:2", "--name", "My Lab"], /"My Lab" is no name for a mesh/],
    [["demo", "--topology", "line:2", "--to", "bob"], /--to "bob" is not a node of line-2/],
    [["serve", "--service", "link-lair"], /there is no service "link-lair"; write --service all/],
    [
      ["serve", "--service", "all", "--topology", "line:2", "--node", "n7"],
      /BELLMESH_NODE: line-2 has no clock-sync at/,
    ],
    [["status"], /no mesh is up; start one/],
  ];
  for (const [words, message] of cases) {
    const { code, out, err } = await bellmesh(...words);
    expect(err.trim().split("\n"), words.join(" ")).toHaveLength(1);
    expect(err).toMatch(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  }
});

test("doctor finds this machine fit, and a NATS_URL that leads nowhere unfit", async () => {
  const fit = await bellmesh("doctor", "--topology", "line:3", "--json");
  expect(JSON.parse(fit.out)).toMatchObject({ healthy: true });
  const env = { ...process.env, NATS_URL: "nats://127.0.0.1:1" };
  const unfit = await new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, [launcher, "doctor"], { cwd: root, env }, (error, out) => {
      resolve({ code: Number(error?.code ?? 0), out });
    });
  });
  expect(unfit.code).toBe(1);
  expect(unfit.out).toMatch(/^WRONG +NATS_URL +the NATS at 127\.0\.0\.1:1 cannot be reached/m);
  expect(unfit.out).toMatch(/^NATS_URL: start a nats-server there/m);
});

test("every example of the commands' help works as shown", async () => {
  for (const command of ["demo", "doctor"]) {
    const { out } = await bellmesh(command, "--help");
    const examples = out.split("\n").filter((line) => line.startsWith("  bellmesh "));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const { code } = await bellmesh(...example.trim().split(" ").slice(1));
      expect(code, example).toBe(0);
    }
  }
});
