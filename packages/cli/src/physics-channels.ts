import {
  type Channel,
  type FibreLight,
  fibreChannel,
  fibreLight,
  ParameterError,
  type Platform,
} from "@bellmesh/hardware";
import type { GivenParameters } from "./physics-given.ts";

/** Of telecom light, which is sent where neither platform nor options say a wavelength. */
const USUAL_DB_PER_KM = 0.2;
const TELECOM_NM = 1550;

/** Of both ends of a link: how far the station is, and what is sent there. */
export interface LinkFibres {
  /** In km. */
  readonly armsKm: readonly [number, number];
  /** As the options say, or else as the platform sends it; undefined where neither says, for telecom light. */
  readonly light: readonly [FibreLight | undefined, FibreLight | undefined];
}

/**
 * The fibres from both ends to the station.
 * @throws ParameterError when both --km and --arms-km are given, or neither is a length
 */
export function linkFibres(given: GivenParameters, platforms: readonly [Platform, Platform]): LinkFibres {
  const armsKm = armLengthsKm(given);
  return { armsKm, light: [lightOf(given, platforms[0], armsKm), lightOf(given, platforms[1], armsKm)] };
}

/** What these fibres are as channels. @throws ParameterError as `fibreChannel` */
export function linkChannels(given: GivenParameters, { armsKm, light }: LinkFibres): readonly [Channel, Channel] {
  return [channelOf(given, armsKm[0], light[0]), channelOf(given, armsKm[1], light[1])];
}

function armLengthsKm(given: GivenParameters): readonly [number, number] {
  const km = given.number("km");
  const arms = given.text("armsKm");
  if (arms === undefined) {
    if (km !== undefined && !(km >= 0)) throw new ParameterError("km", km, "give a length that is not negative");
    return [(km ?? 0) / 2, (km ?? 0) / 2];
  }
  if (km !== undefined) throw new ParameterError("armsKm", arms, "give either km or armsKm, not both");
  const [first, second, ...more] = arms.split(",").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
  if (more.length > 0 || !(first !== undefined && first >= 0 && second !== undefined && second >= 0)) {
    throw new ParameterError("armsKm", arms, "give two lengths that are not negative, as in 10,15");
  }
  return [first, second];
}

function channelOf(given: GivenParameters, lengthKm: number, light: FibreLight | undefined): Channel {
  const attenuationDbPerKm = given.number("attenuation") ?? (light === undefined ? USUAL_DB_PER_KM : undefined);
  const initialLossProbability = given.number("initialLoss");
  const speedKmPerS = given.number("fibreSpeed");
  return fibreChannel({
    lengthKm,
    ...(light ?? { wavelengthNm: TELECOM_NM }),
    ...(attenuationDbPerKm !== undefined && { attenuationDbPerKm }),
    ...(initialLossProbability !== undefined && { initialLossProbability }),
    ...(speedKmPerS !== undefined && { speedKmPerS }),
  });
}

function lightOf(
  given: GivenParameters,
  { emission }: Platform,
  armsKm: readonly [number, number],
): FibreLight | undefined {
  const [wavelengthNm, toNm] = [given.number("wavelengthNm"), given.number("convertToNm")];
  const conversion = conversionOf(given, toNm);
  if (wavelengthNm === undefined && toNm === undefined) return fibreLight(emission, armsKm);
  return { wavelengthNm: wavelengthNm ?? emission.wavelengthNm?.[0] ?? TELECOM_NM, ...conversion };
}

function conversionOf(given: GivenParameters, toNm: number | undefined) {
  if (toNm !== undefined) {
    const efficiency = given.number("conversionEfficiency") ?? 1;
    return { conversion: { toNm, efficiency, noiseRateHz: given.number("conversionNoise") ?? 0 } };
  }
  for (const name of ["conversionEfficiency", "conversionNoise"] as const) {
    if (given.has(name)) throw new ParameterError(name, given.number(name), "give convertToNm too, or leave it out");
  }
  return {};
}
