import { loadTopology, type TopologyNode } from "@bellmesh/topology";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { describe, expect, test } from "vitest";
import { eventsOf, type ObservedRun, objectionsOf, observe } from "./observed-run.ts";

const tracks = { subject: "bellmesh.v1.*.ff.*.*.track" };

/** With one slot per link this line is worth 0.953, and two halves lose 0.01 in some 14 ms. */
function lossyRun(missPolicy: MissPolicy, graceNs = 0, probability = 0.5): ObservedRun {
  const line = loadTopology("line:3");
  const oneSlot = (node: TopologyNode) => ({ ...node, memory: { ...node.memory, communicationSlots: 1 } });
  const topology = { ...line, nodes: line.nodes.map(oneSlot) };
  const loss = {
    kind: "loss",
    atNs: 0,
    forNs: Number.POSITIVE_INFINITY,
    target: tracks,
    args: { probability },
  } as const;
  const request = { topology, from: "n0", to: "n2", pairs: 120, seed: 3, minFidelity: 0.95, maxTimeNs: 120e9 };
  return observe({ ...request, missPolicy, graceNs, faults: [loss] });
}

const indexKnown = (run: ObservedRun) =>
  eventsOf(run, "halfDelivered").filter(({ event }) => event.halfDelivered.bellIndex !== undefined).length;

describe("With a minimum fidelity, when many a TRACK comes by its second repetition or later,", () => {
  test("discard: what is late is dropped at both ends, others take its place", () => {
    const run = lossyRun(MissPolicy.DISCARD);
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.delivered).toBe(120);
    expect(run.report.feedforward.missed).toBeGreaterThan(10);
    expect(indexKnown(run)).toBe(eventsOf(run, "halfDelivered").length);
  });

  test("age: every pair is used when its TRACK comes, however late", () => {
    // Were half of them lost, a few would not come before the orphan lease.
    const run = lossyRun(MissPolicy.AGE, 0, 0.3);
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.delivered).toBe(120);
    // Each is counted, and delivered all the same.
    expect(run.report.feedforward.missed).toBeGreaterThan(10);
    expect(run.report.feedforward.p99Us).toBeGreaterThan(14_000);
    expect(eventsOf(run, "halfRetracted")).toEqual([]);
  });

  test("degrade: the head-end delivers without the index, and knows it later or takes the pair back", () => {
    const run = lossyRun(MissPolicy.DEGRADE, 20e6);
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.delivered).toBe(120);
    const unknown = eventsOf(run, "halfDelivered").length - indexKnown(run);
    const upgraded = eventsOf(run, "halfUpgraded").length;
    expect(upgraded).toBeGreaterThan(5);
    expect(eventsOf(run, "halfRetracted").length).toBeGreaterThan(0);
    expect(unknown).toBeGreaterThanOrEqual(upgraded);
  });

  test("degrade without grace is discard", () => {
    const run = lossyRun(MissPolicy.DEGRADE);
    expect(objectionsOf(run)).toEqual([]);
    expect(run.report.delivered).toBe(120);
    expect(indexKnown(run)).toBe(eventsOf(run, "halfDelivered").length);
  });
});
