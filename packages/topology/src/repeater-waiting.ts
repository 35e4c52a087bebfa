import { memoryDecay, type PauliEigenvalues } from "@bellmesh/bell";
import type { Memory } from "./topology.ts";

/** A link next to a repeater: how it succeeds, and the memories that keep its pair, at the repeater and at the far end. */
export interface WaitingLink {
  readonly successProbability: number;
  readonly periodNs: number;
  readonly memories: readonly [Memory, Memory];
}

/**
 * What waiting costs a repeater whose two links are generated in parallel, each until its first success: the mean of
 * the eigenvalues of whichever pair was first, both halves of it in memory until the other is there.
 *
 * With attempts N1 ~ Geom(p), N2 ~ Geom(q) of one period, and a (b) what one period takes off the first (second) pair,
 *     E = pq/(p + q − pq) · [1 + a(1−q)/(1 − a(1−q)) + b(1−p)/(1 − b(1−p))],
 * since P(N2 − N1 = k) = pq/(p + q − pq)·(1−q)^k for k ≥ 0. For p = q and a = b this is the known
 * p/(2−p)·(1 + a(1−p))/(1 − a(1−p)).
 * Links of different periods are approximated by exponential waiting times of rates p/period.
 */
export function waitingDecay(first: WaitingLink, second: WaitingLink): PauliEigenvalues {
  if (first.periodNs !== second.periodNs) return exponentialDecay(first, second);
  const p = first.successProbability;
  const q = second.successProbability;
  const a = periodDecay(first);
  const b = periodDecay(second);
  const tie = (p * q) / (p + q - p * q);
  const coherence = tie * (1 + series(a.x * (1 - q)) + series(b.x * (1 - p)));
  return { x: coherence, y: coherence, z: tie * (1 + series(a.z * (1 - q)) + series(b.z * (1 - p))) };
}

/** r + r² + r³ + … */
function series(ratio: number): number {
  return ratio / (1 - ratio);
}

/** What one period takes off a pair, both halves in memory. */
function periodDecay(link: WaitingLink): { x: number; z: number } {
  const [near, far] = link.memories;
  const ageS = link.periodNs * 1e-9;
  const nearDecay = memoryDecay(near.t1S, near.t2S, ageS);
  const farDecay = memoryDecay(far.t1S, far.t2S, ageS);
  return { x: nearDecay.x * farDecay.x, z: nearDecay.z * farDecay.z };
}

/** E[e^(−rate·|T1−T2|)] for exponential T1 and T2: the one left over runs on as if new, for it has no memory. */
function exponentialDecay(first: WaitingLink, second: WaitingLink): PauliEigenvalues {
  const rate1 = first.successProbability / (first.periodNs * 1e-9);
  const rate2 = second.successProbability / (second.periodNs * 1e-9);
  const both = (rate1 * rate2) / (rate1 + rate2);
  const mean = (firstDecays: number, secondDecays: number) =>
    both * (1 / (rate2 + firstDecays) + 1 / (rate1 + secondDecays));
  const coherence = mean(sumOfRates(first, "t2S"), sumOfRates(second, "t2S"));
  return { x: coherence, y: coherence, z: mean(sumOfRates(first, "t1S"), sumOfRates(second, "t1S")) };
}

function sumOfRates(link: WaitingLink, time: "t1S" | "t2S"): number {
  return 1 / link.memories[0][time] + 1 / link.memories[1][time];
}
