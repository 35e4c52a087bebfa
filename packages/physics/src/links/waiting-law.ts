import { ParameterError } from "@bellmesh/hardware";
import { exp, expm1, log1p } from "@bellmesh/numerics";

/** How long something takes that comes after whole steps, as a distribution. */
export interface WaitingLaw {
  readonly meanS: number;
  readonly standardDeviationS: number;
  /** P(T ≤ t). */
  probabilityBy(timeS: number): number;
  /** The least time by which it has come with at least this probability, in [0, 1). */
  quantileS(probability: number): number;
}

/** A part of P(N > n), the probability that more than n steps are needed: weight·base^n. */
export interface TailTerm {
  readonly weight: number;
  /** Logarithm of the base, below 0, so that bases next to 1 keep their digits. */
  readonly logBase: number;
}

/**
 * The law of a number of steps whose tail is a sum of geometric ones; exact, as far as the sum's signs leave digits.
 * Σ P(N > n) = Σ w/(1 − b) is the mean, Σ (2n + 1)·P(N > n) = Σ w(1 + b)/(1 − b)² the second moment.
 * @param offsetS what comes on top of every wait
 */
export function waitingLaw(terms: readonly TailTerm[], stepS: number, offsetS = 0): WaitingLaw {
  if (!(stepS > 0 && stepS < Number.POSITIVE_INFINITY)) {
    throw new ParameterError("stepS", stepS, "give a step above 0 s");
  }
  const tailAfter = (steps: number): number => {
    let tail = 0;
    for (const { weight, logBase } of terms) tail += weight * (steps === 0 ? 1 : exp(steps * logBase));
    return Math.min(1, Math.max(0, tail));
  };
  let [first, second] = [0, 0];
  for (const { weight, logBase } of terms) {
    const gap = -expm1(logBase);
    first += weight / gap;
    second += (weight * (2 - gap)) / (gap * gap);
  }
  return {
    meanS: offsetS + stepS * first,
    standardDeviationS: stepS * Math.sqrt(Math.max(0, second - first * first)),
    probabilityBy: (timeS) => {
      const steps = Math.floor(((timeS - offsetS) / stepS) * (1 + ROUNDING));
      return steps < 0 ? 0 : 1 - tailAfter(steps);
    },
    quantileS: (probability) => {
      if (!(probability >= 0 && probability < 1)) {
        throw new ParameterError("probability", probability, "a quantile is asked for a probability in [0, 1)");
      }
      return offsetS + stepS * firstStep((steps) => tailAfter(steps) <= 1 - probability + ROUNDING);
    },
  };
}

const ROUNDING = 1e-12;

/** The least whole number from which on something holds. */
function firstStep(holds: (steps: number) => boolean): number {
  if (holds(0)) return 0;
  let above = 1;
  while (!holds(above) && above < Number.MAX_SAFE_INTEGER) above *= 2;
  let below = Math.floor(above / 2);
  while (above - below > 1) {
    const middle = below + Math.floor((above - below) / 2);
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}

/**
 * A link's waiting for its next success: N·period with N geometric on 1, 2, …, since a success of the first attempt
 * takes a whole period until it is announced. Exact.
 * @throws ParameterError when the probability is outside (0, 1] or the period not above 0.
 */
export function attemptsLaw(successProbability: number, periodS: number): WaitingLaw {
  return waitingLaw([{ weight: 1, logBase: logFailure(successProbability) }], periodS);
}

/**
 * ln(1 − p), the logarithm of the probability that an attempt fails.
 * @throws ParameterError when p is outside (0, 1].
 */
export function logFailure(successProbability: number): number {
  if (!(successProbability > 0 && successProbability <= 1)) {
    throw new ParameterError("successProbability", successProbability, "what is waited for must be able to come");
  }
  return log1p(-successProbability);
}
