import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Address } from "@bellmesh/mesh";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

const topology = fileURLToPath(new URL("../../examples/topologies/alice-repeater-bob.yaml", import.meta.url));
const ends = { from: "alice", to: "bob" } as const;
/** Whoever kills the head-end's own layers kills its requests with them; what they said of it is another test's. */
const bystanders: Address[] = [
  "quantum-state/nature",
  "physical-link/alice-repeater",
  "physical-link/repeater-bob",
  "clock-sync/repeater",
  "clock-sync/alice",
  "link-layer/alice",
  "link-layer/repeater",
  "link-layer/bob",
  "network-layer/repeater",
  "network-layer/bob",
  "node-controller/repeater",
];
const headEnd: Address[] = ["node-controller/alice", "network-layer/alice"];

let judged: JudgedMesh;

beforeAll(async () => {
  judged = await JudgedMesh.start({ topology, seed: 5 });
});

afterAll(async () => {
  await judged?.stop();
});

describe("On a mesh of processes, in the middle of a request,", () => {
  test.each(bystanders)("%s killed comes back, and the request completes", async (address) => {
    const asked = judged.request({ ...ends, pairs: 60 });
    await sleep(600);
    const former = judged.mesh.pid(address);
    judged.mesh.kill(address);
    const { table } = await asked;
    expect(table.failed()).toEqual({});
    expect(table.delivered).toBe(60);
    await judged.back(address, former);
  });

  test.each(headEnd)(
    "%s killed comes back; the request is lost and says so, the next one completes",
    async (address) => {
      const asked = judged.request({ ...ends, pairs: 2000 });
      await sleep(1500);
      const former = judged.mesh.pid(address);
      judged.mesh.kill(address);
      const { table } = await asked;
      expect(table.ended).toBe("circuit_lost");
      expect(table.delivered).toBeGreaterThan(0);
      await judged.back(address, former);
      expect((await judged.request({ ...ends, pairs: 20 })).table.delivered).toBe(20);
    },
  );

  test("node-controller/bob killed comes back; only what it had not told yet is missing", async () => {
    const asked = judged.request({ ...ends, pairs: 60 });
    await sleep(600);
    const former = judged.mesh.pid("node-controller/bob");
    judged.mesh.kill("node-controller/bob");
    const { table } = await asked;
    expect(table.ended).toBe("complete");
    expect(table.delivered).toBeGreaterThanOrEqual(55);
    await judged.back("node-controller/bob", former);
  });

  test("NATS killed and back is an interruption", async () => {
    const asked = judged.request({ ...ends, pairs: 150 });
    await sleep(1000);
    await judged.mesh.nats.takeAway();
    await sleep(2000);
    await judged.mesh.nats.restore();
    const { table } = await asked;
    expect(table.failed()).toEqual({});
    expect(table.delivered).toBe(150);
  });

  test.each(["link-layer/repeater", "node-controller/bob", "quantum-state/nature"] as const)(
    "%s that stands still for ten seconds goes on where it was",
    async (address) => {
      const asked = judged.request({ ...ends, pairs: 120 });
      await sleep(800);
      judged.mesh.pause(address);
      await sleep(10_000);
      judged.mesh.resume(address);
      const { table } = await asked;
      expect(table.failed()).toEqual({});
      expect(table.delivered).toBe(120);
    },
  );

  test("and no referee objects to any of it", async () => {
    expect(await judged.objections()).toEqual([]);
  });
});
