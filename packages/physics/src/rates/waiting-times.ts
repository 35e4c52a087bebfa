/** Mean and variance of a number of attempts. */
export interface Attempts {
  readonly mean: number;
  readonly variance: number;
}

const LINKS_MAX = 20;

/**
 * How many attempts all of several links take that try at the same time, each until it succeeds once: the maximum of
 * geometric numbers, by inclusion and exclusion. Retries of what has succeeded are not needed, and swaps are certain.
 * @param probabilities that an attempt of each link succeeds, in (0, 1]; at most 20 of them
 * @throws RangeError when there are none or too many, or one is outside
 */
export function parallelAttempts(probabilities: readonly number[]): Attempts {
  checkProbabilities(probabilities);
  if (probabilities.length > LINKS_MAX) throw new RangeError(`at most ${LINKS_MAX} links, not ${probabilities.length}`);
  let [first, second] = [0, 0];
  for (let subset = 1; subset < 1 << probabilities.length; subset += 1) {
    let allFail = 1;
    let sign = -1;
    for (const [link, probability] of probabilities.entries()) {
      if (((subset >> link) & 1) === 0) continue;
      allFail *= 1 - probability;
      sign = -sign;
    }
    const some = 1 - allFail;
    first += sign / some;
    second += (sign * (2 - some)) / (some * some);
  }
  return { mean: first, variance: second - first * first };
}

/**
 * Mean number of attempts until a pair spans 2^levels links, where halves of a level are made in parallel and swapped
 * with success probability q; a failed swap restarts both. Exact: the distribution function is squared for two halves
 * that wait for one another and compounded geometrically for the failures, level by level.
 * @param linkProbability that an attempt of a link succeeds, in (0, 1]
 * @throws RangeError when a probability is outside (0, 1], or levels is no whole number of at most 6
 */
export function nestedAttempts(linkProbability: number, swapProbability: number, levels: number): number {
  checkProbabilities([linkProbability, swapProbability]);
  if (!(Number.isInteger(levels) && levels >= 0 && levels <= 6)) {
    throw new RangeError(`levels is a whole number from 0 to 6, not ${levels}`);
  }
  let steps = HORIZON_MIN;
  for (;;) {
    const { mean, left } = nestedMean(linkProbability, swapProbability, levels, steps);
    if (left < TAIL_MAX) return mean;
    if (steps >= HORIZON_MAX) throw new RangeError(`more than ${HORIZON_MAX} attempts; raise the probabilities`);
    steps *= 2;
  }
}

const HORIZON_MIN = 256;
const HORIZON_MAX = 16_384;
const TAIL_MAX = 1e-12;

/** The mean up to a horizon, and how probable it is that still more attempts are needed. */
function nestedMean(linkProbability: number, q: number, levels: number, steps: number): { mean: number; left: number } {
  // pmf[n] is the probability of exactly n attempts.
  let pmf = new Float64Array(steps + 1);
  let fails = 1;
  for (let n = 1; n <= steps; n += 1) {
    pmf[n] = fails * linkProbability;
    fails *= 1 - linkProbability;
  }
  for (let level = 0; level < levels; level += 1) {
    pmf = bothReady(pmf);
    // Of the last level only the mean is asked, and failures make it 1/q times as long.
    if (level < levels - 1) pmf = restarted(pmf, q);
  }
  let [mean, reached] = [0, 0];
  for (let n = 0; n <= steps; n += 1) {
    mean += n * (pmf[n] as number);
    reached += pmf[n] as number;
  }
  return { mean: levels === 0 ? mean : mean / q, left: 1 - reached };
}

/** The later of two. */
function bothReady(pmf: Float64Array): Float64Array<ArrayBuffer> {
  const later = new Float64Array(pmf.length);
  let below = 0;
  for (let n = 0; n < pmf.length; n += 1) {
    const upTo = below + (pmf[n] as number);
    later[n] = upTo * upTo - below * below;
    below = upTo;
  }
  return later;
}

/** Repeated until it succeeds with probability q: t = q·s + (1 − q)·(s after s after …). */
function restarted(once: Float64Array, q: number): Float64Array<ArrayBuffer> {
  const total = new Float64Array(once.length);
  for (let n = 1; n < once.length; n += 1) {
    let again = 0;
    if (q < 1)
      for (let before = 1; before < n; before += 1) again += (once[before] as number) * (total[n - before] as number);
    total[n] = q * (once[n] as number) + (1 - q) * again;
  }
  return total;
}

/**
 * Mean of λ^N over a geometric number of attempts N: what is left of a coherence that every attempt of the other link
 * multiplies by λ.
 * @throws RangeError when p is outside (0, 1] or λ outside [0, 1]
 */
export function sequentialCoherence(probability: number, perAttempt: number): number {
  checkProbabilities([probability]);
  checkFactor(perAttempt);
  return (probability * perAttempt) / (1 - perAttempt * (1 - probability));
}

/**
 * Mean of λ^|N₁ − N₂| of two links that try in parallel, each with probability p an attempt: what is left of the
 * coherence of the half that waits for the other link.
 * @throws RangeError when p is outside (0, 1] or λ outside [0, 1]
 */
export function parallelCoherence(probability: number, perAttempt: number): number {
  checkProbabilities([probability]);
  checkFactor(perAttempt);
  const kept = perAttempt * (1 - probability);
  return ((probability / (2 - probability)) * (1 + kept)) / (1 - kept);
}

/**
 * Mean number of attempts, of both links together, where link B is tried after link A and what A made is given up
 * after so many attempts of B: 1/(pA(1 − (1 − pB)^n)) + 1/pB.
 * @throws RangeError when a probability is outside (0, 1] or the cutoff no whole number above 0
 */
export function cutoffAttempts(probabilityA: number, probabilityB: number, cutoff: number): number {
  checkProbabilities([probabilityA, probabilityB]);
  if (!(Number.isInteger(cutoff) && cutoff > 0)) {
    throw new RangeError(`a cutoff is a whole number of attempts above 0, not ${cutoff}`);
  }
  let fails = 1;
  for (let attempt = 0; attempt < cutoff && fails > 0; attempt += 1) fails *= 1 - probabilityB;
  return 1 / (probabilityA * (1 - fails)) + 1 / probabilityB;
}

function checkProbabilities(probabilities: readonly number[]): void {
  if (probabilities.length === 0) throw new RangeError("at least one link is needed");
  for (const probability of probabilities) {
    if (!(probability > 0 && probability <= 1)) {
      throw new RangeError(`a success probability lies in (0, 1], not ${probability}`);
    }
  }
}

function checkFactor(factor: number): void {
  if (!(factor >= 0 && factor <= 1)) throw new RangeError(`a factor of the coherence lies in [0, 1], not ${factor}`);
}
