import { type Channel, fibreChannel, ParameterError } from "@bellmesh/hardware";
import type { GivenParameters } from "./physics-given.ts";

/** Fibre of telecom wavelength, unless a wavelength is given. */
const USUAL_DB_PER_KM = 0.2;
const TELECOM_NM = 1550;

/** The fibre from each end to the station, in km. @throws ParameterError when both --km and --arms-km are given */
export function armLengthsKm(given: GivenParameters): readonly [number, number] {
  const km = given.number("km");
  const arms = given.text("armsKm");
  if (arms === undefined) {
    if (km !== undefined && !(km >= 0)) throw new ParameterError("km", km, "give a length that is not negative");
    return [(km ?? 0) / 2, (km ?? 0) / 2];
  }
  if (km !== undefined) throw new ParameterError("armsKm", arms, "give either km or armsKm, not both");
  const [first, second, ...more] = arms.split(",").map(Number);
  if (more.length > 0 || !(first !== undefined && first >= 0 && second !== undefined && second >= 0)) {
    throw new ParameterError("armsKm", arms, "give two lengths that are not negative, as in 10,15");
  }
  return [first, second];
}

/**
 * The channel from each end to the station.
 * @throws ParameterError as `fibreChannel`
 */
export function linkChannels(given: GivenParameters): readonly [Channel, Channel] {
  const [first, second] = armLengthsKm(given);
  return [channelOf(given, first), channelOf(given, second)];
}

function channelOf(given: GivenParameters, lengthKm: number): Channel {
  const [wavelengthNm, toNm] = [given.number("wavelengthNm"), given.number("convertToNm")];
  const isTelecom = wavelengthNm === undefined && toNm === undefined;
  const attenuationDbPerKm = given.number("attenuation") ?? (isTelecom ? USUAL_DB_PER_KM : undefined);
  const initialLossProbability = given.number("initialLoss");
  const speedKmPerS = given.number("fibreSpeed");
  return fibreChannel({
    lengthKm,
    wavelengthNm: wavelengthNm ?? TELECOM_NM,
    ...(attenuationDbPerKm !== undefined && { attenuationDbPerKm }),
    ...(initialLossProbability !== undefined && { initialLossProbability }),
    ...(speedKmPerS !== undefined && { speedKmPerS }),
    ...conversionOf(given, toNm),
  });
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
