import {
  bellMeasurementDecay,
  combine,
  memoryDecay,
  multiply,
  phiMinus,
  phiPlus,
  psiMinus,
  psiPlus,
} from "@bellmesh/bell";
import type { Effect } from "@bellmesh/mesh";
import { bellMeasurementNs, loadTopology, NodeHardware, nodeNamed, type TopologyNode } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import { HalfEnd } from "@bellmesh/wire/node-controller";
import { describe, expect, test } from "vitest";
import { halfOf, lineCircuit, ObservedSurroundings } from "./observed-surroundings.ts";
import { SwapPoint } from "./swap-point.ts";

const node = nodeNamed(loadTopology("line:3"), "n1") as TopologyNode;
const at = (ns: number) => ns as Instant;

function track(linkCorrelator: string, downstream = true, more: Partial<Track> = {}): Track {
  return {
    circuit: "n0/1/1",
    downstream,
    originCorrelator: linkCorrelator,
    linkCorrelator,
    outcome: phiPlus,
    requestId: downstream ? "n0/1/1" : "",
    pairSequence: downstream ? 1 : 0,
    epoch: 0,
    quality: { x: 1, y: 1, z: 1, relaxed: undefined },
    originEmittedAt: 0,
    ...more,
  };
}

const expireOf = (linkCorrelator: string, downstream: boolean): Expire => ({
  circuit: "n0/1/1",
  downstream,
  linkCorrelator,
  feedforwardMissed: false,
  requestId: "",
  pairSequence: 0,
});

/** The repeater n1 of n0 — n1 — n2. Pairs of n0-n1 are a1, a2, …; of n1-n2 b1, b2, … */
class Bench {
  readonly surroundings = new ObservedSurroundings();
  readonly point: SwapPoint;
  effects: Effect[] = [];

  constructor(cutoffNs = 0) {
    this.point = new SwapPoint(lineCircuit(1, 3, cutoffNs), new NodeHardware(node), this.surroundings);
  }

  upstream(pair: string, now = 0, emittedNs = now, index = phiPlus): void {
    this.point.linkOk(at(now), this.effects, "upstream", halfOf(pair, index, emittedNs), true);
  }

  downstream(pair: string, now = 0, emittedNs = now, index = phiPlus): void {
    this.point.linkOk(at(now), this.effects, "downstream", halfOf(pair, index, emittedNs), true);
  }

  swapped(upstreamPair: string, downstreamPair: string, outcome = phiPlus, now = 0): void {
    const swapped = { circuit: "n0/1/1", upstreamPair, downstreamPair, outcome, measuredAt: now };
    this.point.swapped(at(now), this.effects, swapped);
  }

  track(message: Track, measuredAt = 0, notAfter = 0): void {
    this.point.track(at(measuredAt), this.effects, message, at(measuredAt), notAfter);
  }

  swaps(): string[] {
    return this.surroundings.ordersTo("swap").map(({ swap }) => `${swap.upstreamPair}+${swap.downstreamPair}`);
  }

  discards(): { pair: string; reason: HalfEnd }[] {
    return this.surroundings.ordersTo("discard").map(({ discard: { pair, reason } }) => ({ pair, reason }));
  }
}

describe("A repeater swaps", () => {
  test("as soon as both sides hold a half, whichever came first, and waits for no message", () => {
    for (const first of ["upstream", "downstream"] as const) {
      const bench = new Bench();
      bench[first](first === "upstream" ? "a1" : "b1");
      expect(bench.swaps()).toEqual([]);
      bench[first === "upstream" ? "downstream" : "upstream"](first === "upstream" ? "b1" : "a1");
      expect(bench.swaps()).toEqual(["a1+b1"]);
    }
  });

  test("oldest with oldest", () => {
    const bench = new Bench();
    for (const pair of ["a1", "a2", "a3"]) bench.upstream(pair);
    for (const pair of ["b1", "b2"]) bench.downstream(pair);
    expect(bench.swaps()).toEqual(["a1+b1", "a2+b2"]);
    bench.downstream("b3");
    expect(bench.swaps()).toEqual(["a3+b3"]);
  });

  test("only while a request wants pairs: others are discarded and leave a discard record", () => {
    const bench = new Bench();
    bench.point.linkOk(at(0), bench.effects, "upstream", halfOf("a1", phiPlus), false);
    expect(bench.discards()).toEqual([{ pair: "a1", reason: HalfEnd.DISCARDED }]);
    bench.track(track("a1"));
    expect(bench.surroundings.expires()).toEqual([{ to: "n0", expire: expireOf("a1", false) }]);
  });
});

describe("A TRACK", () => {
  test("that comes before its swap is parked, and goes on when the node-controller has measured", () => {
    const bench = new Bench();
    bench.track(track("a1"));
    bench.upstream("a1");
    bench.downstream("b1");
    expect(bench.surroundings.tracks()).toEqual([]);
    bench.swapped("a1", "b1");
    expect(bench.surroundings.tracks().map(({ to, track: sent }) => [to, sent.linkCorrelator])).toEqual([["n2", "b1"]]);
    expect(bench.point.held).toEqual({ waiting: 0, swapping: 0, parked: 0 });
  });

  test("crosses a swap: index XOR outcome XOR next index, correlator rewritten, origin kept, both ways", () => {
    const bench = new Bench();
    bench.upstream("a1", 0, 0, psiPlus);
    bench.downstream("b1", 0, 0, psiMinus);
    bench.swapped("a1", "b1", phiMinus);
    bench.track(track("a1", true, { outcome: psiPlus }));
    bench.track(track("b1", false, { outcome: psiMinus }));
    const [down, up] = bench.surroundings.tracks();
    const all = combine(combine(psiPlus, psiMinus), phiMinus);
    expect(down).toMatchObject({ to: "n2", track: { originCorrelator: "a1", linkCorrelator: "b1", outcome: all } });
    expect(up).toMatchObject({ to: "n0", track: { originCorrelator: "b1", linkCorrelator: "a1", outcome: all } });
  });

  test("takes along what waiting and measuring cost, and the quality of the next pair", () => {
    const bench = new Bench();
    const good = { x: 0.9, y: 0.8, z: 0.95, relaxed: undefined };
    bench.point.linkOk(at(5e6), bench.effects, "upstream", halfOf("a1", phiPlus, 1e6, good), true);
    bench.point.linkOk(at(5e6), bench.effects, "downstream", halfOf("b1", phiPlus, 4e6, good), true);
    bench.swapped("a1", "b1", phiPlus, 6e6 + bellMeasurementNs(node));
    bench.track(track("a1", true, { quality: good }));
    const { t1S, t2S } = node.memory;
    const waited = multiply(memoryDecay(t1S, t2S, 5e-3), memoryDecay(t1S, t2S, 2e-3));
    const measured = bellMeasurementDecay(node.gates.twoQubitDepolarising, node.readout.p01, node.readout.p10);
    const expected = multiply(multiply(good, multiply(waited, measured)), good);
    const { quality } = bench.surroundings.tracks()[0]?.track ?? {};
    for (const axis of ["x", "y", "z"] as const) expect(quality?.[axis]).toBeCloseTo(expected[axis], 12);
  });

  test("carries the latest measurement it depends on, and its usefulness unchanged", () => {
    const bench = new Bench();
    bench.upstream("a1");
    bench.downstream("b1");
    bench.swapped("a1", "b1", phiPlus, 100);
    bench.track(track("a1"), 70, 900);
    bench.track(track("b1", false), 130, 800);
    expect(bench.surroundings.tracks().map(({ measuredAt, notAfter }) => [measuredAt, notAfter])).toEqual([
      [100, 900],
      [130, 800],
    ]);
  });

  test("with an unknown index stays so", () => {
    const bench = new Bench();
    bench.upstream("a1");
    bench.downstream("b1");
    bench.swapped("a1", "b1", psiMinus);
    bench.track(track("a1", true, { outcome: undefined }));
    expect(bench.surroundings.tracks()[0]?.track.outcome).toBeUndefined();
  });

  test("that comes twice crosses twice, which the end ignores; one from the wrong side goes nowhere", () => {
    const bench = new Bench();
    bench.upstream("a1");
    bench.downstream("b1");
    bench.swapped("a1", "b1");
    bench.track(track("a1"));
    bench.track(track("a1"));
    expect(bench.surroundings.tracks().map(({ to }) => to)).toEqual(["n2", "n2"]);
    bench.track(track("a1", false));
    expect(bench.surroundings.tracks()).toEqual([]);
  });

  test("for a half that never comes is answered with EXPIRE when a thousand others wait", () => {
    const bench = new Bench();
    for (let sequence = 1; sequence <= 1100; sequence += 1) bench.track(track(`a${sequence}`));
    expect(bench.point.held.parked).toBe(1024);
    const answered = bench.surroundings.expires().map(({ to, expire }) => `${to} ${expire.linkCorrelator}`);
    expect(answered).toEqual(Array.from({ length: 76 }, (_, index) => `n0 a${index + 1}`));
  });
});

describe("EXPIRE", () => {
  test("crosses a swap like a TRACK, also when both TRACKs have", () => {
    const bench = new Bench();
    bench.upstream("a1");
    bench.downstream("b1");
    bench.swapped("a1", "b1");
    bench.track(track("a1"));
    bench.track(track("b1", false));
    bench.point.expire(at(9), bench.effects, { ...expireOf("b1", false), feedforwardMissed: true });
    const crossed = { ...expireOf("a1", false), feedforwardMissed: true };
    expect(bench.surroundings.expires()).toEqual([{ to: "n0", expire: crossed }]);
  });

  test("voids a half that still waits, and its TRACK is answered", () => {
    const bench = new Bench();
    bench.track(track("a1"));
    bench.upstream("a1");
    bench.point.expire(at(9), bench.effects, expireOf("a1", true));
    expect(bench.discards()).toEqual([{ pair: "a1", reason: HalfEnd.EXPIRED }]);
    expect(bench.surroundings.expires()).toEqual([{ to: "n0", expire: expireOf("a1", false) }]);
    bench.downstream("b1");
    expect(bench.swaps()).toEqual([]);
  });

  test("waits for a swap that is under way, then crosses it", () => {
    const bench = new Bench();
    bench.upstream("a1");
    bench.downstream("b1");
    bench.point.expire(at(9), bench.effects, expireOf("a1", true));
    expect(bench.surroundings.expires()).toEqual([]);
    bench.swapped("a1", "b1");
    expect(bench.surroundings.expires()).toEqual([{ to: "n2", expire: expireOf("b1", true) }]);
    expect(bench.point.held.parked).toBe(0);
  });

  test("of a pair that was not announced yet leaves a tombstone: its half is discarded when it comes", () => {
    const bench = new Bench();
    bench.point.expire(at(9), bench.effects, expireOf("a1", true));
    bench.upstream("a1");
    expect(bench.discards()).toEqual([{ pair: "a1", reason: HalfEnd.DISCARDED }]);
    bench.downstream("b1");
    expect(bench.swaps()).toEqual([]);
  });
});

describe("A half that is lost", () => {
  test("takes its partner in a swap with it; TRACKs of both are answered, a parked EXPIRE is forgotten", () => {
    const bench = new Bench();
    bench.upstream("a1");
    bench.downstream("b1");
    bench.track(track("a1"));
    bench.track(track("b1", false));
    bench.point.expire(at(1), bench.effects, expireOf("a1", true));
    bench.surroundings.orders();
    bench.point.lost(at(2), bench.effects, "b1");
    expect(bench.discards().map(({ pair }) => pair)).toEqual(["a1", "b1"]);
    expect(bench.surroundings.expires().map(({ to, expire }) => [to, expire.linkCorrelator])).toEqual([
      ["n0", "a1"],
      ["n2", "b1"],
    ]);
    expect(bench.point.held).toEqual({ waiting: 0, swapping: 0, parked: 0 });
    bench.swapped("a1", "b1");
    expect(bench.surroundings.tracks()).toEqual([]);
  });

  test("while it waits for a partner is not swapped", () => {
    const bench = new Bench();
    bench.upstream("a1");
    bench.point.lost(at(2), bench.effects, "a1");
    bench.downstream("b1");
    expect(bench.swaps()).toEqual([]);
    expect(bench.point.held.waiting).toBe(1);
  });

  test("with all others: waiting halves and swaps under way are given up", () => {
    const bench = new Bench();
    for (const pair of ["a1", "a2"]) bench.upstream(pair);
    bench.downstream("b1");
    bench.point.abandon(at(1), bench.effects);
    expect(bench.discards().map(({ pair }) => pair)).toEqual(["a1", "b1", "a2"]);
    expect(bench.point.held).toEqual({ waiting: 0, swapping: 0, parked: 0 });
  });
});

describe("The cutoff", () => {
  test("discards a half that has waited too long, and writes the record that answers its TRACK", () => {
    const bench = new Bench(1000);
    bench.upstream("a1", 50, 20);
    expect(bench.effects).toEqual([{ kind: "set-timer", timer: "cutoff:n0/1/1", due: 1020 }]);
    bench.point.cutoff(at(1020), bench.effects);
    expect(bench.discards()).toEqual([{ pair: "a1", reason: HalfEnd.DISCARDED }]);
    bench.track(track("a1"));
    expect(bench.surroundings.expires()).toEqual([{ to: "n0", expire: expireOf("a1", false) }]);
  });

  test("that loses the race against a swap does nothing", () => {
    const bench = new Bench(1000);
    bench.upstream("a1");
    bench.downstream("b1");
    bench.surroundings.orders();
    bench.effects = [];
    bench.point.cutoff(at(1000), bench.effects);
    expect(bench.surroundings.orders()).toEqual([]);
    expect(bench.effects).toEqual([]);
    bench.swapped("a1", "b1");
    bench.track(track("a1"));
    expect(bench.surroundings.tracks()).toHaveLength(1);
  });

  test("holds for a half that is told of too late: it is discarded, and swapped with nothing", () => {
    const bench = new Bench(1000);
    bench.upstream("a1", 900, 900);
    bench.downstream("b1", 1000, 0);
    expect(bench.surroundings.orders()).toMatchObject([{ $case: "discard", discard: { pair: "b1" } }]);
  });

  test("holds where its timer comes late, because the process stood still", () => {
    const bench = new Bench(1000);
    bench.upstream("a1", 0, 0);
    bench.upstream("a2", 800, 800);
    bench.downstream("b1", 1500, 1500);
    expect(bench.surroundings.orders()).toMatchObject([
      { $case: "discard", discard: { pair: "a1" } },
      { $case: "swap", swap: { upstreamPair: "a2", downstreamPair: "b1" } },
    ]);
  });

  test("is set for the oldest of those that wait, one after the other", () => {
    const bench = new Bench(1000);
    bench.upstream("a1", 0, 0);
    bench.upstream("a2", 300, 300);
    bench.effects = [];
    bench.point.cutoff(at(1000), bench.effects);
    expect(bench.discards().map(({ pair }) => pair)).toEqual(["a1"]);
    expect(bench.effects).toEqual([{ kind: "set-timer", timer: "cutoff:n0/1/1", due: 1300 }]);
  });

  test("is not set at all where the circuit has none", () => {
    const bench = new Bench();
    bench.upstream("a1");
    expect(bench.effects).toEqual([]);
  });
});

test("COMPLETE discards waiting halves, and leaves swaps under way and their records alone", () => {
  const bench = new Bench();
  for (const pair of ["a1", "a2"]) bench.upstream(pair);
  bench.downstream("b1");
  bench.surroundings.orders();
  bench.point.clear(at(1), bench.effects);
  expect(bench.discards().map(({ pair }) => pair)).toEqual(["a2"]);
  bench.swapped("a1", "b1");
  bench.track(track("b1", false));
  expect(bench.surroundings.tracks().map(({ to }) => to)).toEqual(["n0"]);
});
