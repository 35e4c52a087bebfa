import { ParameterError } from "@bellmesh/hardware";
import { exp, expm1 } from "@bellmesh/numerics";
import { logFailure, type TailTerm } from "./waiting-law.ts";

/** So many links at most: the work grows as 3^links. */
export const LINKS_MAX = 12;

/**
 * The tail of the number of steps until each of these links has succeeded once, when all try in every step: the
 * maximum of geometric numbers, by inclusion and exclusion.
 * @throws ParameterError when there is no link, there are more than 12, or a probability is outside (0, 1].
 */
export function allLinksTail(probabilities: readonly number[]): readonly TailTerm[] {
  return subsetsOf(logFailures(probabilities)).map(({ sign, logBase }) => ({ weight: sign, logBase }));
}

/**
 * The tail of how many steps the pair of one link waits until all others are there too; 0 when it is the last.
 * P(W > k) = Σ ±p·Q/(1 − q·Q)·Q^k over the subsets of the others, Q the probability that all of a subset fail.
 * @throws ParameterError as `allLinksTail`.
 */
export function firstWaitsTail(own: number, others: readonly number[]): readonly TailTerm[] {
  const logOwn = logFailure(own);
  return subsetsOf(logFailures(others)).map(({ sign, logBase }) => ({
    weight: (sign * own * exp(logBase)) / -expm1(logOwn + logBase),
    logBase,
  }));
}

/**
 * The tail of how many steps the earlier of two pairs waits for the later, |N₁ − N₂|.
 * @throws ParameterError when a probability is outside (0, 1].
 */
export function eitherWaitsTail(first: number, second: number): readonly TailTerm[] {
  const [logFirst, logSecond] = [logFailure(first), logFailure(second)];
  const together = -expm1(logFirst + logSecond);
  return [
    { weight: (second * (1 - first)) / together, logBase: logFirst },
    { weight: (first * (1 - second)) / together, logBase: logSecond },
  ].filter(({ weight }) => weight > 0);
}

/**
 * What waiting leaves of a line's pair on average, exactly: all links try in every step until each has succeeded once,
 * a repeater measures its two halves as soon as it has both, and the ends keep theirs until the last link succeeds. So
 * which halves are in memory follows from which links have succeeded, a Markov chain on the subsets of links; the mean
 * of a product of one factor per half and step solves a triangular system, from the whole line back to none.
 * @param probabilities of the links, from one end to the other
 * @param logKept for every node, one more than links: the logarithm of what a step leaves of a half in its memory
 * @throws ParameterError as `allLinksTail`, or when the numbers of links and nodes do not fit.
 */
export function lineKept(probabilities: readonly number[], logKept: readonly number[]): number {
  const fails = logFailures(probabilities);
  const links = probabilities.length;
  if (logKept.length !== links + 1) {
    throw new ParameterError("logKept", logKept.length, `give one for each of the ${links + 1} nodes`);
  }
  const all = (1 << links) - 1;
  const succeed = productsOf(probabilities);
  const fail = productsOf(probabilities.map((probability) => 1 - probability));
  const after = new Float64Array(all + 1);
  after[all] = 1;
  for (let made = all - 1; made >= 0; made -= 1) {
    const open = all & ~made;
    const logAged = made === 0 ? 0 : agedInStep(made, links, logKept);
    let sum = 0;
    for (let now = open; now > 0; now = (now - 1) & open) {
      sum += (succeed[now] as number) * (fail[open & ~now] as number) * (after[made | now] as number);
    }
    let logNone = 0;
    for (let link = 0; link < links; link += 1) if ((open >> link) & 1) logNone += fails[link] as number;
    after[made] = (exp(logAged) * sum) / -expm1(logAged + logNone);
  }
  return after[0] as number;
}

/** The logarithm of what one step leaves of all halves in memory while these links have succeeded. */
function agedInStep(made: number, links: number, logKept: readonly number[]): number {
  let logAged = 0;
  for (let link = 0; link < links; link += 1) {
    if (((made >> link) & 1) === 0) continue;
    if (link === 0 || ((made >> (link - 1)) & 1) === 0) logAged += logKept[link] as number;
    if (link === links - 1 || ((made >> (link + 1)) & 1) === 0) logAged += logKept[link + 1] as number;
  }
  return logAged;
}

/** The product of the factors of every subset, by the subset's bits. */
function productsOf(factors: readonly number[]): Float64Array {
  const products = new Float64Array(1 << factors.length).fill(1);
  for (const [place, factor] of factors.entries()) {
    const bit = 1 << place;
    for (let subset = bit; subset < 2 * bit; subset += 1)
      products[subset] = (products[subset - bit] as number) * factor;
  }
  return products;
}

/** Every subset but the empty one, + for an odd number of links, with the logarithm of all of it failing. */
function subsetsOf(fails: readonly number[]): readonly { readonly sign: number; readonly logBase: number }[] {
  let subsets = [{ sign: -1, logBase: 0 }];
  for (const fail of fails) {
    subsets = [...subsets, ...subsets.map(({ sign, logBase }) => ({ sign: -sign, logBase: logBase + fail }))];
  }
  return subsets.slice(1);
}

function logFailures(probabilities: readonly number[]): readonly number[] {
  const { length } = probabilities;
  if (!(length >= 1 && length <= LINKS_MAX)) {
    throw new ParameterError("links", length, `1 to ${LINKS_MAX} links are followed exactly`);
  }
  return probabilities.map(logFailure);
}
