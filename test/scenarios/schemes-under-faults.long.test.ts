import { fileURLToPath } from "node:url";
import { loadSchedule } from "@bellmesh/simulation";
import { parseTopology, scopeOf } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { eventsOf, objectionsOf, observe } from "./observed-run.ts";

const schedule = [
  { fromS: 0.5, toS: 1.3 },
  { fromS: 1.6, toS: 2 },
  { fromS: 2.5, toS: 1000 },
];
const document = {
  name: "alice-repeater-bob",
  defaults: {
    ...{ platform: "ideal", memory: { t1S: 10, t2S: 1, communicationSlots: 3 } },
    heralding: {
      ...{ scheme: "single-click", emissionEfficiency: 0.2, darkCountProbability: 1e-6, visibility: 0.97 },
      ...{ phaseStdRad: 0.1, periodNs: 100_000 },
      pauses: {
        ...{ stabiliseEveryNs: 90e6, stabiliseNs: 10e6 },
        ...{ chargeCheckEveryAttempts: 50, chargeCheckNs: 20_000, chargeCheckPassProbability: 0.5 },
      },
    },
  },
  nodes: [{ name: "alice" }, { name: "repeater" }, { name: "bob" }],
  links: [
    { between: ["alice", "repeater"], lengthKm: 12.5 },
    { between: ["repeater", "bob"], lengthKm: 12.5, schedule },
  ],
};
const topology = parseTopology(JSON.stringify(document), "line.json");
const bad = fileURLToPath(new URL("../../examples/faults/bad-day.yaml", import.meta.url));

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "Single clicks with chosen α, pauses, and a link that comes and goes keep every promise over a bad day (seed %i)",
  (seed) => {
    const faults = loadSchedule(bad, scopeOf(topology));
    const run = observe({ topology, from: "alice", to: "bob", pairs: 120, minFidelity: 0.7, seed, faults });
    expect(run.report).toMatchObject({ delivered: 120, failed: {} });
    expect(objectionsOf(run)).toEqual([]);
    const scheduled = eventsOf(run, "pairHeralded").filter(({ event }) => event.pairHeralded.firstNode === "repeater");
    expect(scheduled.length).toBeGreaterThan(100);
    for (const { event } of scheduled) {
      const { firstEmitted, secondEmitted } = event.pairHeralded;
      const isUp = (at: number) => schedule.some(({ fromS, toS }) => at >= fromS * 1e9 && at < toS * 1e9);
      expect(isUp(firstEmitted) && isUp(secondEmitted)).toBe(true);
    }
  },
);
