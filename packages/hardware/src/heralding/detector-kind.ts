import { ParameterError } from "../parameter-error.ts";

/** A threshold detector tells some photons from none; a photon-number-resolving one counts them, dark counts too. */
export type DetectorKind = "threshold" | "photon-number-resolving";

/**
 * Whether detectors of this kind count photons; threshold detectors when absent.
 * @throws ParameterError for a kind there is not.
 */
export function isNumberResolving(detectors: DetectorKind = "threshold"): boolean {
  if (detectors === "threshold") return false;
  if (detectors === "photon-number-resolving") return true;
  throw new ParameterError("detectors", detectors, "give threshold or photon-number-resolving");
}
