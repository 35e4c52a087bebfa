import { memoryDecay } from "@bellmesh/bell";
import { exp } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import { type WaitingLink, waitingDecay } from "./repeater-waiting.ts";
import type { Memory } from "./topology.ts";

const memory = (t1S: number, t2S: number): Memory => ({ t1S, t2S, communicationSlots: 1 });
const link = (successProbability: number, periodNs: number, near: Memory, far: Memory): WaitingLink => ({
  successProbability,
  periodNs,
  memories: [near, far],
});
const repeater = memory(3, 0.5);
const left = memory(10, 1);
const right = memory(5, 2);

/** The mean over all pairs of attempt numbers, term by term. */
function summed(first: WaitingLink, second: WaitingLink, axis: "x" | "z"): number {
  let sum = 0;
  let firstAt = first.successProbability;
  for (let i = 1; i < 1500; i++) {
    let secondAt = second.successProbability;
    for (let j = 1; j < 1500; j++) {
      const [near, far] = i < j ? first.memories : second.memories;
      const ageS = Math.abs(i - j) * first.periodNs * 1e-9;
      const rate = axis === "x" ? 1 / near.t2S + 1 / far.t2S : 1 / near.t1S + 1 / far.t1S;
      sum += firstAt * secondAt * exp(-ageS * rate);
      secondAt *= 1 - second.successProbability;
    }
    firstAt *= 1 - first.successProbability;
  }
  return sum;
}

describe("what waiting at a repeater costs", () => {
  test("is the sum over all attempt numbers, for unequal links and memories", () => {
    const first = link(0.03, 1e6, repeater, left);
    const second = link(0.02, 1e6, repeater, right);
    const decay = waitingDecay(first, second);
    expect(decay.x).toBeCloseTo(summed(first, second, "x"), 10);
    expect(decay.y).toBe(decay.x);
    expect(decay.z).toBeCloseTo(summed(first, second, "z"), 10);
  });

  test("is p/(2−p)·(1+λ(1−p))/(1−λ(1−p)) for equal links", () => {
    const p = 0.01;
    const lambda = memoryDecay(10, 1, 1e-4).x * memoryDecay(10, 1, 1e-4).x;
    const both = link(p, 1e5, left, left);
    const expected = ((p / (2 - p)) * (1 + lambda * (1 - p))) / (1 - lambda * (1 - p));
    expect(waitingDecay(both, both).x).toBeCloseTo(expected, 14);
  });

  test("is nothing when both succeed at once or nothing decays", () => {
    const sure = link(1, 1e5, left, left);
    expect(waitingDecay(sure, sure)).toEqual({ x: 1, y: 1, z: 1 });
    const endless = memory(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    const slow = link(0.001, 1e5, endless, endless);
    expect(waitingDecay(slow, link(0.002, 1e5, endless, endless)).x).toBeCloseTo(1, 12);
    expect(waitingDecay(slow, link(0.002, 3e5, endless, endless)).x).toBeCloseTo(1, 12);
  });

  test("does not depend on the order of the links, and hardly on whether periods are equal", () => {
    const first = link(0.003, 1e5, repeater, left);
    const second = link(0.002, 1e5, repeater, right);
    expect(waitingDecay(first, second).x).toBeCloseTo(waitingDecay(second, first).x, 14);
    const unequal = waitingDecay(first, link(0.0020002, 100_010, repeater, right));
    expect(unequal.x).toBeCloseTo(waitingDecay(first, second).x, 3);
    expect(unequal.z).toBeCloseTo(waitingDecay(first, second).z, 3);
  });
});
