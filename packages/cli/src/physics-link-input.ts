import {
  attemptPeriodS,
  hasAlpha,
  type LinkParameters,
  type LinkScheme,
  largestAlpha,
  ParameterError,
  type Platform,
} from "@bellmesh/hardware";
import {
  type ClockCost,
  clockCost,
  type LinkEnd,
  type LinkFigures,
  type LinkInput,
  linkFigures,
} from "@bellmesh/physics";
import { clockPresets, servoDifferenceNs } from "@bellmesh/topology";
import { type LinkFibres, linkChannels, linkFibres } from "./physics-channels.ts";
import { withEmission } from "./physics-emission.ts";
import { linkEnds } from "./physics-ends.ts";
import { checkScheme, type GivenParameters, namingParameters } from "./physics-given.ts";
import { givenLink, photonFigures, schemeName } from "./physics-scheme.ts";

/** A link as its parameters describe it, and what it yields. */
export interface DescribedLink extends LinkFibres {
  readonly input: LinkInput;
  readonly figures: LinkFigures;
  readonly platforms: readonly [Platform, Platform];
  readonly scheme: LinkScheme["scheme"];
  /** At the first end; undefined where the scheme has none. */
  readonly alpha: number | undefined;
  readonly clock: ClockCost | undefined;
}

/** No bright-state population yields the fidelity that was asked. */
export class NoAlpha extends Error {
  override readonly name = "NoAlpha";
}

/**
 * The link that parameters describe.
 * @throws ParameterError naming the parameter that cannot be, and what would be right; NoAlpha
 */
export function describedLink(given: GivenParameters): DescribedLink {
  return namingParameters(given, () => {
    const ends = linkEnds(given);
    const [first] = ends.platforms;
    const scheme = schemeName(given, first);
    checkScheme(given, scheme);
    const platforms = [withEmission(first, given), withEmission(ends.platforms[1], given)] as const;
    const fibres = linkFibres(given, platforms);
    const link = timed(given, givenLink(given, scheme, platforms, linkChannels(given, fibres)));
    const clock = clockOf(given, link.heralding, platforms);
    const alpha = alphaOf(given, link.heralding, clock?.visibilityFactor ?? 1);
    const errorCorrection = given.number("errorCorrection");
    const input: LinkInput = {
      parameters: link,
      ends: [endOf(platforms[0]), endOf(platforms[1])],
      ...(alpha !== undefined && { alpha }),
      ...(clock && { clock }),
      ...(errorCorrection !== undefined && { errorCorrection }),
    };
    return { input, figures: linkFigures(input), platforms, ...fibres, scheme, alpha, clock };
  });
}

function timed(given: GivenParameters, link: LinkParameters): LinkParameters {
  const attemptNs = given.number("attempt");
  const processingNs = given.number("processing");
  const modes = given.number("modes") ?? link.modes;
  const duty = given.number("dutyCycle");
  if (duty !== undefined && !(duty > 0 && duty <= 1)) {
    throw new ParameterError("dutyCycle", duty, "give a share of the time in (0, 1]");
  }
  const timing = {
    ...link.timing,
    ...(attemptNs !== undefined && { preparationS: attemptNs * 1e-9 }),
    ...(processingNs !== undefined && { processingS: processingNs * 1e-9 }),
  };
  // Checks the times; a link that takes no time at all has no rate, but a state.
  attemptPeriodS({ ...timing, minimumS: 1 });
  return {
    ...link,
    timing,
    ...(modes !== undefined && { modes }),
    ...(duty !== undefined && { pauses: { stabilisation: { everyS: duty, durationS: 1 - duty } } }),
  };
}

function endOf({ communication, p01, p10 }: Platform): LinkEnd {
  const { t1S, t2S, oneQubitDepolarising } = communication;
  return {
    ...{ t1S: t1S[0], t2S: t2S[0], oneQubitDepolarising: oneQubitDepolarising?.[0] ?? 0 },
    ...{ p01: p01[0], p10: p10[0] },
  };
}

/** What the clocks cost. Two ends that both follow a third clock, as most do. */
function clockOf(
  given: GivenParameters,
  heralding: LinkScheme,
  platforms: readonly [Platform, Platform],
): ClockCost | undefined {
  const preset = given.text("clock");
  const errorNs = given.number("clockError");
  if (preset !== undefined && errorNs !== undefined) {
    throw new ParameterError("clockError", errorNs, "give either clock or clockError, not both");
  }
  const boundNs = given.number("clockBound");
  const differenceNs = errorNs ?? presetDifferenceNs(preset ?? "perfect");
  if (errorNs === undefined && boundNs === undefined && differenceNs === 0) return undefined;
  if (!("visibility" in heralding) && heralding.scheme !== "midpoint-source") {
    const [name, value] = errorNs === undefined ? ["clock", preset ?? "perfect"] : ["clockError", errorNs];
    throw new ParameterError(name as string, value, `${heralding.scheme} has no photons that must meet; leave it out`);
  }
  const { windowS, lifetimeS } = photonFigures(platforms);
  return clockCost({
    differenceStdS: differenceNs * 1e-9,
    ...(boundNs !== undefined && { boundS: boundNs * 1e-9 }),
    ...{ photon: { shape: "exponential", lengthS: lifetimeS }, windowS },
  });
}

function presetDifferenceNs(preset: string): number {
  const known = Object.entries(clockPresets).find(([name]) => name === preset)?.[1];
  if (!known) throw new ParameterError("clock", preset, `give one of ${Object.keys(clockPresets).join(", ")}`);
  return servoDifferenceNs(known.stampJitterPs, 2);
}

/** The α that was given, or the largest that heralds the minimum with these clocks. */
function alphaOf(given: GivenParameters, heralding: LinkScheme, overlap: number): number | undefined {
  if (!hasAlpha(heralding)) return undefined;
  const minimum = given.number("minFidelity");
  if (minimum === undefined) {
    if (heralding.alpha !== undefined) return heralding.alpha;
    throw new ParameterError(
      "alpha",
      undefined,
      "single click needs a bright-state population in [0, 1], or minFidelity",
    );
  }
  if (minimum >= 0 && minimum <= 0.5) {
    throw new ParameterError("minFidelity", minimum, "a pair of 0.5 or less is not entangled; ask for more than 0.5");
  }
  const alpha = largestAlpha({ ...heralding, visibility: heralding.visibility * overlap }, minimum);
  if (alpha === undefined) throw new NoAlpha(`no bright-state population heralds a fidelity of ${minimum}`);
  return alpha;
}
