import { type AnyService, ClockCorrections, NodeClocks, Routes } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { SeededEntropy } from "@bellmesh/numerics";
import { simulatedMesh } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { type Instant, subjects } from "@bellmesh/wire";
import { ClockAnnounce, ClockCorrection } from "@bellmesh/wire/control";
import { describe, expect, test } from "vitest";

const SEED = 9;
const line = loadTopology("line:4");
const topology: Topology = {
  ...line,
  clock: { ...line.clock, driftPpb: 10, agingPpbPerDay: 0.014, whiteAt1S: 1e-12, flickerFloor: 1e-12 },
};
const nodes = topology.nodes.map(({ name }) => name);

interface Seen {
  /** Who announced itself, in the order of first announces after the start. */
  readonly masters: string[];
  /** By node, what the last correction says of its clock. */
  readonly promises: Map<string, Pick<ClockCorrection, "grandmaster" | "promisedPs">>;
  /** By how much a correction moved the phase of a clock that had been synchronised, the most; in ns. */
  jumpNs: number;
  /** How far two clocks were apart, the most, and at the end; in ns. */
  apartNs: number;
  lastApartNs: number;
}

/** Watches every clock as nature does, from 15 s on, when all are synchronised. */
function watched(faults: readonly FaultEntry[], untilNs: number): Seen {
  const clocks = new NodeClocks(new SeededEntropy(SEED), topology.clock);
  const corrections = new ClockCorrections();
  const seen: Seen = { masters: [], promises: new Map(), jumpNs: 0, apartNs: 0, lastApartNs: 0 };
  const corrected = (now: Instant, correction: ClockCorrection, subject: string) => {
    const { grandmaster, promisedPs } = correction;
    seen.promises.set(correction.node, { grandmaster, promisedPs });
    const segment = corrections.admit(correction, subject);
    if (!segment) return [];
    const clock = clocks.of(correction.node);
    const before = clock.offsetNs(now);
    clock.correct(segment);
    // A process that has restarted is back on its raw oscillator; that is no change of grandmaster.
    if (now > 15e9 && correction.sequence > 2) {
      seen.jumpNs = Math.max(seen.jumpNs, Math.abs(clock.offsetNs(now) - before));
    }
    return [];
  };
  const routes = new Routes<Seen>()
    .message(ClockCorrection, (_seen, now, correction, subject) => corrected(now, correction, subject))
    .message(ClockAnnounce, ({ masters }, _now, { node }) => {
      if (masters.at(-1) !== node) masters.push(node);
      return [];
    });
  const watcher: AnyService = {
    name: "watcher",
    timeBase: "true",
    serves: [],
    subscriptions: () => [
      { subject: subjects.controlOfAll(topology.name, "clock"), type: ClockCorrection },
      { subject: subjects.controlOfAll(topology.name, "announce"), type: ClockAnnounce },
    ],
    start: () => routes.machine(seen),
  };
  const world = simulatedMesh({ topology, seed: SEED, faults, onRecord: () => {} });
  world.add(watcher, { place: "nature", config: { topology } });
  world.start();
  for (let atNs = 15e9; atNs <= untilNs; atNs += 1e8) {
    world.run({ untilNs: atNs });
    const offsets = nodes.map((node) => clocks.of(node).offsetNs(atNs as Instant));
    seen.lastApartNs = Math.max(...offsets) - Math.min(...offsets);
    seen.apartNs = Math.max(seen.apartNs, seen.lastApartNs);
  }
  return seen;
}

const gone = (atNs: number, forNs: number): FaultEntry => ({
  kind: "crash",
  atNs,
  forNs,
  target: { process: "clock-sync/n0" },
  args: {},
});

describe("The grandmaster's clock-sync", () => {
  test("announces itself, and nobody else does while it lives", () => {
    expect(watched([], 40e9).masters).toEqual(["n0"]);
  });

  test("when gone is followed by one of the clocks that hold over, and no clock is stepped", () => {
    const seen = watched([gone(20e9, 1e12)], 120e9);
    expect(seen.masters[0]).toBe("n0");
    expect(seen.masters.at(-1)).toBe("n1");
    // A clock that becomes the reference promises what its own stamps are worth, at once and not at some correction.
    const stampsPs = 4 * topology.clock.stampJitterPs;
    expect(seen.promises.get("n1")).toEqual({ grandmaster: "n1", promisedPs: stampsPs });
    expect(seen.jumpNs).toBeLessThan(0.01);
    // Held over for ten seconds at frequencies known to some 0.05 ppb, then steered together again.
    expect(seen.apartNs).toBeLessThan(10);
    expect(seen.lastApartNs).toBeLessThan(1);
  });

  test("is not believed by an exchange that was held up on its way when the grandmaster changed", () => {
    // Both changes, and a cut of 90 ms at an end around each.
    for (let step = 0; step < 8; step += 1) {
      const cut = (atNs: number): FaultEntry => ({
        kind: "partition",
        atNs,
        forNs: 9e7,
        target: { a: ["n3"], b: "*" },
        args: { oneWay: false },
      });
      const seen = watched([gone(20e9, 20e9), cut(29e9 + step * 3e8), cut(42e9 + step * 3e8)], 100e9);
      expect(seen.jumpNs).toBeLessThan(0.01);
      expect(seen.lastApartNs).toBeLessThan(1);
    }
  });

  test("when back takes over again, and the clocks come to it without a step", () => {
    const seen = watched([gone(20e9, 40e9)], 140e9);
    expect(seen.masters[0]).toBe("n0");
    expect(seen.masters).toContain("n1");
    expect(seen.masters.at(-1)).toBe("n0");
    expect(seen.jumpNs).toBeLessThan(0.01);
    expect(seen.lastApartNs).toBeLessThan(1);
  });
});
