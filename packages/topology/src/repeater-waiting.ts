import { memoryDecay, type PauliEigenvalues } from "@bellmesh/bell";
import { type Arrivals, DoubleEndedQueue } from "./double-ended-queue.ts";
import { tandemLine } from "./tandem-line.ts";
import type { Memory } from "./topology.ts";

/** How long a memory keeps a qubit. */
export type Coherence = Pick<Memory, "t1S" | "t2S">;

/** A link of a path: how it succeeds, and with how many slots at the end that has fewer. */
export interface GeneratingLink {
  readonly successProbability: number;
  readonly periodNs: number;
  readonly slots: number;
}

/** What waiting does to a path. */
export interface PathWaiting {
  readonly decay: PauliEigenvalues;
  readonly pairsPerSecond: number;
}

/**
 * What a repeater's waiting costs when it and its two links are alone: the mean of the eigenvalues of the pair that
 * waits, in whichever of these memories its halves are (see `DoubleEndedQueue`). Exact for equal periods; a link of a
 * longer period is taken for one that tries as often as the other with less success.
 */
export function waitingDecay(
  first: GeneratingLink,
  firstMemories: readonly Coherence[],
  second: GeneratingLink,
  secondMemories: readonly Coherence[],
): PauliEigenvalues {
  const stepNs = Math.min(first.periodNs, second.periodNs);
  const queue = new DoubleEndedQueue(arrivals(first, stepNs), arrivals(second, stepNs));
  return meanDecay(queue, stepKept(firstMemories, stepNs), stepKept(secondMemories, stepNs));
}

/**
 * What waiting costs a whole path, when every node swaps oldest with oldest and an end frees its slots when the pair
 * is whole, and the rate at which pairs come.
 *
 * One repeater is exact: the pair that waits does so with both halves, here and at the end. With several, pair k of
 * link i, made at t_i, has its halves measured at max(t_i, t_(i−1)) and max(t_i, t_(i+1)), and the ends keep theirs
 * until all links have made pair k. So
 * - at each repeater one half waits |t_i − t_(i+1)|, by the law of its two links as the rest of the line lets them
 *   (`tandemLine`);
 * - at each end one half waits until the last of the others has come, which we take from a queue of the end's link
 *   with the rest of the path as one link of the rest's throughput;
 * - these waits are taken for independent, which matters little while they cost little.
 * The rate is that of the end that is held up more. Against simulated lines of 3 to 8 equal links with 2 to 8 slots
 * coherence is right within 0.012 and the rate within 4 % (with one slot, too low by up to 0.03 and 17 %). Unequal
 * links are worse: with one three times as slow among fast ones coherence was too low by up to 0.12, for the ends'
 * slots then keep the whole line in step, which the repeaters are not told; with both end links slow it was too high
 * by 0.04. README.md has the errors of very unequal ones.
 *
 * @param memories of the path's nodes, one more than links.
 */
export function pathWaiting(links: readonly GeneratingLink[], memories: readonly Coherence[]): PathWaiting {
  const stepNs = Math.min(...links.map((link) => link.periodNs));
  const line = links.map((link) => arrivals(link, stepNs));
  const [head, ...repeaters] = memories.map((memory) => stepKept([memory], stepNs)) as [Kept, ...Kept[]];
  const tail = repeaters.pop() as Kept;
  const { throughput, repeaters: queues } = tandemLine(line);
  if (links.length === 1) return { decay: unchanged, pairsPerSecond: (throughput / stepNs) * 1e9 };
  if (links.length === 2) {
    const repeater = repeaters[0] as Kept;
    const decay = meanDecay(queues[0] as DoubleEndedQueue, product(head, repeater), product(repeater, tail));
    return { decay, pairsPerSecond: (throughput / stepNs) * 1e9 };
  }
  const headQueue = againstTheRest(line);
  const tailQueue = againstTheRest(line.toReversed());
  let decay = times(meanDecay(headQueue, head, forever), meanDecay(tailQueue, tail, forever));
  for (const [i, kept] of repeaters.entries()) {
    decay = times(decay, meanDecay(queues[i] as DoubleEndedQueue, kept, kept));
  }
  const slowest = Math.min(headQueue.throughput, tailQueue.throughput);
  return { decay, pairsPerSecond: (slowest / stepNs) * 1e9 };
}

/** The first link of a line, and the others as one. */
function againstTheRest([link, ...rest]: readonly Arrivals[]): DoubleEndedQueue {
  const { slots } = rest[0] as Arrivals;
  return new DoubleEndedQueue(link as Arrivals, { probability: tandemLine(rest).throughput, slots });
}

/** What one step leaves of coherence (x and y) and of population (z). */
interface Kept {
  readonly x: number;
  readonly z: number;
}

const forever: Kept = { x: 1, z: 1 };
const unchanged: PauliEigenvalues = { x: 1, y: 1, z: 1 };

function arrivals({ successProbability, periodNs, slots }: GeneratingLink, stepNs: number): Arrivals {
  return { probability: successProbability * (stepNs / periodNs), slots };
}

function stepKept(memories: readonly Coherence[], stepNs: number): Kept {
  let kept = forever;
  for (const { t1S, t2S } of memories) kept = product(kept, memoryDecay(t1S, t2S, stepNs * 1e-9));
  return kept;
}

function product(a: Kept, b: Kept): Kept {
  return { x: a.x * b.x, z: a.z * b.z };
}

function times(a: PauliEigenvalues, b: PauliEigenvalues): PauliEigenvalues {
  return { x: a.x * b.x, y: a.y * b.y, z: a.z * b.z };
}

function meanDecay(queue: DoubleEndedQueue, first: Kept, second: Kept): PauliEigenvalues {
  const coherence = queue.meanKept(first.x, second.x);
  return { x: coherence, y: coherence, z: queue.meanKept(first.z, second.z) };
}
