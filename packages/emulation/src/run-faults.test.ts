import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { meshStartNow } from "@bellmesh/process";
import { loadTopology } from "@bellmesh/topology";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import type { MeshConnection } from "./mesh-connection.ts";
import type { MeshProcesses } from "./mesh-processes.ts";
import { RunFaults } from "./run-faults.ts";

test("A fault that could not be carried out says so in the log", async () => {
  const state = mkdtempSync(join(tmpdir(), "bellmesh-faults-"));
  onTestFinished(() => rmSync(state, { recursive: true }));
  // What ought to be the directory of a store is none.
  writeFileSync(join(state, "link-layer.n0"), "");
  const lines: string[] = [];
  const plan = { name: "link-layer.n0", addresses: ["link-layer/n0"] };
  const process = { plan, takeDown: () => Promise.resolve(), start: () => undefined };
  const faults = new RunFaults({
    isAllowed: true,
    connection: {
      topology: loadTopology("line:3"),
      targetOf: () => "unix:/nowhere",
      meshStart: meshStartNow(),
    } as unknown as MeshConnection,
    processes: { all: [process] } as unknown as MeshProcesses,
    state,
    record: () => undefined,
    log: pino({}, { write: (line) => void lines.push(line) }),
  });
  onTestFinished(() => faults.close());
  await faults.inject({ atNs: 0, forNs: "forever", kind: "store-loss", target: { process: "n0" } });
  await expect.poll(() => lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: 50,
    process: "link-layer.n0",
    msg: expect.stringMatching(/store-loss could not be carried out.*ENOTDIR/),
  });
});
