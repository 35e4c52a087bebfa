import {
  type Channel,
  coincidenceFactors,
  type DetectorKind,
  type LinkParameters,
  type LinkScheme,
  ParameterError,
  type Platform,
  platformLink,
  schemeNames,
} from "@bellmesh/hardware";
import { nearest } from "@bellmesh/topology";
import type { GivenParameters } from "./physics-given.ts";

/**
 * The scheme by its name, or what the platform usually does.
 * @throws ParameterError when there is none of that name
 */
export function schemeName(given: GivenParameters, platform: Platform): LinkScheme["scheme"] {
  const name = given.text("scheme") ?? platform.emission.scheme;
  const scheme = schemeNames.find((known) => known === name);
  if (scheme) return scheme;
  const near = nearest(name, schemeNames);
  throw new ParameterError(
    "scheme",
    name,
    `${near ? `did you mean ${near}? ` : ""}give one of ${schemeNames.join(", ")}`,
  );
}

/**
 * A link's scheme and timing: those of its platforms and channels, with what was given in place of them.
 * @throws ParameterError for a parameter that cannot be or is missing
 */
export function givenLink(
  given: GivenParameters,
  scheme: LinkScheme["scheme"],
  ends: readonly [Platform, Platform],
  channels: readonly [Channel, Channel],
): LinkParameters {
  if (scheme === "perfect" || scheme === "depolarise" || scheme === "bit-flip") {
    return toyLink(given, scheme, ends, channels);
  }
  const isEstimate = scheme === "dahlberg-single-click";
  const link = platformLink({ ends, channels, scheme: isEstimate ? "single-click" : scheme });
  const heralding = isEstimate ? dahlberg(link.heralding) : link.heralding;
  return { ...link, heralding: { ...heralding, ...overrides(given, ends) } as LinkScheme };
}

function toyLink(
  given: GivenParameters,
  scheme: "perfect" | "depolarise" | "bit-flip",
  ends: readonly [Platform, Platform],
  channels: readonly [Channel, Channel],
): LinkParameters {
  const successProbability = given.number("successProb");
  if (successProbability === undefined) {
    throw new ParameterError("successProb", undefined, `${scheme} needs the probability that an attempt succeeds`);
  }
  const fidelity = given.number("fidelity");
  const { timing, modes } = platformLink({ ends, channels, scheme: "double-click" });
  if (scheme === "perfect") return { heralding: { scheme, successProbability }, timing, ...(modes && { modes }) };
  if (fidelity === undefined)
    throw new ParameterError("fidelity", undefined, `${scheme} needs the fidelity of its pairs`);
  return { heralding: { scheme, successProbability, fidelity }, timing, ...(modes && { modes }) };
}

/** The estimate knows neither phases nor double excitation. */
function dahlberg(link: LinkScheme): LinkScheme {
  const { etaA, etaB, darkCountProbability, visibility } = link as Extract<LinkScheme, { scheme: "single-click" }>;
  return { scheme: "dahlberg-single-click", etaA, etaB, darkCountProbability, visibility };
}

/** What was given of a scheme's parameters, by their names in the models. */
function overrides(given: GivenParameters, ends: readonly [Platform, Platform]): object {
  const number = (name: Parameters<GivenParameters["number"]>[0], ...fields: readonly string[]) => {
    const value = given.number(name);
    return value === undefined ? {} : Object.fromEntries(fields.map((field) => [field, value]));
  };
  const detector = given.text("detector");
  return {
    ...number("etaA", "etaA"),
    ...number("etaB", "etaB"),
    ...number("darkProb", "darkCountProbability"),
    ...number("visibility", "visibility"),
    ...number("phaseStd", "phaseStdRad"),
    ...number("doubleExcitation", "doubleExcitationA", "doubleExcitationB"),
    ...number("emissionFidelity", "emissionFidelityA", "emissionFidelityB"),
    ...number("meanPairs", "meanPairs"),
    ...number("misalignment", "misalignment"),
    ...number("addedPhotons", "addedPhotons"),
    ...(detector !== undefined && { detectors: detector as DetectorKind }),
    ...coincidence(given, ends),
    ...alphas(given),
  };
}

function coincidence(given: GivenParameters, ends: readonly [Platform, Platform]): object {
  const coincidenceNs = given.number("coincidence");
  if (coincidenceNs === undefined) return {};
  const { windowS, lifetimeS } = photonFigures(ends);
  return { coincidence: coincidenceFactors(windowS, coincidenceNs * 1e-9, lifetimeS) };
}

/**
 * The detection window and the photons' length of a link's ends; the longer window, the shorter photons.
 * @throws ParameterError when neither a platform nor an option says one
 */
export function photonFigures(ends: readonly [Platform, Platform]): { windowS: number; lifetimeS: number } {
  const windows = ends.flatMap(({ emission }) => emission.detectionWindowS?.[0] ?? []);
  const lifetimes = ends.flatMap(({ emission }) => emission.photonLifetimeS?.[0] ?? []);
  const depends = "what clocks and coincidences do depends on it, and the platform does not say";
  if (windows.length === 0) throw new ParameterError("window", undefined, `${depends}: give it in ns`);
  if (lifetimes.length === 0) throw new ParameterError("photonLifetime", undefined, `${depends}: give it in ns`);
  return { windowS: Math.max(...windows), lifetimeS: Math.min(...lifetimes) };
}

function alphas(given: GivenParameters): object {
  const [alpha, alphaA] = [given.number("alpha"), given.number("alphaA")];
  if (alpha !== undefined && alphaA !== undefined) {
    throw new ParameterError("alphaA", alphaA, "give alpha for both ends, or alphaA and alphaB");
  }
  const first = alphaA ?? alpha;
  const second = given.has("alphaB") ? secondAlpha(given) : undefined;
  if (first !== undefined && given.has("minFidelity")) {
    throw new ParameterError("minFidelity", given.number("minFidelity"), "it chooses alpha; leave out one of them");
  }
  if (alphaA !== undefined && second === undefined) {
    throw new ParameterError("alphaB", undefined, "the second end needs one too, or balanced; alpha is for both ends");
  }
  return { ...(first !== undefined && { alpha: first }), ...(second !== undefined && { secondAlpha: second }) };
}

function secondAlpha(given: GivenParameters): number | "balanced" {
  const word = given.text("alphaB");
  if (word === "balanced") return word;
  const value = Number(word);
  if (value >= 0 && value <= 1) return value;
  throw new ParameterError("alphaB", word, "a probability lies in [0, 1]; or give balanced");
}
