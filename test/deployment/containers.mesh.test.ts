import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Application } from "./application.ts";
import { Cluster, sweep } from "./cluster.ts";
import { findEngine } from "./engine.ts";
import { findings, verdictOf } from "./verdict.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const IMAGE = "bellmesh:deployment-test";
/** With the base image, of which Node is the most. */
const IMAGE_BYTES_MAX = 350e6;
const HEALTHY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 10_000;
/** Longer than peers wait for a sign of life, so that they have given one another up. */
const AWAY_MS = 6000;

const engine = await findEngine();
if (engine.reason !== undefined) console.warn(`skipped: ${engine.reason}`);

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe.skipIf(engine.reason !== undefined)("alice-repeater-bob in containers", () => {
  let cluster: Cluster;
  let application: Application;

  beforeAll(async () => {
    if (engine.reason !== undefined) return;
    await sweep(engine.docker);
    const options = { directory: root, file: "docker-compose.yml", image: IMAGE, build: true };
    cluster = await Cluster.up(engine, { ...options, nodes: ["alice", "repeater", "bob"] }, HEALTHY_WITHIN_MS);
    application = new Application(cluster.doors, "alice", "bob");
  });

  afterAll(async () => {
    application?.close();
    await cluster?.down();
  });

  test("pairs are delivered at both ends, asked for from outside", async () => {
    expect(await application.obtain(100, 60_000)).toBe(1);
  });

  test("the image is small, has no root in it, and is the bellmesh command", async () => {
    if (engine.reason !== undefined) return;
    const { Size, Config } = await engine.docker.getImage(IMAGE).inspect();
    expect(Size).toBeLessThan(IMAGE_BYTES_MAX);
    expect(Config.User).toBe("node");
    const words = ["run", "--rm", IMAGE, "simulate", "--topology", "line:3", "--pairs", "5", "--json"];
    const report = JSON.parse(execFileSync("docker", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    expect(report).toMatchObject({ world: "simulation", delivered: 5 });
  });

  test("no container runs as root", async () => {
    for (const service of cluster.services) {
      expect((await cluster.run(service, ["id", "-u"])).trim(), service).toBe("1000");
    }
  });

  /** One container of each kind, those that a path cannot do without. */
  const kinds = [
    "nats",
    "quantum-state-nature",
    "physical-link-alice-repeater",
    "clock-sync-repeater",
    "node-controller-repeater",
    "link-layer-alice",
    "network-layer-repeater",
  ];

  async function isPaused(service: string): Promise<void> {
    await cluster.container(service).pause();
    await sleep(AWAY_MS);
    await cluster.container(service).unpause();
  }

  async function isKilled(service: string): Promise<void> {
    await cluster.container(service).kill();
    await sleep(1000);
    await cluster.container(service).start();
  }

  async function isCutOff(service: string): Promise<void> {
    await cluster.disconnect(service);
    await sleep(AWAY_MS);
    await cluster.connect(service);
  }

  const faults: [string, (service: string) => Promise<void>][] = [
    ["paused for 6 s", isPaused],
    ["killed and started again", isKilled],
    ["off the network for 6 s", isCutOff],
  ];

  describe.each(kinds)("when %s is", (service) => {
    test.each(faults)("%s, delivery goes on afterwards", async (_what, strike) => {
      // Pairs are under way when it strikes.
      await application.busy(2000);
      await strike(service);
      await application.obtain(10, 60_000);
    });
  });

  test.each([faults[0], faults[2]] as typeof faults)(
    "when the collector is %s, delivery goes on afterwards",
    async (_what, strike) => {
      await strike("collector");
      await application.obtain(10, 60_000);
    },
  );

  test("all are healthy again", async () => {
    const told = () => Promise.all(cluster.services.map(async (name) => `${name} ${await cluster.health(name)}`));
    const healthy = cluster.services.map((name) => `${name} healthy`);
    await expect.poll(told, { timeout: 60_000, interval: 1000 }).toEqual(healthy);
  });

  test("the referees have seen all of it, and found nothing", async () => {
    await expect.poll(async () => (await verdictOf(cluster)).held, { timeout: 90_000, interval: 1000 }).toBe(0);
    const verdict = await verdictOf(cluster);
    expect(findings(verdict)).toEqual([]);
    expect(verdict.gaps).toBe(0);
    expect(verdict.delivered).toBeGreaterThanOrEqual(100 + 10 * kinds.length * faults.length);
  });

  test("when the collector is killed, delivery goes on, and the referees say that they have not seen all", async () => {
    await isKilled("collector");
    await application.obtain(10, 60_000);
    await expect
      .poll(async () => (await verdictOf(cluster)).gaps, { timeout: 60_000, interval: 1000 })
      .toBeGreaterThan(0);
    const verdict = await verdictOf(cluster);
    expect(findings(verdict)).toEqual([]);
    expect(verdict.verdicts.map((one) => one.verdict)).not.toContain("true");
  });

  test("a process that is not serving is unhealthy, and its container says so", async () => {
    await cluster.container("nats").stop();
    await expect.poll(() => cluster.health("link-layer-bob"), { timeout: 60_000, interval: 500 }).toBe("unhealthy");
    await cluster.container("nats").start();
    await expect.poll(() => cluster.health("link-layer-bob"), { timeout: 60_000, interval: 500 }).toBe("healthy");
  });

  test("a stop takes at most 10 s, and every process ends with exit code 0", async () => {
    const { exitCodes, tookMs } = await cluster.stop();
    expect(Object.fromEntries(exitCodes)).toEqual(Object.fromEntries(cluster.services.map((name) => [name, 0])));
    expect(tookMs).toBeLessThan(STOPPED_WITHIN_MS);
  });
});

describe.skipIf(engine.reason !== undefined)("a line of three nodes, with one container per node", () => {
  let cluster: Cluster;
  let application: Application;
  let directory = "";

  beforeAll(async () => {
    if (engine.reason !== undefined) return;
    directory = mkdtempSync(join(tmpdir(), "bellmesh-deployment-"));
    const file = join(directory, "docker-compose.yml");
    const words = ["compose", "--topology", "line:3", "--per-node", "--output", file];
    execFileSync(process.execPath, [`${root}/packages/cli/src/main.ts`, ...words]);
    const options = { directory, file: "docker-compose.yml", image: IMAGE, build: false };
    cluster = await Cluster.up(engine, { ...options, nodes: ["n0", "n2"] }, HEALTHY_WITHIN_MS);
    application = new Application(cluster.doors, "n0", "n2");
  });

  afterAll(async () => {
    application?.close();
    await cluster?.down();
    if (directory !== "") rmSync(directory, { recursive: true });
  });

  test("the passwords of the bus are those that compose made up", async () => {
    expect(await cluster.run("n1", ["printenv", "NATS_URL"])).toMatch(/^nats:\/\/n1:[0-9a-f]{32}@nats:4222\s*$/);
  });

  test("pairs are delivered at both ends, and again after the repeater was killed", async () => {
    await application.obtain(10, 60_000);
    await cluster.container("n1").kill();
    await cluster.container("n1").start();
    await application.obtain(10, 60_000);
  });
});
