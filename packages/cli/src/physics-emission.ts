import { type Emission, type Figure, ParameterError, type Platform, windowShare } from "@bellmesh/hardware";
import { expm1, log1p } from "@bellmesh/numerics";
import type { GivenParameters } from "./physics-given.ts";

const given = (value: number): Figure => [value, { citation: "as given" }];

/**
 * A platform's emission with the efficiency and the window that were given in place of its own. Another window catches
 * another share of an exponential photon, and dark counts in proportion; both only where the platform says what its
 * own window is. Figures of single attempts, such as a visibility, replace the link's later.
 * @throws ParameterError when an efficiency or a time cannot be
 */
export function withEmission(platform: Platform, parameters: GivenParameters): Platform {
  const { emission } = platform;
  const efficiency = parameters.number("efficiency");
  if (efficiency !== undefined && !(efficiency >= 0 && efficiency <= 1)) {
    throw new ParameterError("efficiency", efficiency, "a probability lies in [0, 1]");
  }
  const changed: Emission = {
    ...emission,
    ...windowed(emission, seconds(parameters, "window"), seconds(parameters, "photonLifetime")),
    ...(efficiency !== undefined && { efficiency: given(efficiency) }),
  };
  return { ...platform, emission: changed };
}

function windowed(emission: Emission, windowS: number | undefined, lengthS: number | undefined): Partial<Emission> {
  const own = emission.detectionWindowS?.[0];
  const lifetimeS = lengthS ?? emission.photonLifetimeS?.[0];
  const photon = lengthS === undefined ? {} : { photonLifetimeS: given(lengthS) };
  if (windowS === undefined) return photon;
  const window = { ...photon, detectionWindowS: given(windowS) };
  if (own === undefined) return window;
  const quiet = log1p(-emission.darkCountProbability[0]);
  const dark = { darkCountProbability: given(-expm1((windowS / own) * quiet)) };
  if (lifetimeS === undefined) return { ...window, ...dark };
  const shape = { shape: "exponential", lengthS: lifetimeS } as const;
  const efficiency = (emission.efficiency[0] * windowShare(shape, windowS)) / windowShare(shape, own);
  return { ...window, ...dark, efficiency: given(Math.min(1, efficiency)) };
}

/** A time given in ns. @throws ParameterError when it is not above 0 */
function seconds(parameters: GivenParameters, name: "window" | "photonLifetime"): number | undefined {
  const value = parameters.number(name);
  if (value === undefined) return undefined;
  if (!(value > 0 && Number.isFinite(value))) throw new ParameterError(name, value, "give a time above 0 ns");
  return value * 1e-9;
}
