import { checkProbabilityFields } from "../parameter-error.ts";
import type { HeraldedPair } from "./heralded-pair.ts";
import { type SingleClickParameters, singleClickPair } from "./single-click.ts";

/** The parameters that the estimate knows of. */
export type DahlbergSingleClickParameters = Pick<
  SingleClickParameters,
  "alphaA" | "alphaB" | "etaA" | "etaB" | "darkCountProbability" | "visibility"
>;

/**
 * The estimate of a single-click pair by which the link layer of Dahlberg et al. 2019 chooses α, kept to compare with:
 * any dark count is announced when no photon clicked, none may be when one did, and the root of the visibility
 * multiplies what dark counts announced too. It overstates the fidelity by about d/η; `singleClick` is exact.
 * @throws ParameterError when a parameter is outside [0, 1].
 */
export function dahlbergSingleClick(parameters: DahlbergSingleClickParameters): HeraldedPair {
  const { alphaA, alphaB, etaA, etaB, darkCountProbability, visibility } = parameters;
  checkProbabilityFields({ alphaA, alphaB, etaA, etaB, darkCountProbability, visibility });
  const silent = (1 - darkCountProbability) * (1 - darkCountProbability);
  const clickOf = (arrives: number) => silent * arrives + (1 - silent) * (1 - arrives);
  const p11 = alphaA * alphaB * clickOf(1 - (1 - etaA) * (1 - etaB));
  const p10 = alphaA * (1 - alphaB) * clickOf(etaA);
  const p01 = alphaB * (1 - alphaA) * clickOf(etaB);
  const p00 = (1 - alphaA) * (1 - alphaB) * (1 - silent);
  return singleClickPair({ p00, p01, p10, p11 }, Math.sqrt(visibility * p10 * p01), 0);
}
