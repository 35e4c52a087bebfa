import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { faultKinds } from "@bellmesh/mesh";
import { loadSchedule, simulate } from "@bellmesh/simulation";
import { loadTopology, scopeOf } from "@bellmesh/topology";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));
const topology = loadTopology(`${folder}topologies/alice-repeater-bob.yaml`);
const files = readdirSync(`${folder}faults/`).filter((name) => name.endsWith(".yaml"));

test.each(files)("The example schedule %s spoils a request for a while, and breaks nothing", (file) => {
  const faults = loadSchedule(`${folder}faults/${file}`, scopeOf(topology));
  const peace = simulate({ topology, from: "alice", to: "bob", pairs: 150, seed: 5 });
  const report = simulate({ topology, from: "alice", to: "bob", pairs: 150, seed: 5, faults, untilNs: 60e9 });
  expect(report).toMatchObject({ requested: 150, delivered: 150, failed: {}, ledger: { violations: 0 } });
  expect(report.deliveryNs).toBeGreaterThan(peace.deliveryNs + 200e6);
  expect(faults.every(({ kind }) => faultKinds.has(kind))).toBe(true);
});
