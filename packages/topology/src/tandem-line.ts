import { type Arrivals, DoubleEndedQueue, joinsPerStep } from "./double-ended-queue.ts";

/** What a line of links does in the long run. */
export interface TandemLine {
  /** Pairs end to end per step. */
  readonly throughput: number;
  /** One for each repeater. */
  readonly repeaters: readonly DoubleEndedQueue[];
}

const SWEEPS_MAX = 200;
const CONVERGED = 1e-7;

/**
 * A line of links with a repeater between every two of them, whose end slots are free again as soon as they are full.
 *
 * Every repeater holds its two links up when they run ahead, and through them its neighbours. With D of a repeater
 * taken for a buffer, half full at D = 0, the line is one of machines in tandem that block each other. We decompose
 * it (Gershwin 1987; the sweeps are those of Dallery, David & Xie 1988): each repeater is a queue of its own between
 * two links of lower probabilities u and v, which stand for all that lies on either side. Link i, of probability p,
 * is held up by the repeaters before and behind it, never by both at once, so with a throughput X
 *     1/v(before) + 1/u(behind) = 1/X + 1/p.
 * Exact for up to two links; in long lines of equal links throughput is right within a percent for 4 slots.
 */
export function tandemLine(links: readonly Arrivals[]): TandemLine {
  const repeaters = links.length - 1;
  if (repeaters === 0) return { throughput: (links[0] as Arrivals).probability, repeaters: [] };
  const before = links.slice(0, -1).map((link) => ({ ...link }));
  const behind = links.slice(1).map((link) => ({ ...link }));
  const joined = (i: number) => joinsPerStep(before[i] as Arrivals, behind[i] as Arrivals);
  for (let sweep = 0, change = 1; sweep < SWEEPS_MAX && change > CONVERGED; sweep++) {
    change = 0;
    for (let i = 1; i < repeaters; i++) {
      const { probability, slots } = links[i] as Arrivals;
      const held = heldUp(probability, joined(i - 1), (behind[i - 1] as Arrivals).probability);
      change = Math.max(change, Math.abs(held / (before[i] as Arrivals).probability - 1));
      before[i] = { probability: held, slots };
    }
    for (let i = repeaters - 2; i >= 0; i--) {
      const { probability, slots } = links[i + 1] as Arrivals;
      const held = heldUp(probability, joined(i + 1), (before[i + 1] as Arrivals).probability);
      change = Math.max(change, Math.abs(held / (behind[i] as Arrivals).probability - 1));
      behind[i] = { probability: held, slots };
    }
  }
  return {
    throughput: joined(repeaters - 1),
    repeaters: before.map((link, i) => new DoubleEndedQueue(link, behind[i] as Arrivals)),
  };
}

/** The probability of a link as seen at one end, when it is held up at the other, where it looks like `there`. */
function heldUp(probability: number, throughput: number, there: number): number {
  return Math.min(probability, 1 / (1 / throughput + 1 / probability - 1 / there));
}
