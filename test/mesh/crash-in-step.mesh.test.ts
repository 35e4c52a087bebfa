import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Address } from "@bellmesh/mesh";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

const topology = fileURLToPath(new URL("../../examples/topologies/alice-repeater-bob.yaml", import.meta.url));
/** Who writes into the ledger while pairs are made; whoever ends the head-end's own layers ends its requests too. */
const writersOfPairs: Address[] = ["quantum-state/nature", "node-controller/repeater"];
const CRASHES = 5;
const PAIRS = 60;

let judged: JudgedMesh;

beforeAll(async () => {
  judged = await JudgedMesh.start({ topology, seed: 6, allowFaults: true });
});

afterAll(async () => {
  await judged?.stop();
});

async function inject(process: Address): Promise<void> {
  const entry = { atNs: 0, forNs: "forever", kind: "crash", target: { process }, args: { inStep: true } };
  expect(await judged.mesh.faults.inject(entry)).toMatchObject({ concerned: 1 });
}

/** Waits until a process has ended by the fault, and lets it start again. */
async function fall(address: Address): Promise<void> {
  await judged.until(() => judged.mesh.pid(address) === undefined);
  await judged.mesh.faults.clear();
  await judged.back(address, undefined);
}

function ask() {
  return judged.request({ from: "alice", to: "bob", pairs: PAIRS });
}

async function expectComplete(asked: ReturnType<typeof ask>): Promise<void> {
  const { table } = await asked;
  expect(table.failed()).toEqual({});
  expect(table.delivered).toBe(PAIRS);
}

describe("On a mesh of processes", () => {
  test.each(writersOfPairs)(
    "%s ends in the middle of a step, again and again, and requests complete",
    async (address) => {
      for (let crash = 0; crash < CRASHES; crash++) {
        const asked = ask();
        await sleep(300);
        await inject(address);
        await fall(address);
        await expectComplete(asked);
      }
    },
  );

  test("physical-link/alice-repeater, which writes nothing down, lives on", async () => {
    const station = "physical-link/alice-repeater";
    const former = judged.mesh.pid(station);
    await inject(station);
    await expectComplete(ask());
    await judged.mesh.faults.clear();
    await expectComplete(ask());
    expect(judged.mesh.pid(station)).toBe(former);
  });

  test("no referee objects to any of it", async () => {
    expect(await judged.objections()).toEqual([]);
  });
});
