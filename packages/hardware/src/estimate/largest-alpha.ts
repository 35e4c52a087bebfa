import { exp, log } from "@bellmesh/numerics";
import { checkProbabilityFields, ParameterError } from "../parameter-error.ts";
import { hasAlpha, heraldedPair, type LinkScheme } from "./link-scheme.ts";

/**
 * The largest bright-state population, and so the highest rate, at which a single-click link yields this fidelity;
 * undefined when none does and the request must be refused.
 *
 * With α the fidelity rises at first, out of the dark counts, then falls because both ends emit. So the continuous
 * search finds the top, then halves the interval above it until two neighbouring doubles are left. What it returns
 * fulfils the minimum as `heraldedPair` computes it.
 * @param grid the populations to choose among, in any order; all of (0, 1] when absent
 * @throws ParameterError when the scheme has no α, the minimum or an entry of the grid is outside [0, 1], or another
 * parameter cannot be.
 */
export function largestAlpha(link: LinkScheme, minimumFidelity: number, grid?: readonly number[]): number | undefined {
  checkProbabilityFields({ minimumFidelity });
  if (!hasAlpha(link)) {
    throw new ParameterError("scheme", link.scheme, "only single-click schemes trade fidelity for rate by an α");
  }
  const fidelityAt = fidelityOf(link);
  const suffices = (alpha: number) => fidelityAt(alpha) >= minimumFidelity;
  if (grid) {
    checkProbabilityFields(Object.fromEntries(grid.map((alpha, place) => [`grid[${place}]`, alpha])));
    return grid.toSorted((a, b) => b - a).find(suffices);
  }
  if (suffices(1)) return 1;
  const top = topOf(fidelityAt);
  return suffices(top) ? lastBetween(top, 1, suffices) : undefined;
}

/**
 * The bright-state population at which a single-click link yields the highest fidelity, as far as it can be found.
 * @throws ParameterError when a parameter of the link cannot be.
 */
export function bestAlpha(link: LinkScheme): number {
  return topOf(fidelityOf(link));
}

/** Where an attempt never succeeds there is no pair, so no fidelity either. */
function fidelityOf(link: LinkScheme): (alpha: number) => number {
  return (alpha) => {
    const { successProbability, weights } = heraldedPair(link, alpha);
    return successProbability > 0 ? weights[0] : 0;
  };
}

/** From e^−40 on; below, no detector is quiet enough for single clicks to be anything but dark counts. */
const LEAST_LOG = -40;
const STEPS = 160;
const REFINEMENTS = 60;
/** 1/φ, of the golden section. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Where a function of α with one maximum is greatest: a scan in the logarithm, then golden sections (Kiefer 1953). */
function topOf(fidelityAt: (alpha: number) => number): number {
  const at = (logarithm: number) => fidelityAt(exp(logarithm));
  const step = -LEAST_LOG / STEPS;
  let best = LEAST_LOG;
  let highest = at(best);
  for (let place = 1; place < STEPS; place += 1) {
    const value = at(LEAST_LOG + place * step);
    if (value > highest) [best, highest] = [LEAST_LOG + place * step, value];
  }
  let [from, to] = [best - step, Math.min(0, best + step)];
  for (let refinement = 0; refinement < REFINEMENTS; refinement += 1) {
    const [low, high] = [to - GOLDEN * (to - from), from + GOLDEN * (to - from)];
    if (at(low) < at(high)) from = low;
    else to = high;
  }
  const refined = (from + to) / 2;
  return exp(at(refined) > highest ? refined : best);
}

/** The last double for which a condition holds that holds at `from`, not at `to`, and changes once in between. */
function lastBetween(from: number, to: number, holds: (value: number) => boolean): number {
  let [yes, no] = [log(from), log(to)];
  // Relative precision first, as α may be tiny.
  for (let halving = 0; halving < REFINEMENTS; halving += 1) {
    const middle = (yes + no) / 2;
    if (holds(exp(middle))) yes = middle;
    else no = middle;
  }
  let [below, above] = [holds(exp(yes)) ? exp(yes) : from, exp(no)];
  for (;;) {
    const middle = below + (above - below) / 2;
    if (!(middle > below && middle < above)) return below;
    if (holds(middle)) below = middle;
    else above = middle;
  }
}
