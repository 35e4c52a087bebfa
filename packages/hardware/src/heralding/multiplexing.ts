import { expm1, log1p } from "@bellmesh/numerics";
import { checkCountFields } from "../parameter-error.ts";
import type { HeraldedPair } from "./heralded-pair.ts";

/**
 * One attempt in each of M independent modes at once, of which the first success is kept: 1 − (1 − p)^M, computed so
 * that small probabilities keep their digits (as Collins et al. 2007 multiplex). The state is that of one mode.
 * @throws ParameterError when the modes are not a whole number from 1.
 */
export function multiplexed(pair: HeraldedPair, modes: number): HeraldedPair {
  checkCountFields({ modes });
  if (modes === 1) return pair;
  return { ...pair, successProbability: -expm1(modes * log1p(-pair.successProbability)) };
}
