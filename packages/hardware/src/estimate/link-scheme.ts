import { type DahlbergSingleClickParameters, dahlbergSingleClick } from "../heralding/dahlberg-single-click.ts";
import { type DoubleClickParameters, doubleClick } from "../heralding/double-click.ts";
import { type EmitAndCatchParameters, emitAndCatch } from "../heralding/emit-and-catch.ts";
import type { HeraldedPair } from "../heralding/heralded-pair.ts";
import { type MidpointSourceParameters, midpointSource } from "../heralding/midpoint-source.ts";
import { balancedAlpha, type SingleClickParameters, singleClick } from "../heralding/single-click.ts";
import { bitFlippedPair, depolarisedPair, perfectPair, type ToyPairParameters } from "../heralding/toy-pairs.ts";
import { checkProbabilityFields, ParameterError } from "../parameter-error.ts";

/** How α is shared between the ends. */
export interface AlphaChoice {
  /** Bright-state population at the first end, unless a caller chooses another. */
  readonly alpha?: number;
  /** At the second: the same (when absent), what makes a photon from either end equally likely, or a value. */
  readonly secondAlpha?: "equal" | "balanced" | number;
}

/** A heralding scheme with its parameters; those with single clicks leave α open. */
export type LinkScheme =
  | ({ readonly scheme: "single-click" } & AlphaChoice & Omit<SingleClickParameters, "alphaA" | "alphaB">)
  | ({ readonly scheme: "dahlberg-single-click" } & AlphaChoice &
      Omit<DahlbergSingleClickParameters, "alphaA" | "alphaB">)
  | ({ readonly scheme: "double-click" } & DoubleClickParameters)
  | ({ readonly scheme: "midpoint-source" } & MidpointSourceParameters)
  | ({ readonly scheme: "deterministic" } & EmitAndCatchParameters)
  | ({ readonly scheme: "perfect" } & Pick<ToyPairParameters, "successProbability">)
  | ({ readonly scheme: "depolarise" | "bit-flip" } & ToyPairParameters);

/** The names of the schemes there are. */
export const schemeNames = [
  "single-click",
  "dahlberg-single-click",
  "double-click",
  "midpoint-source",
  "deterministic",
  "perfect",
  "depolarise",
  "bit-flip",
] as const satisfies readonly LinkScheme["scheme"][];

/** Whether fidelity and rate of the scheme are traded against each other by a bright-state population α. */
export function hasAlpha(
  link: LinkScheme,
): link is Extract<LinkScheme, { scheme: "single-click" | "dahlberg-single-click" }> {
  return link.scheme === "single-click" || link.scheme === "dahlberg-single-click";
}

/**
 * One attempt of a link.
 * @param alpha bright-state population at the first end, in place of the scheme's own; for single-click schemes only
 * @throws ParameterError for an unknown scheme, an α that is missing or has no place, or a parameter that cannot be.
 */
export function heraldedPair(link: LinkScheme, alpha?: number): HeraldedPair {
  if (hasAlpha(link)) {
    const [alphaA, alphaB] = alphasOf(link, alpha);
    return link.scheme === "single-click"
      ? singleClick({ ...link, alphaA, alphaB })
      : dahlbergSingleClick({ ...link, alphaA, alphaB });
  }
  if (alpha !== undefined) {
    throw new ParameterError("alpha", alpha, `${link.scheme} has no bright-state population; leave it out`);
  }
  switch (link.scheme) {
    case "double-click":
      return doubleClick(link);
    case "midpoint-source":
      return midpointSource(link);
    case "deterministic":
      return emitAndCatch(link);
    case "perfect":
      return perfectPair(link);
    case "depolarise":
      return depolarisedPair(link);
    case "bit-flip":
      return bitFlippedPair(link);
    default:
      throw new ParameterError("scheme", (link as { scheme: unknown }).scheme, `give ${schemeNames.join(", ")}`);
  }
}

function alphasOf(
  { alpha: own, secondAlpha = "equal", etaA, etaB }: AlphaChoice & { readonly etaA: number; readonly etaB: number },
  chosen: number | undefined,
): readonly [number, number] {
  const alpha = chosen ?? own;
  if (alpha === undefined) {
    throw new ParameterError("alpha", alpha, "single click needs a bright-state population in [0, 1]");
  }
  checkProbabilityFields({ alpha });
  if (typeof secondAlpha === "number") {
    checkProbabilityFields({ secondAlpha });
    return [alpha, secondAlpha];
  }
  if (secondAlpha === "equal") return [alpha, alpha];
  if (secondAlpha === "balanced") return [alpha, balancedAlpha(alpha, etaA, etaB)];
  throw new ParameterError("secondAlpha", secondAlpha, "give equal, balanced or a probability");
}
