import { exp } from "@bellmesh/numerics";
import type { Channel } from "../channels/channel.ts";
import type { AttemptPauses } from "../heralding/attempt-timing.ts";
import { ParameterError } from "../parameter-error.ts";
import type { Emission, Figure, Platform } from "../platforms/platform.ts";
import type { LinkParameters } from "./link-estimate.ts";
import { type AlphaChoice, type LinkScheme, schemeNames } from "./link-scheme.ts";

/** Two nodes of known platforms with a channel from each to the station. */
export interface PlatformLink {
  readonly ends: readonly [Platform, Platform];
  readonly channels: readonly [Channel, Channel];
  /** What the first end's platform usually does when absent. */
  readonly scheme?: Emission["scheme"];
  /** For single click. */
  readonly alpha?: AlphaChoice;
  /** Mean number of pairs of a pulse, for midpoint sources; 0.05 when absent. */
  readonly meanPairs?: number;
  readonly pauses?: AttemptPauses;
}

/**
 * The parameters of a link between two platforms: η is an end's efficiency times its channel's transmission; of two
 * visibilities the lesser counts, of two dark count probabilities and attempt times the greater. Noise photons of the
 * channels join the dark counts. A midpoint source's misalignment is (1 − V)/2. Deterministic links go from the first
 * end over both channels to the second, by the efficiency of the first.
 * @throws ParameterError for an unknown scheme, or noise where no platform says how long the detection window is.
 */
export function platformLink(link: PlatformLink): LinkParameters {
  const [first, second] = [link.ends[0].emission, link.ends[1].emission];
  const [toA, toB] = link.channels;
  const greater = (figure: (emission: Emission) => Figure | undefined) =>
    Math.max(figure(first)?.[0] ?? 0, figure(second)?.[0] ?? 0);
  const modes = Math.min(first.modes?.[0] ?? 1, second.modes?.[0] ?? 1);
  return {
    heralding: schemeOf(link),
    timing: { armDelaysS: [toA.delayS, toB.delayS], preparationS: greater(({ attemptS }) => attemptS) },
    modes,
    ...(link.pauses && { pauses: link.pauses }),
  };
}

function schemeOf(link: PlatformLink): LinkScheme {
  const [first, second] = [link.ends[0].emission, link.ends[1].emission];
  const [toA, toB] = link.channels;
  const { scheme = first.scheme, meanPairs = 0.05 } = link;
  const etas = { etaA: first.efficiency[0] * toA.transmission, etaB: second.efficiency[0] * toB.transmission };
  const visibility = Math.min(first.visibility[0], second.visibility[0]);
  const darkCountProbability = darkOf(link);
  switch (scheme) {
    case "single-click": {
      const [phaseA, phaseB] = [first.phaseStdRad?.[0] ?? 0, second.phaseStdRad?.[0] ?? 0];
      const doubleExcitationA = first.doubleExcitation?.[0] ?? 0;
      const doubleExcitationB = second.doubleExcitation?.[0] ?? 0;
      const noise = { phaseStdRad: Math.max(phaseA, phaseB), doubleExcitationA, doubleExcitationB };
      return { scheme, ...link.alpha, ...etas, darkCountProbability, visibility, ...noise };
    }
    case "double-click": {
      const emissionFidelityA = first.fidelity?.[0] ?? 1;
      const emissionFidelityB = second.fidelity?.[0] ?? 1;
      return { scheme, ...etas, darkCountProbability, visibility, emissionFidelityA, emissionFidelityB };
    }
    case "midpoint-source":
      return { scheme, meanPairs, ...etas, darkCountProbability, misalignment: (1 - visibility) / 2 };
    case "deterministic":
      return { scheme, transmission: etas.etaA * toB.transmission };
    default:
      throw new ParameterError("scheme", scheme, `give one that platforms have, of ${schemeNames.join(", ")}`);
  }
}

/** Dark counts of the worse detectors, and what the channels' noise adds: half of it comes to either detector. */
function darkOf({ ends, channels }: PlatformLink): number {
  const [first, second] = [ends[0].emission, ends[1].emission];
  const dark = Math.max(first.darkCountProbability[0], second.darkCountProbability[0]);
  const noiseRateHz = channels[0].noiseRateHz + channels[1].noiseRateHz;
  if (noiseRateHz === 0) return dark;
  const windowS = Math.max(first.detectionWindowS?.[0] ?? 0, second.detectionWindowS?.[0] ?? 0);
  if (windowS === 0) {
    const expected = `what ${noiseRateHz} noise photons a second do depends on it; give a platform that says it`;
    throw new ParameterError("emission.detectionWindowS", undefined, expected);
  }
  return 1 - (1 - dark) * exp(-0.5 * noiseRateHz * windowS);
}
