import { StateError } from "./state-error.ts";

/**
 * Raw pairs that entanglement pumping needs on average: a stored pair is distilled with fresh raw pairs, one round
 * after the other, and a failure starts anew. R₁ = 2/p₁, R_j = (R_{j−1} + 1)/p_j (Dür & Briegel 1999).
 * @param successes probability of success of each round, in order
 * @throws StateError when one is not in (0, 1].
 */
export function pumpedRawPairs(successes: readonly number[]): number {
  return successes.reduce((pairs, success, round) => (pairs + 1) / possible(success, round), 1);
}

/**
 * Raw pairs that nested distillation needs on average: each level joins two pairs of the level below, 2ⁿ/Πp.
 * @param successes probability of success of each level, in order
 * @throws StateError when one is not in (0, 1].
 */
export function nestedRawPairs(successes: readonly number[]): number {
  return successes.reduce((pairs, success, level) => (2 * pairs) / possible(success, level), 1);
}

function possible(success: number, round: number): number {
  if (success > 0 && success <= 1) return success;
  throw new StateError(
    Number.isNaN(success) ? "not-a-number" : "outside-range",
    `successes[${round}]`,
    success,
    "a round that is to succeed some time has a probability in (0, 1]",
  );
}
