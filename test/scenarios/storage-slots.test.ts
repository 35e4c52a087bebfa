import { fileURLToPath } from "node:url";
import { loadTopology, predict, type Topology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { eventsOf, type ObservedRun, objectionsOf, observe } from "./observed-run.ts";

const file = fileURLToPath(new URL("../../examples/topologies/electron-and-carbon.yaml", import.meta.url));
const storing = loadTopology(file);
const request = { topology: storing, from: "alice", to: "bob", pairs: 300, maxTimeNs: 120e9 };

function withoutStorage(topology: Topology): Topology {
  const nodes = topology.nodes.map(({ memory: { storage: _, ...memory }, ...node }) => ({ ...node, memory }));
  return { ...topology, nodes };
}

/** From the first delivery, before which the clocks had to lock, to the last. */
function deliveringNs(run: ObservedRun): number {
  const delivered = eventsOf(run, "halfDelivered");
  return (delivered.at(-1)?.at ?? 0) - (delivered[0]?.at ?? 0);
}

describe("A repeater with one communication slot a link, and storage", () => {
  const run = observe({ ...request, seed: 3 });
  const moved = eventsOf(run, "halfMoved").map(({ event }) => event.halfMoved);

  test("serves both links at once: it delivers faster than without storage, seed 3", () => {
    const without = observe({ ...request, topology: withoutStorage(storing), seed: 3 });
    expect(run.report.delivered).toBe(300);
    expect(without.report.delivered).toBe(300);
    expect(deliveringNs(run)).toBeLessThan(0.9 * deliveringNs(without));
  });

  test("moves halves that wait there and at the ends, and no referee objects", () => {
    expect(objectionsOf(run)).toEqual([]);
    for (const node of ["alice", "repeater", "bob"]) expect(moved.some((one) => one.node === node)).toBe(true);
    expect(Math.max(...moved.map(({ storageSlot }) => storageSlot))).toBeLessThan(4);
  });

  test("claims no more than is true, on average, and predicts it within 0.02", () => {
    const { true: truth, claimed } = run.report.fidelity as { true: number; claimed: number };
    expect(claimed).toBeLessThan(truth);
    expect(truth - claimed).toBeLessThan(0.02);
    const { fidelity } = predict(storing, ["alice", "repeater", "bob"]);
    expect(Math.abs(fidelity - truth)).toBeLessThan(0.02);
  });

  test("moves nothing over a single link, where a TRACK takes no longer than light", () => {
    const single = observe({ ...request, to: "repeater", seed: 4, pairs: 50 });
    expect(single.report.delivered).toBe(50);
    expect(eventsOf(single, "qubitMoved")).toEqual([]);
  });
});

describe("A node that restarts with halves in storage leaks no slot", () => {
  const processes = ["node-controller/repeater", "quantum-state/nature", "link-layer/repeater", "alice"];

  test.each(processes)("%s", (process) => {
    for (const [seed, atNs] of [1.3e9, 1.600037e9].entries()) {
      const crash = { kind: "crash", atNs, forNs: 30e6, target: { process }, args: {} } as const;
      const crashed = observe({ ...request, pairs: 150, seed: 70 + seed, faults: [crash] });
      expect(objectionsOf(crashed)).toEqual([]);
      expect(crashed.report.delivered + (crashed.report.failed.circuit_lost ?? 0)).toBe(150);
    }
  });
});
