import type { BellWeights, XMatrix } from "@bellmesh/bell";
import type { AnnouncedState, LinkEstimate } from "@bellmesh/hardware";

/** What attempts yield on average: probability, and the state weighted by it. */
export type MeanEstimate = Pick<LinkEstimate, "successProbability" | "meanAttemptPeriodS"> &
  Pick<LinkEstimate["pair"], "weights" | "announced">;

/**
 * The mean of equally many attempts under each of several conditions. Of a single estimate it is that estimate, to
 * the bit.
 * @throws RangeError when there are none.
 */
export function meanEstimate(estimates: readonly LinkEstimate[]): MeanEstimate {
  const [first] = estimates;
  if (!first) throw new RangeError("there is nothing to take the mean of");
  const { successProbability, meanAttemptPeriodS, pair } = first;
  const { weights, announced } = pair;
  if (estimates.length === 1) return { successProbability, meanAttemptPeriodS, weights, announced };
  const total = estimates.reduce((sum, estimate) => sum + estimate.successProbability, 0);
  const shares = estimates.map((estimate) => (total > 0 ? estimate.successProbability / total : 1 / estimates.length));
  const mean = (value: (estimate: LinkEstimate) => number) =>
    estimates.reduce((sum, estimate, place) => sum + (shares[place] as number) * value(estimate), 0);
  return {
    successProbability: total / estimates.length,
    meanAttemptPeriodS,
    weights: [0, 1, 2, 3].map((k) => mean((estimate) => estimate.pair.weights[k] as number)) as unknown as BellWeights,
    announced: announced.map(({ index, probability }, place) => {
      const of = (estimate: LinkEstimate) => estimate.pair.announced[place] as AnnouncedState;
      const entry = (name: keyof XMatrix) => mean((estimate) => of(estimate).matrix[name]);
      const matrix: XMatrix = {
        ...{ p00: entry("p00"), p01: entry("p01"), p10: entry("p10"), p11: entry("p11") },
        ...{ innerRe: entry("innerRe"), innerIm: entry("innerIm") },
        ...{ outerRe: entry("outerRe"), outerIm: entry("outerIm") },
      };
      const weights = [0, 1, 2, 3].map((k) =>
        mean((estimate) => of(estimate).weights[k] as number),
      ) as unknown as BellWeights;
      return { index, probability, matrix, weights };
    }),
  };
}
