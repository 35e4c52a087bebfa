import { RecentMap } from "@bellmesh/mesh";

const REQUESTS_MIN = 1024;

interface Tally {
  delivered: number;
  sum: number;
}

/**
 * How many pairs of each request this node has delivered as tail-end, and the sum of their numbers. A request outlives
 * its circuit, so this is counted by node.
 */
export class TailTallies {
  readonly #tallies = new RecentMap<Tally>(REQUESTS_MIN);

  /**
   * Counts a pair that was delivered (`by` 1), or taken back (−1).
   * @returns the sum of the numbers delivered when these are all that was asked.
   */
  count(requestId: string, asked: number, pairSequence: number, by: 1 | -1): number | undefined {
    let tally = this.#tallies.get(requestId);
    if (!tally) {
      tally = { delivered: 0, sum: 0 };
      this.#tallies.set(requestId, tally);
    }
    tally.delivered += by;
    tally.sum += by * pairSequence;
    return tally.delivered === asked ? tally.sum : undefined;
  }
}
