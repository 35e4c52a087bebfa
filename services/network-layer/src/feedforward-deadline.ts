import { fidelityOf, type PairQuality } from "@bellmesh/bell";
import { afterBothWait, type TopologyNode } from "@bellmesh/topology";
import { SECOND_NS } from "@bellmesh/wire";

const SEARCH_MAX_S = 1e6;
const SEARCH_STEPS = 60;

/**
 * For how long after its emission a pair's feedforward is of use: until the predicted fidelity, both end halves
 * waiting and nothing else gone wrong, falls under the request's minimum.
 * @param fresh what links and swaps leave of a pair whose halves never waited.
 * @returns nanoseconds; Infinity where waiting never costs that much, 0 where even a fresh pair is too poor.
 */
export function usefulForNs(
  fresh: PairQuality,
  ends: readonly [TopologyNode, TopologyNode],
  minFidelity: number,
): number {
  const fidelityAt = (ageS: number): number => fidelityOf(afterBothWait(fresh, ends, [ageS, ageS]));
  if (fidelityAt(0) < minFidelity) return 0;
  if (fidelityAt(SEARCH_MAX_S) >= minFidelity) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, SEARCH_MAX_S];
  for (let step = 0; step < SEARCH_STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (fidelityAt(middle) >= minFidelity) low = middle;
    else high = middle;
  }
  return Math.floor(low * SECOND_NS);
}
