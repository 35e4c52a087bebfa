import { psiMinus, psiPlus } from "@bellmesh/bell";
import type { Stream } from "@bellmesh/mesh";
import { Code, OK } from "@bellmesh/mesh";
import { Tally } from "@bellmesh/numerics";
import { type Link, linkModel } from "@bellmesh/topology";
import { instant } from "@bellmesh/wire";
import { type Arm, SeriesEnd } from "@bellmesh/wire/physical-link";
import { describe, expect, test } from "vitest";
import { ARM_NS, Bench, createPairs, generate, NATURE, PERIOD_NS, pairOfNodes } from "./observed-station.ts";

describe("a series of attempts", () => {
  test("both ends hear of the pair that nature was told of, when the later photon is at the station", () => {
    const bench = new Bench();
    bench.armBoth({ firstCycle: 3 });
    expect(bench.heralds).toEqual([]);
    bench.settle();
    const [pair] = bench.pairs;
    const [toAlice, toBob] = bench.heralds;
    const cycle = toAlice?.herald.cycle ?? 0;
    expect(cycle).toBeGreaterThanOrEqual(3);
    expect(bench.now).toBe(cycle * PERIOD_NS + ARM_NS);
    expect(pair).toMatchObject({ pair: "alice-bob/3/1", firstNode: "alice", secondNode: "bob" });
    expect(pair).toMatchObject({ firstEmitted: cycle * PERIOD_NS, secondEmitted: cycle * PERIOD_NS });
    expect([toAlice?.to, toBob?.to]).toEqual(["alice", "bob"]);
    expect(toAlice?.herald).toMatchObject({
      pair: "alice-bob/3/1",
      pairSequence: 1,
      stationIncarnation: 3,
      armedIncarnation: 7,
      bellIndex: pair?.announced,
      attempts: cycle - 2,
      queueId: { queue: 0, sequence: 1 },
    });
    expect(toBob?.herald).toEqual(toAlice?.herald);
    expect(toAlice?.notAfter).toBe(bench.now + 1_000_000_000);
  });

  test("attempts are geometric with the link's success probability (20,000 series, 4 sigma, seed 5)", () => {
    const hardware = { emissionEfficiency: 0.4, darkCountProbability: 1e-3, visibility: 0.9 };
    const topology = pairOfNodes(hardware);
    const { successProbability: p } = linkModel(topology, topology.links[0] as Link);
    const bench = new Bench(hardware, 5);
    const attempts = new Tally();
    let atOnce = 0;
    const runs = 20_000;
    for (let run = 0; run < runs; run += 1) {
      bench.armBoth({ firstCycle: Math.ceil(bench.now / PERIOD_NS) });
      bench.settle();
      const made = bench.heralds[2 * run]?.herald.attempts ?? 0;
      attempts.add(made);
      if (made === 1) atOnce += 1;
    }
    const sigma = Math.sqrt((1 - p) / (p * p * runs));
    expect(Math.abs(attempts.mean - 1 / p)).toBeLessThan(4 * sigma);
    expect(Math.abs(atOnce / runs - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / runs));
    // The kurtosis of a geometric law is close to 9.
    const variance = (1 - p) / (p * p);
    expect(Math.abs(attempts.variance - variance)).toBeLessThan(4 * variance * Math.sqrt(8 / runs));
  });

  test("Ψ+ and Ψ− are announced equally often (10,000 pairs, 4 sigma, seed 6), and sequences have no gap", () => {
    const bench = new Bench({}, 6);
    const runs = 10_000;
    for (let run = 0; run < runs; run += 1) {
      bench.armBoth({ firstCycle: Math.ceil(bench.now / PERIOD_NS) });
      bench.settle();
    }
    const plus = bench.pairs.filter(({ announced }) => announced?.z === false).length;
    expect(Math.abs(plus / runs - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / runs));
    expect(bench.pairs.map(({ pair }) => pair)).toEqual(bench.pairs.map((_, index) => `alice-bob/3/${index + 1}`));
  });

  test("ideal hardware heralds exactly the announced Bell state", () => {
    const bench = new Bench();
    for (let run = 0; run < 20; run += 1) {
      bench.armBoth({ firstCycle: Math.ceil(bench.now / PERIOD_NS) });
      bench.settle();
      const last = bench.pairs.at(-1);
      expect(last?.bellWeights).toEqual(last?.announced === psiPlus ? [0, 1, 0, 0] : [0, 0, 0, 1]);
      expect(last?.announced).toEqual(last?.announced?.z ? psiMinus : psiPlus);
    }
  });

  test("it starts at the later of the two first cycles and keeps the stride", () => {
    const bench = new Bench({ emissionEfficiency: 0.3 });
    bench.arm(bench.alice, { firstCycle: 4, stride: 5 });
    bench.arm(bench.bob, { firstCycle: 19, stride: 5 });
    bench.settle();
    const { cycle = 0, attempts = 0 } = bench.heralds[0]?.herald ?? {};
    expect(cycle).toBe(19 + (attempts - 1) * 5);
  });

  test("without success it ends when the last photons have arrived, at both ends, with all its attempts", () => {
    const bench = new Bench({ emissionEfficiency: 0 });
    bench.arm(bench.alice, { firstCycle: 2, stride: 3, untilCycle: 30 });
    bench.arm(bench.bob, { firstCycle: 5, stride: 3, untilCycle: 15 });
    bench.settle();
    expect(bench.now).toBe(14 * PERIOD_NS + ARM_NS);
    expect(bench.reasons()).toEqual([
      [bench.alice, SeriesEnd.UNTIL],
      [bench.bob, SeriesEnd.UNTIL],
    ]);
    expect(bench.ends[0]?.response).toMatchObject({ attempts: 4, nextSequence: 1, incarnation: 3 });
  });

  test("after a success both ends must arm again", () => {
    const bench = new Bench();
    bench.armBoth();
    bench.settle();
    bench.arm(bench.alice);
    bench.advance(1e12);
    expect(bench.pairs.length).toBe(1);
  });

  test("cycles that were tried are not tried again", () => {
    const bench = new Bench();
    bench.armBoth();
    bench.settle();
    const first = bench.heralds[0]?.herald.cycle ?? 0;
    bench.armBoth();
    bench.settle();
    expect(bench.heralds[2]?.herald.cycle).toBeGreaterThan(first);
  });

  test("arms that come late still count from their first cycle, but nothing is announced before now", () => {
    const bench = new Bench();
    bench.now = 500 * PERIOD_NS;
    bench.armBoth({ firstCycle: 10 });
    bench.settle();
    expect(bench.now).toBe(500 * PERIOD_NS);
    expect(bench.heralds[0]?.herald.cycle).toBeLessThan(100);
    expect(bench.heralds[0]?.at).toBe(500 * PERIOD_NS);
  });

  test("arms of long ago do not count from their first cycle: those photons were never fired", () => {
    const bench = new Bench();
    const lateCycles = 1e9 / PERIOD_NS;
    bench.now = 10 * lateCycles * PERIOD_NS;
    bench.armBoth({ firstCycle: 0 });
    bench.settle();
    expect(bench.heralds[0]?.herald.cycle).toBeGreaterThanOrEqual(9 * lateCycles - 1);
  });

  test("on unequal arms the nearer end fires later, so that the photons meet", () => {
    const bench = new Bench({ armsKm: [2, 8] });
    bench.armBoth({ firstCycle: 1 });
    bench.settle();
    const cycle = bench.heralds[0]?.herald.cycle ?? 0;
    expect(bench.now).toBe(cycle * PERIOD_NS + 40_000);
    expect(bench.pairs[0]).toMatchObject({
      firstEmitted: cycle * PERIOD_NS + 30_000,
      secondEmitted: cycle * PERIOD_NS,
    });
  });
});

describe("two ends that do not meet", () => {
  test("an end armed alone never succeeds: its series ends when its last photon met none", () => {
    const bench = new Bench();
    bench.arm(bench.alice, { untilCycle: 50 });
    bench.settle();
    expect(bench.now).toBe(50 * PERIOD_NS + ARM_NS);
    expect(bench.reasons()).toEqual([[bench.alice, SeriesEnd.NO_CLASSICAL_OTHER]]);
    expect(bench.pairs).toEqual([]);
  });

  test("different queue ids or strides end both series with a mismatch", () => {
    for (const arm of [{ queueId: { queue: 0, sequence: 2 } }, { stride: 2 }]) {
      const bench = new Bench();
      bench.arm(bench.alice);
      bench.arm(bench.bob, arm);
      expect(bench.reasons()).toEqual([
        [bench.alice, SeriesEnd.QUEUE_MISMATCH],
        [bench.bob, SeriesEnd.QUEUE_MISMATCH],
      ]);
      expect(bench.timerDue).toBeUndefined();
    }
  });

  test("cycles that never coincide end both series at once", () => {
    const bench = new Bench();
    bench.arm(bench.alice, { firstCycle: 0, stride: 2 });
    bench.arm(bench.bob, { firstCycle: 1, stride: 2 });
    expect(bench.reasons().map(([, reason]) => reason)).toEqual([
      SeriesEnd.NO_CLASSICAL_OTHER,
      SeriesEnd.NO_CLASSICAL_OTHER,
    ]);
  });

  test("a series that ends before the other starts ends alone, the other stays armed", () => {
    const bench = new Bench();
    bench.arm(bench.alice, { firstCycle: 0, untilCycle: 10 });
    bench.arm(bench.bob, { firstCycle: 20, untilCycle: 1000 });
    bench.advance(15 * PERIOD_NS);
    expect(bench.reasons()).toEqual([[bench.alice, SeriesEnd.NO_CLASSICAL_OTHER]]);
    bench.arm(bench.alice, { firstCycle: 16, untilCycle: 1000 });
    bench.settle();
    expect(bench.heralds[0]?.herald.cycle).toBeGreaterThanOrEqual(20);
  });

  test("photons that miss each other by more than half the window end the series at once, at both ends", () => {
    const bench = new Bench();
    bench.correct("bob", 11);
    bench.armBoth();
    expect(bench.now).toBe(0);
    expect(bench.reasons()).toEqual([
      [bench.alice, SeriesEnd.OUT_OF_WINDOW],
      [bench.bob, SeriesEnd.OUT_OF_WINDOW],
    ]);
  });

  test("clocks that are a little apart cost visibility: the heralded state is dephased by the photons' overlap", () => {
    const bench = new Bench();
    bench.correct("bob", 5);
    bench.armBoth({ firstCycle: 1 });
    bench.settle();
    const overlap = 0.6065306597126334; // e^(−5 ns / 10 ns)
    const [pair] = bench.pairs;
    const right = pair?.announced?.z ? 3 : 1;
    expect(pair?.bellWeights[right]).toBeCloseTo((1 + overlap) / 2, 12);
    expect(pair?.bellWeights[4 - right]).toBeCloseTo((1 - overlap) / 2, 12);
    // Bob's clock is ahead, so that he fires that much earlier.
    expect((pair?.firstEmitted ?? 0) - (pair?.secondEmitted ?? 0)).toBe(5);
  });
});

describe("cuts", () => {
  test("stop ends the series of both ends now, with the attempts whose photons have arrived", () => {
    const bench = new Bench({ emissionEfficiency: 0.01 });
    bench.armBoth({ firstCycle: 10 });
    bench.advance(20 * PERIOD_NS + ARM_NS - 1);
    bench.stop(bench.bob);
    expect(bench.reasons()).toEqual([
      [bench.alice, SeriesEnd.STOPPED],
      [bench.bob, SeriesEnd.STOPPED],
    ]);
    expect(bench.ends[0]?.response.attempts).toBe(10);
    bench.advance(1e12);
    expect(bench.pairs).toEqual([]);
  });

  test("stop of a series that is over is answered, and ends nothing", () => {
    const bench = new Bench();
    bench.arm(bench.bob, { queueId: { queue: 0, sequence: 9 } });
    bench.stop(bench.alice);
    expect(bench.ends[0]?.response).toMatchObject({ reason: SeriesEnd.STOPPED, attempts: 0 });
    bench.stop(bench.bob, 8);
    bench.arm(bench.alice, { queueId: { queue: 0, sequence: 9 } });
    bench.settle();
    expect(bench.pairs.length).toBe(1);
  });

  test("a stop at the instant of success comes too late", () => {
    const bench = new Bench();
    bench.armBoth();
    bench.now = bench.timerDue ?? 0;
    bench.stop(bench.alice);
    expect(bench.pairs.length).toBe(1);
    expect(bench.ends[0]?.response).toMatchObject({ reason: SeriesEnd.STOPPED, nextSequence: 1 });
  });

  test.each([
    ["stopping and arming again", "stop"],
    ["arming anew", "arm"],
    ["clock corrections of either end", "correct"],
    ["an end's stream ending and coming back", "stream"],
  ] as const)("%s every few cycles does not bias the attempts (4,000 pairs, 4 sigma, seed 8)", (_what, how) => {
    const hardware = { emissionEfficiency: 0.5 };
    const p = 0.125;
    const bench = new Bench(hardware, 8);
    const wanted = 4_000;
    let lastCycle = -1;
    let sequence = 0;
    let stream = 6;
    let alice: Stream = bench.alice;
    const total = new Tally();
    const rearm = () => {
      bench.arm(alice);
      bench.arm(bench.bob);
    };
    rearm();
    let seen = 0;
    for (let cut = 1; bench.pairs.length < wanted; cut += 1) {
      bench.advance((cut * 3 + 1) * PERIOD_NS);
      sequence += 1;
      if (bench.pairs.length > seen) rearm();
      seen = bench.pairs.length;
      if (how === "stop") {
        bench.stop(alice);
        rearm();
      } else if (how === "arm") {
        bench.arm(alice);
      } else if (how === "correct") {
        bench.correct(cut % 2 === 0 ? "alice" : "bob", bench.now, sequence);
      } else {
        bench.step({ kind: "stream-ended", stream: alice, method: generate, status: OK });
        alice = stream as Stream;
        stream += 2;
        bench.open(alice, "link-layer/alice");
        bench.arm(alice);
      }
    }
    for (let pair = 0; pair < wanted; pair += 1) {
      // Every cycle is tried once, cut or not: between two pairs lie as many attempts as cycles.
      const cycle = bench.heralds[2 * pair]?.herald.cycle ?? 0;
      total.add(cycle - lastCycle);
      lastCycle = cycle;
    }
    expect(Math.abs(total.mean - 1 / p)).toBeLessThan(4 * Math.sqrt((1 - p) / (p * p * wanted)));
  });

  test("an end whose stream ends is not armed any more; the other is left alone", () => {
    const bench = new Bench({ emissionEfficiency: 0.01 });
    bench.armBoth({ untilCycle: 40 });
    bench.advance(10 * PERIOD_NS);
    bench.step({ kind: "stream-ended", stream: bench.alice, method: generate, status: OK });
    bench.settle();
    expect(bench.reasons()).toEqual([[bench.bob, SeriesEnd.NO_CLASSICAL_OTHER]]);
  });

  test("both heralds say how far apart the clocks are expected to be, once both have said so", () => {
    const differenceOf = (...said: [number, number?][]) => {
      const bench = new Bench();
      for (const [end, [expectedErrorPs, expectedDriftPpb = 0]] of said.entries()) {
        bench.correct(end === 0 ? "alice" : "bob", bench.now, 1, { expectedErrorPs, expectedDriftPpb });
      }
      bench.advance(3e9);
      bench.armBoth({ firstCycle: Math.ceil(3e9 / PERIOD_NS), untilCycle: 1e9 });
      bench.settle();
      return bench.heralds.map(({ herald }) => herald.clockDifferencePs);
    };
    expect(differenceOf([3000], [4000])).toEqual([5000, 5000]);
    expect(differenceOf([3000])).toEqual([undefined, undefined]);
    // It has said nothing for 3 s, where it ought to have after 1 s: 2 s of 1 ppb.
    const [overdue] = differenceOf([0], [0, 1]);
    expect(Math.abs((overdue as number) - 2000)).toBeLessThan(5);
  });

  test("a clock correction counts once: copies and stragglers change nothing", () => {
    const bench = new Bench({ emissionEfficiency: 0.01 });
    bench.correct("bob", 100, 2);
    bench.correct("bob", 0, 2);
    bench.correct("bob", 0, 1);
    bench.armBoth();
    expect(bench.reasons()[0]).toEqual([bench.alice, SeriesEnd.OUT_OF_WINDOW]);
    bench.correct("bob", 0, 3);
    bench.armBoth();
    expect(bench.reasons().length).toBe(2);
  });
});

describe("what an end may ask", () => {
  test("only the link layers of the two ends may open a stream", () => {
    const bench = new Bench();
    bench.open(8 as Stream, "link-layer/carol");
    bench.open(10 as Stream, "network-layer/alice");
    expect(bench.closed).toEqual([
      { stream: 8, code: Code.PERMISSION_DENIED },
      { stream: 10, code: Code.PERMISSION_DENIED },
    ]);
  });

  test.each<[string, Partial<Arm>]>([
    ["no queue id", { queueId: undefined }],
    ["stride 0", { stride: 0 }],
    ["an until before its first cycle", { firstCycle: 5, untilCycle: 4 }],
    ["a first cycle beyond all instants", { firstCycle: 4_503_599_627_370_496, untilCycle: Number.MAX_SAFE_INTEGER }],
  ])("an arm with %s ends the stream as invalid", (_what, arm) => {
    const bench = new Bench();
    bench.arm(bench.alice, arm);
    expect(bench.closed).toEqual([{ stream: bench.alice, code: Code.INVALID_ARGUMENT }]);
  });

  test("a stop without queue id, no command, or another link's name end the stream as invalid", () => {
    for (const [command, link] of [
      [{ $case: "stop", stop: { queueId: undefined } }, "alice-bob"],
      [undefined, "alice-bob"],
      [{ $case: "stop", stop: { queueId: { queue: 0, sequence: 1 } } }, "bob-carol"],
    ] as const) {
      const bench = new Bench();
      bench.send(bench.alice, command, link);
      expect(bench.closed).toEqual([{ stream: bench.alice, code: Code.INVALID_ARGUMENT }]);
    }
  });

  test("an end that expects a sequence already given has missed a herald: it is told and not armed", () => {
    const bench = new Bench();
    bench.armBoth();
    bench.settle();
    bench.arm(bench.alice, { expectedSequence: 1 });
    expect(bench.ends[0]?.response).toMatchObject({ reason: SeriesEnd.MISSED_HERALD, nextSequence: 2, incarnation: 3 });
    expect(bench.timerDue).toBeUndefined();
    bench.arm(bench.alice, { expectedSequence: 2 });
    bench.arm(bench.bob, { expectedSequence: 0 });
    bench.settle();
    expect(bench.pairs.length).toBe(2);
  });

  test("a later stream of the same end takes over, the earlier one is ended", () => {
    const bench = new Bench();
    bench.arm(bench.alice);
    bench.open(8 as Stream, "link-layer/alice");
    expect(bench.closed).toEqual([{ stream: bench.alice, code: Code.ABORTED }]);
    bench.arm(bench.bob);
    bench.arm(8 as Stream);
    bench.settle();
    expect(bench.pairs.length).toBe(1);
  });
});

/** Nature goes away, and listens again on a new stream. */
function natureReturns(bench: Bench): void {
  bench.step({ kind: "stream-ended", stream: NATURE, method: createPairs, status: OK });
  const timer = `reopen:quantum-state/nature${createPairs.path}`;
  bench.step({ kind: "timer", timer, due: instant(bench.now), reading: undefined });
  bench.natureListens(3 as Stream);
}

test("A pair is told of by nature alone: the station writes nothing of it", () => {
  const bench = new Bench();
  bench.armBoth({ firstCycle: 3 });
  bench.settle();
  const [pair] = bench.pairs;
  const [toAlice] = bench.heralds;
  expect(bench.recorded).toBe(0);
  // Nature is told of all that the ledger is to have of it.
  expect(pair).toMatchObject({ attempts: toAlice?.herald.attempts, photonOffsetPs: 0 });
});

describe("Pairs that nature has not confirmed", () => {
  test("are not told to the ends, who know of none that they could have missed", () => {
    const bench = new Bench();
    bench.mute = true;
    bench.armBoth({ untilCycle: 1_000 });
    bench.settle();
    expect([bench.pairs.length, bench.heralds.length]).toEqual([1, 0]);
    bench.arm(bench.alice, { expectedSequence: 1 });
    expect(bench.ends).toEqual([]);
  });

  test("are given up with nature's stream: both ends hear that they have missed them, nature no second time", () => {
    const bench = new Bench();
    bench.mute = true;
    bench.armBoth({ untilCycle: 1_000 });
    bench.settle();
    natureReturns(bench);
    const missed = { reason: SeriesEnd.MISSED_HERALD, nextSequence: 2, incarnation: 3 };
    expect(bench.ends.map(({ stream, response }) => [stream, response])).toMatchObject([
      [bench.alice, { ...missed, queueId: { queue: 0, sequence: 1 } }],
      [bench.bob, missed],
    ]);
    // A confirmation that was under way comes too late, on whichever stream.
    for (const stream of [NATURE, 3 as Stream]) {
      bench.step({ kind: "stream-item", stream, method: createPairs, item: { pair: "alice-bob/3/1" } });
    }
    expect([bench.pairs.length, bench.heralds.length]).toEqual([1, 0]);
    bench.mute = false;
    bench.armBoth({ expectedSequence: 2, untilCycle: 1_000 });
    bench.settle();
    expect(bench.pairs.map(({ pair }) => pair)).toEqual(["alice-bob/3/1", "alice-bob/3/2"]);
    expect(bench.heralds.map(({ to }) => to)).toEqual(["alice", "bob"]);
  });

  test("are given up also where an end is armed anew: it arms again", () => {
    const bench = new Bench();
    bench.mute = true;
    bench.armBoth({ queueId: { queue: 0, sequence: 1 }, untilCycle: 1_000 });
    bench.settle();
    bench.arm(bench.alice, { queueId: { queue: 0, sequence: 2 }, expectedSequence: 1, untilCycle: 1_000 });
    natureReturns(bench);
    const missed = { reason: SeriesEnd.MISSED_HERALD, nextSequence: 2 };
    expect(bench.ends.map(({ stream, response }) => [stream, response])).toMatchObject([
      [bench.alice, { ...missed, queueId: { queue: 0, sequence: 2 } }],
      [bench.bob, { ...missed, queueId: { queue: 0, sequence: 1 } }],
    ]);
    expect(bench.timerDue).toBeUndefined();
  });

  test("are one at a time: what the ends attempt meanwhile is decided when they have been told of it", () => {
    const bench = new Bench();
    bench.mute = true;
    for (const sequence of [1, 2]) {
      bench.armBoth({ queueId: { queue: 0, sequence }, expectedSequence: 1, untilCycle: 1_000 });
      bench.settle();
    }
    expect([bench.pairs.length, bench.heralds.length, bench.timerDue]).toEqual([1, 0, undefined]);
    bench.mute = false;
    bench.step({ kind: "stream-item", stream: NATURE, method: createPairs, item: { pair: "alice-bob/3/1" } });
    bench.settle();
    expect(bench.ends).toEqual([]);
    expect(bench.heralds.map(({ herald }) => herald.pair)).toEqual(
      ["alice-bob/3/1", "alice-bob/3/2"].flatMap((pair) => [pair, pair]),
    );
  });
});

test("a herald that waits for nature is worth no longer for that: it counts from when the photons came", () => {
  const bench = new Bench();
  bench.armBoth({ untilCycle: 1_000, usefulForNs: 5_000_000 });
  bench.settle();
  const [prompt] = bench.heralds;
  expect(prompt?.notAfter).toBe((prompt?.at ?? 0) + 5_000_000);
  bench.mute = true;
  bench.armBoth({ untilCycle: 1_000, usefulForNs: 5_000_000 });
  bench.settle();
  const heraldedAt = bench.now;
  bench.advance(10 * PERIOD_NS);
  const { pair } = bench.pairs.at(-1) ?? { pair: "" };
  bench.step({ kind: "stream-item", stream: NATURE, method: createPairs, item: { pair } });
  expect(bench.heralds.at(-1)).toMatchObject({ at: bench.now, notAfter: heraldedAt + 5_000_000 });
});

test("nothing is heralded while nature does not listen; the ends stay armed until it does", () => {
  const bench = new Bench({}, 1, false);
  bench.armBoth({ untilCycle: 1_000 });
  bench.advance(10 * PERIOD_NS);
  expect(bench.timerDue).toBeUndefined();
  bench.natureListens();
  bench.settle();
  expect(bench.pairs.length).toBe(1);
  bench.step({ kind: "stream-ended", stream: NATURE, method: createPairs, status: OK });
  bench.armBoth({ untilCycle: 1_000 });
  expect(bench.timerDue).toBeUndefined();
  bench.step({
    kind: "timer",
    timer: `reopen:quantum-state/nature${createPairs.path}`,
    due: instant(0),
    reading: undefined,
  });
  bench.natureListens(3 as Stream);
  bench.settle();
  expect(bench.pairs.length).toBe(2);
});
