import { type FaultEntry, NodeClocks } from "@bellmesh/mesh";
import { SeededEntropy } from "@bellmesh/numerics";
import { simulatedMesh } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { type WatchedClocks, watchedClocks } from "./watched-clocks.ts";

const topology = loadTopology("line:3");
const SECOND_NS = 1e9;
/** A fault acts from the 20th second to the 40th of 60. */
const PHASE_S = 20;

function watch(fault: Omit<FaultEntry, "atNs" | "forNs">): WatchedClocks {
  const phaseNs = PHASE_S * SECOND_NS;
  return watchAll([{ ...fault, atNs: phaseNs, forNs: phaseNs } as FaultEntry]);
}

function watchAll(faults: readonly FaultEntry[], network = topology): WatchedClocks {
  const clocks = watchedClocks(network.name);
  const world = simulatedMesh({ topology: network, seed: 1, faults, onRecord: () => undefined });
  world.add(clocks.service, { place: "n0", config: {} });
  world.start();
  world.run({ untilNs: 3 * PHASE_S * SECOND_NS });
  return clocks;
}

/** How n1 was steered in these seconds, in ppb, without the doublets of holdover. */
function steered({ corrections }: WatchedClocks, fromS: number, untilS: number): number[] {
  return corrections
    .filter(({ atNs, node }) => node === "n1" && atNs >= fromS * SECOND_NS && atNs < untilS * SECOND_NS)
    .map(({ frequencyPpb }) => frequencyPpb);
}

/** Who offered itself in these seconds. */
function masters({ announces }: WatchedClocks, fromS: number, untilS: number): string[] {
  const heard = announces.filter(({ atNs }) => atNs >= fromS * SECOND_NS && atNs < untilS * SECOND_NS);
  return [...new Set(heard.map(({ node }) => node))];
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

const usualPpb = steered(watch({ kind: "crash", target: { process: "link-layer/n2" }, args: {} }), 10, 20)[0] ?? 0;

test("A clock that jumps is steered back by its servo, and then all is as before", () => {
  const watched = watch({ kind: "clock-step", target: { node: "n1" }, args: { stepNs: 100 } });
  // Ahead by 100 ns, it has to run slow; nothing but the servo has told it.
  expect(Math.min(...steered(watched, 20, 22))).toBeLessThan(usualPpb - 50);
  expect(spread(steered(watched, 35, 60))).toBeLessThan(1);
  expect(steered(watched, 59, 60)[0]).toBeCloseTo(usualPpb, 0);
});

test("An oscillator that runs fast is held back by as much, while it lasts", () => {
  const watched = watch({ kind: "clock-drift", target: { node: "n1" }, args: { ppb: 200 } });
  expect(steered(watched, 39, 40)[0]).toBeCloseTo(usualPpb - 200, 0);
  expect(steered(watched, 59, 60)[0]).toBeCloseTo(usualPpb, 0);
});

test("Stamps that err make a servo restless, while they do", () => {
  const watched = watch({ kind: "clock-jitter", target: { node: "n1" }, args: { sigmaNs: 10 } });
  expect(spread(steered(watched, 10, 20))).toBeLessThan(1);
  expect(spread(steered(watched, 20, 40))).toBeGreaterThan(10);
  expect(spread(steered(watched, 55, 60))).toBeLessThan(2);
});

test("A grandmaster that offers its time to nobody is replaced, and comes back", () => {
  const watched = watch({ kind: "grandmaster-loss", target: { node: "n0" }, args: {} });
  expect(masters(watched, 0, 20)).toEqual(["n0"]);
  expect(masters(watched, 30, 40)).toEqual(["n1"]);
  expect(masters(watched, 50, 60)).toEqual(["n0"]);
});

test("A clock that claims to be the best is believed, until it claims so no more", () => {
  const watched = watch({ kind: "false-announce", target: { node: "n2" }, args: { priority1: 0 } });
  expect(masters(watched, 0, 20)).toEqual(["n0"]);
  expect(masters(watched, 30, 40)).toEqual(["n2"]);
  expect(masters(watched, 50, 60)).toEqual(["n0"]);
});

test("The reference takes over again when all who claimed to be better are gone, though nobody is synchronised", () => {
  const claim = (node: string, priority1: number, atS: number, forS: number): FaultEntry => ({
    kind: "false-announce",
    ...{ atNs: atS * SECOND_NS, forNs: forS * SECOND_NS },
    ...{ target: { node }, args: { priority1 } },
  });
  const claims = [claim("n4", 0, 1.5, 0.65), claim("n3", 1, 1.8, 2.1), claim("n2", 0, 2.05, 0.97)];
  const watched = watchAll([...claims, claim("n4", 0, 3.35, 1.1), claim("n1", 1, 4.9, 0.2)], loadTopology("line:5"));
  expect(masters(watched, 1, 6)).toEqual(expect.arrayContaining(["n1", "n2", "n3", "n4"]));
  expect(masters(watched, 30, 60)).toEqual(["n0"]);
});

test("A process that starts when an oscillator has run fast reckons with what it has gained", () => {
  const drift = {
    atNs: 0,
    forNs: SECOND_NS,
    kind: "clock-drift",
    target: { node: "n1" },
    args: { ppb: 1000 },
  } as const;
  const clock = new NodeClocks(new SeededEntropy(1), topology.clock).of("n1");
  const before = clock.offsetNs((5 * SECOND_NS) as never);
  clock.drift(drift.atNs, drift.atNs + drift.forNs, drift.args.ppb);
  expect(clock.offsetNs((5 * SECOND_NS) as never) - before).toBeCloseTo(1000, 3);
  const told: unknown[] = [];
  const world = simulatedMesh({ topology, seed: 1, faults: [drift], onRecord: () => undefined });
  const late = (name: string) => ({
    name,
    timeBase: "true" as const,
    serves: [],
    subscriptions: () => [],
    start: () => ({
      step: (_now: number, input: { kind: string; fault?: unknown }) => {
        if (input.kind === "fault-began") told.push(input.fault);
        return [];
      },
    }),
  });
  world.start();
  world.run({ untilNs: 2 * SECOND_NS });
  world.add(late("physical-link"), { place: "another", config: {} });
  world.add(late("somebody"), { place: "another", config: {} });
  world.run({ untilNs: 3 * SECOND_NS });
  expect(told).toEqual([drift]);
});
