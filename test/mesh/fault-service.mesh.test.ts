import { setTimeout as sleep } from "node:timers/promises";
import type { FaultEntry } from "@bellmesh/mesh";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

let judged: JudgedMesh;
const asking = new AbortController();
let asked: Promise<unknown>;

beforeAll(async () => {
  judged = await JudgedMesh.start({ topology: "line:3", seed: 3, perNode: true, allowFaults: true });
  asked = judged.request({ from: "n0", to: "n2", pairs: 1_000_000, maxTimeNs: 0 }, asking.signal);
  await more(20);
});

afterAll(async () => {
  asking.abort();
  await asked;
  await judged?.stop();
});

/** Waits until so many more pairs were delivered. */
async function more(pairs: number): Promise<void> {
  const before = judged.mesh.collector.delivered;
  await judged.until(() => judged.mesh.collector.delivered >= before + pairs);
}

function inject(entry: Pick<FaultEntry, "kind"> & { readonly target: object; readonly args?: object }, forMs: number) {
  const forNs = forMs === Number.POSITIVE_INFINITY ? "forever" : forMs * 1e6;
  return judged.mesh.faults.inject({ atNs: 0, forNs, ...entry });
}

describe("On a running mesh of processes that allows faults, nothing is delivered while", () => {
  test.each([
    [{ kind: "fibre-cut", target: { link: "n0-n1" } }, 1],
    [{ kind: "loss", target: { subject: ">" }, args: { probability: 1 } }, 6],
    [{ kind: "pause", target: { process: "node-controller/n1" } }, 1],
  ] as const)("%j lasts, and then it goes on", async (fault, processes) => {
    expect(await inject(fault, 1500)).toMatchObject({ concerned: processes });
    // What is under way in the mesh, or to the collector, has come by then.
    await sleep(400);
    const during = judged.mesh.collector.delivered;
    await sleep(800);
    expect(judged.mesh.collector.delivered - during).toBeLessThanOrEqual(2);
    await more(20);
  });

  test("a fault without an end lasts, which clearing ends", async () => {
    await inject({ kind: "detector-blindness", target: { link: "n1-n2" } }, Number.POSITIVE_INFINITY);
    await sleep(400);
    const during = judged.mesh.collector.delivered;
    const { acting } = (await judged.mesh.faults.list()) as { acting: readonly object[] };
    expect(acting).toMatchObject([{ kind: "detector-blindness", target: { link: "n1-n2" }, forNs: "forever" }]);
    await sleep(300);
    expect(judged.mesh.collector.delivered - during).toBeLessThanOrEqual(2);
    await judged.mesh.faults.clear();
    expect(await judged.mesh.faults.list()).toEqual({ acting: [], coming: [] });
    await more(20);
  });

  test("and no referee objects to any of it", () => {
    const { verdicts } = judged.mesh.account({ from: "n0", to: "n2", atQuiescence: false });
    expect(verdicts.filter(({ verdict }) => verdict === "false")).toEqual([]);
  });
});
