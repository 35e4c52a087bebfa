import { exp, log1p } from "@bellmesh/numerics";

/** A source that succeeds with this probability every period. */
export interface Source {
  readonly successProbability: number;
  readonly periodNs: number;
}

/** Terms of the sum stay below some ten thousand when the rarest success has at least this probability per step. */
const STEP_PROBABILITY_MIN = 1e-3;
/** What is left of the tail is below 1e-12 of the whole. */
const TAIL_MIN = 1e-15;

/**
 * Mean time until all of several sources, started together, have succeeded once: E[max] = Σ_t P(not all by t), summed
 * period by period. Exact for equal periods as long as every success probability is at least 0.001; rarer successes
 * are summed many periods at a time, with the mean rounding of half a step taken off, and other periods are converted
 * to steps of the shortest one. The relative error of that stays below 0.001.
 */
export function meanTimeToAllNs(sources: readonly Source[]): number {
  const shortestNs = Math.min(...sources.map((source) => source.periodNs));
  const rarest = Math.min(...sources.map((source) => (source.successProbability * shortestNs) / source.periodNs));
  const periodsPerStep = rarest < STEP_PROBABILITY_MIN ? Math.ceil(STEP_PROBABILITY_MIN / rarest) : 1;
  const stepNs = shortestNs * periodsPerStep;
  const failing = sources.map((source) => failureOver(source, stepNs));
  const stillFailing = sources.map(() => 1);
  let steps = 0;
  for (let tail = 1; tail > TAIL_MIN; ) {
    steps += tail;
    let allDone = 1;
    for (let i = 0; i < failing.length; i++) {
      stillFailing[i] = (stillFailing[i] as number) * (failing[i] as number);
      allDone *= 1 - (stillFailing[i] as number);
    }
    tail = 1 - allDone;
  }
  return steps * stepNs - (stepNs - shortestNs) / 2;
}

/** (1 − p)^(stepNs / periodNs). */
function failureOver(source: Source, stepNs: number): number {
  if (source.successProbability >= 1) return 0;
  if (stepNs === source.periodNs) return 1 - source.successProbability;
  return exp(log1p(-source.successProbability) * (stepNs / source.periodNs));
}
