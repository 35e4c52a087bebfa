import { memoryDecay } from "@bellmesh/bell";
import { describe, expect, test } from "vitest";
import { simulatedLine } from "./line-monte-carlo.ts";
import { type GeneratingLink, pathWaiting, waitingDecay } from "./repeater-waiting.ts";
import type { Memory } from "./topology.ts";

const memory = (t1S: number, t2S: number): Memory => ({ t1S, t2S, communicationSlots: 1, attemptDephasing: 0 });
const link = (successProbability: number, periodNs = 1e5, slots = 4): GeneratingLink => ({
  successProbability,
  periodNs,
  slots,
});
const repeater = memory(3, 0.5);
const left = memory(10, 1);
const right = memory(5, 2);

describe("what waiting at a repeater costs", () => {
  test("is p/(2−p)·(1+λ(1−p))/(1−λ(1−p)) with one slot, for links that start anew after each pair", () => {
    const p = 0.01;
    const lambda = memoryDecay(10, 1, 1e-4).x * memoryDecay(10, 1, 1e-4).x;
    const anew = ((p / (2 - p)) * (1 + lambda * (1 - p))) / (1 - lambda * (1 - p));
    const both = link(p, 1e5, 1);
    const { x } = waitingDecay(both, [left, left], both, [left, left]);
    expect(x).toBeCloseTo(anew, 12);
  });

  test("is nothing when both succeed at once or nothing decays", () => {
    expect(waitingDecay(link(1), [left], link(1), [left])).toEqual({ x: 1, y: 1, z: 1 });
    const endless = memory(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(waitingDecay(link(0.001), [endless], link(0.002), [endless]).x).toBeCloseTo(1, 12);
    expect(waitingDecay(link(0.001), [endless], link(0.002, 3e5), [endless]).x).toBeCloseTo(1, 12);
  });

  test("does not depend on the order of the links, and hardly on whether periods are equal", () => {
    const decay = waitingDecay(link(0.003), [repeater, left], link(0.002), [repeater, right]);
    const back = waitingDecay(link(0.002), [repeater, right], link(0.003), [repeater, left]);
    expect(decay.x).toBeCloseTo(back.x, 14);
    const unequal = waitingDecay(link(0.003), [repeater, left], link(0.0020002, 100_010), [repeater, right]);
    expect(unequal.x).toBeCloseTo(decay.x, 4);
    expect(unequal.z).toBeCloseTo(decay.z, 4);
  });

  test("is what a path of two links loses", () => {
    const [first, second] = [link(0.003), link(0.002)];
    expect(pathWaiting([first, second], [left, repeater, right]).decay).toEqual(
      waitingDecay(first, [left, repeater], second, [repeater, right]),
    );
  });
});

/** All memories equal, so that only the sum of all waits counts. */
function compared(probabilities: readonly number[], slots: number) {
  const kept = memoryDecay(10, 1, 1e-4).x;
  const simulated = simulatedLine(probabilities, slots, kept, 60, 9);
  const links = probabilities.map((probability) => link(probability, 1e5, slots));
  const waiting = pathWaiting(
    links,
    [...links, undefined].map(() => left),
  );
  return {
    coherence: waiting.decay.x - simulated.kept.mean,
    rate: waiting.pairsPerSecond / (simulated.pairsPerStep * 1e4) - 1,
  };
}

describe("what waiting costs a line", () => {
  // Of 30,000 simulated pairs the coherence has a σ below 0.003, the rate one below 0.6 %; margins are the
  // approximation's.
  test.each([
    [3, 4],
    [4, 4],
    [6, 4],
    [8, 4],
    [3, 2],
    [8, 2],
    [8, 8],
  ])("of %i equal links with %i slots is near that of a simulated one (30,000 pairs, seed 9)", (links, slots) => {
    const { coherence, rate } = compared(
      Array.from({ length: links }, () => 0.01),
      slots,
    );
    expect(Math.abs(coherence)).toBeLessThan(0.015);
    expect(Math.abs(rate)).toBeLessThan(0.045);
  });

  test.each([[[0.01, 0.006, 0.01, 0.014]], [[0.01, 0.003, 0.01]], [[0.003, 0.01, 0.01]], [[0.01, 0.01, 0.003, 0.01]]])(
    "of links with probabilities %j and 4 slots is not far from that (30,000 pairs, seed 9)",
    (probabilities) => {
      const { coherence, rate } = compared(probabilities, 4);
      expect(Math.abs(coherence)).toBeLessThan(0.1);
      expect(Math.abs(rate)).toBeLessThan(0.03);
    },
  );

  test("of one link is nothing, and its rate is the link's", () => {
    expect(pathWaiting([link(0.01)], [left, right])).toEqual({ decay: { x: 1, y: 1, z: 1 }, pairsPerSecond: 100 });
  });
});
