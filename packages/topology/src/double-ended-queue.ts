/** A link as one repeater sees it: how often its pairs come, and how many of them may wait. */
export interface Arrivals {
  /** Of one pair in one step; in (0, 1]. */
  readonly probability: number;
  /** Pairs of this link that may wait for the other one; then it stands still. At least 1. */
  readonly slots: number;
}

/**
 * Two links that meet at a repeater which joins oldest with oldest: a double-ended queue with bounded waiting rooms
 * (the taxi rank of Kendall 1951, which has none). Let D be the number of pairs that wait, negative when they are of
 * the second link; there is never one on both sides. With p and q the two probabilities, c and b the slots, D is a
 * birth-death chain on −b … c. A step leads
 *     up with p(1−q), from −b with p;    down with q(1−p), from c with q,
 * for a link whose slots are full does not try. Its stationary law follows from detailed balance; for rare successes
 * it is uniform when p = q, and else geometric with ratio p/q.
 */
export class DoubleEndedQueue {
  readonly #first: Arrivals;
  readonly #second: Arrivals;
  /** Of D = −b … c. */
  readonly #stationary: Float64Array;

  constructor(first: Arrivals, second: Arrivals) {
    this.#first = first;
    this.#second = second;
    this.#stationary = stationaryLaw(first, second);
  }

  /** Joined pairs per step. */
  get throughput(): number {
    return joinsPerStep(this.#first, this.#second);
  }

  /**
   * The mean over all joins of what their waiting left, when each step of waiting leaves `firstKept` (`secondKept`)
   * of something if it is the first (second) link's pair that waits.
   *
   * In a join one pair waits and the other is matched when it comes. A pair of the first link that finds k of its own
   * waiting waits for the (k+1)-th arrival of the second, which is not held up as long as somebody waits for it: the
   * mean of z^steps over one such interval is g = qz/(1 − (1−q)z), so that the pair keeps g^(k+1), or g^k when the
   * first of these arrivals comes in the same step as itself.
   */
  meanKept(firstKept: number, secondKept: number): number {
    const none = this.#second.slots;
    const [p, q] = [this.#first.probability, this.#second.probability];
    // A tie with nobody waiting is one join, counted twice below.
    let sum = -(this.#stationary[none] as number) * p * q;
    const interval1 = overInterval(q, firstKept);
    for (let k = 0, kept = 1; k < this.#first.slots; k++, kept *= interval1) {
      sum += (this.#stationary[none + k] as number) * p * kept * (q + (1 - q) * interval1);
    }
    const interval2 = overInterval(p, secondKept);
    for (let k = 0, kept = 1; k < this.#second.slots; k++, kept *= interval2) {
      sum += (this.#stationary[none - k] as number) * q * kept * (p + (1 - p) * interval2);
    }
    return sum / this.throughput;
  }
}

/**
 * The throughput of a queue, without the rest of it: p times the probability that the first link's slots are not full.
 */
export function joinsPerStep(first: Arrivals, second: Arrivals): number {
  if (first.probability < second.probability) return joinsPerStep(second, first);
  const { probability: p, slots: c } = first;
  const { probability: q, slots: b } = second;
  if (q === 1) return 1;
  const [up, down] = [p * (1 - q), q * (1 - p)];
  let weight = 1;
  let sum = 1;
  for (let d = c; d > -b; d--) {
    weight *= (d === c ? q : down) / (d - 1 === -b ? p : up);
    sum += weight;
  }
  return p * (1 - 1 / sum);
}

/** E[kept^N] for N ~ Geometric(probability) on 1, 2, … */
function overInterval(probability: number, kept: number): number {
  return (probability * kept) / (1 - (1 - probability) * kept);
}

function stationaryLaw({ probability: p, slots: c }: Arrivals, { probability: q, slots: b }: Arrivals): Float64Array {
  const weights = new Float64Array(b + c + 1);
  const [up, down] = [p * (1 - q), q * (1 - p)];
  const upFrom = (d: number) => (d === -b ? p : up);
  const downFrom = (d: number) => (d === c ? q : down);
  if (p === 1 && q === 1) weights[b] = 1;
  else if (p >= q) {
    // Away from the likelier end, so that weights can become too small for a double but never too large.
    weights[b + c] = 1;
    for (let d = c; d > -b; d--) weights[b + d - 1] = ((weights[b + d] as number) * downFrom(d)) / upFrom(d - 1);
  } else {
    weights[0] = 1;
    for (let d = -b; d < c; d++) weights[b + d + 1] = ((weights[b + d] as number) * upFrom(d)) / downFrom(d + 1);
  }
  let sum = 0;
  for (const weight of weights) sum += weight;
  return weights.map((weight) => weight / sum);
}
