import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { meshStartNow } from "@bellmesh/process";
import { loadTopology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import type { MeshConnection } from "./mesh-connection.ts";
import type { MeshProcesses } from "./mesh-processes.ts";
import { RunFaults } from "./run-faults.ts";

/** Faults of a mesh whose processes serve these addresses, one each, and only stand there. */
function runFaults(addresses: readonly string[], process: object = {}) {
  const state = mkdtempSync(join(tmpdir(), "bellmesh-faults-"));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const [lines, recorded]: [string[], LedgerEvent[]] = [[], []];
  const idle = { takeDown: () => Promise.resolve(), start: () => undefined };
  const all = addresses.map((address) => ({
    plan: { name: address.replace("/", "."), addresses: [address] },
    ...idle,
    ...process,
  }));
  const faults = new RunFaults({
    isAllowed: true,
    connection: {
      topology: loadTopology("line:3"),
      targetOf: () => "unix:/nowhere",
      meshStart: meshStartNow(),
    } as unknown as MeshConnection,
    processes: { all } as unknown as MeshProcesses,
    state,
    record: (event) => recorded.push(event),
    log: pino({}, { write: (line) => void lines.push(line) }),
  });
  onTestFinished(() => faults.close());
  const forever = (kind: string, process: string, args = {}) =>
    faults.inject({ atNs: 0, forNs: "forever", kind, target: { process }, args });
  const restart = (process: string) => faults.inject({ atNs: 0, kind: "restart", target: { process } });
  const said = () => recorded.map(({ event }) => event?.$case);
  return { faults, state, lines, forever, restart, said };
}

test("A fault that could not be carried out says so in the log", async () => {
  const { state, lines, forever } = runFaults(["link-layer/n0"]);
  // What ought to be the directory of a store is none.
  writeFileSync(join(state, "link-layer.n0"), "");
  await forever("store-loss", "n0");
  await expect.poll(() => lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: 50,
    process: "link-layer.n0",
    msg: expect.stringMatching(/store-loss could not be carried out.*ENOTDIR/),
  });
});

test.each(["crash", "store-loss"])("A %s without an end is over when what it holds down is restarted", async (kind) => {
  const { forever, restart, said } = runFaults(["link-layer/n0", "link-layer/n1"]);
  await forever(kind, "n0");
  await forever(kind, "n1");
  await expect.poll(said).toEqual(["faultBegan", "faultBegan"]);
  await restart("n0");
  await expect.poll(said).toEqual(["faultBegan", "faultBegan", "faultEnded", "faultBegan"]);
});

test.each([
  ["that holds another process down as well", "n0", {}],
  ["within a step that has yet to come", "link-layer/n0", { inStep: true }],
])("A crash without an end %s goes on over a restart", async (_, process, args) => {
  const alive = { pid: 1, crashInStep: () => undefined, spare: () => undefined };
  const { forever, restart, said } = runFaults(["link-layer/n0", "network-layer/n0"], alive);
  await forever("crash", process, args);
  await restart("link-layer/n0");
  await expect.poll(said).toEqual(["faultBegan", "faultBegan"]);
});
